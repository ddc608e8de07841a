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
        around = (tuple(self.scopes), self.inference, self.over)
        key = (id(node), *around)
        if key not in self.known:
            self.kept.append(node)  # so that its id stays taken
            self.known[key] = self._alike(node, around)
        return self.known[key]

    def _alike(self, node: Node, around: tuple[object, ...]) -> Expr:
        """Make the same symbol one object wherever it stands: it is computed with once."""
        small = isinstance(node, Name | Quotient)
        if not small and not (isinstance(node, Operation) and node.sign == "^"):
            return super().expression(node)
        key = (bare(node), *around)
        if key not in self.known:
            self.known[key] = super().expression(node)
        return self.known[key]

    def inside(self, bound: tuple[str, ...], node: Node) -> Expr:
        """Return what a node means inside sums over these indices.

        Raises ClaimError as `Reading` does.
        """
        self.scopes = [Index(label) for label in bound if label]
        try:
            return self.expression(node)
        finally:
            self.scopes = []
