"""Reads edited syntax trees, fast: what was read once, for a node that stays, is remembered."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields

from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Name, Node, Operation, Quotient
from bncheck.symbolic.claims.walking import bare
from bncheck.symbolic.expression import Expr, Index


class Rereading(Reading):
    """A reading that remembers; nodes are told by their identity, and kept."""

    @classmethod
    def of(cls, reading: Reading) -> Rereading:
        """Make one that reads as another does."""
        how = {f.name: getattr(reading, f.name) for f in fields(reading) if f.init}
        made = cls(**{**how, "scopes": []})
        made.known = {}
        made.kept = []
        return made

    known: dict[Hashable, Expr]
    kept: list[Node]

    def expression(self, node: Node) -> Expr:
        """Return what the node means.

        Raises ClaimError as `Reading` does.
        """
        small = isinstance(node, Name | Quotient)
        small = small or (isinstance(node, Operation) and node.sign == "^")
        # the same symbol is one object wherever it stands, and is computed with once
        key = (bare(node) if small else id(node), tuple(self.scopes), self.inference)
        if key not in self.known:
            self.known[key] = super().expression(node)
            self.kept.append(node)  # so that its id stays taken
        return self.known[key]

    def within(self, bound: tuple[str, ...], node: Node) -> Expr:
        """Return what a node means inside sums over these indices.

        Raises ClaimError as `Reading` does.
        """
        self.scopes = [Index(label) for label in bound if label]
        try:
            return self.expression(node)
        finally:
            self.scopes = []
