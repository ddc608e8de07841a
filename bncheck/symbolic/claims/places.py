"""Which entry of an array an index names: that of a sum around it, a free one, or each in turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from bncheck.symbolic.claims.labels import index_of, key_of, labels_of
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Node
from bncheck.symbolic.expression import (
    Element,
    Expr,
    Index,
    Position,
    delta,
    free_indices,
    i,
    rename,
)

OTHER_DY = "dy of where"
"""What an array of one index that `where` calls dy is called: the loss has a dy of its own."""


@dataclass
class Places:
    """Where in a formula we are.

    ``channels`` are the labels of channels; ``scopes`` are the sums around where we are; ``over``
    is the index of a sum over the values themselves.
    """

    channels: frozenset[str] = frozenset()
    scopes: list[Index] = field(default_factory=list)
    over: Index | None = None

    def kronecker(self, node: Name) -> Expr:
        """Return Kronecker's delta of the two indices below it."""
        if len(node.below) != 2 or node.above:
            raise ClaimError(r"\delta is known only with two indices", node.position)
        one, other = (self.place(label, node, "") for label in node.below)
        return delta(one, other)

    def entry(self, node: Name, sizes: tuple[str, ...]) -> Expr:
        """Return the entry of an array that a formula's `where` speaks of."""
        labels = "".join(labels_of(node))
        if len(labels) != len(sizes):
            raise ClaimError(
                f"{key_of(node)} is over {', '.join(sizes)}, but has {len(labels)} indices",
                node.position,
            )
        places = tuple(
            self.place(label, node, size) for label, size in zip(labels, sizes, strict=True)
        )
        name = _name_of(node)
        return Element(OTHER_DY if (name, len(places)) == ("dy", 1) else name, places)

    def place(self, label: str, node: Name, size: str) -> Position:
        """Return what a label stands for: the index of the sum around it, or a free one."""
        for index in reversed(self.scopes):
            if index.name == label:
                if size and index.size != size:
                    raise ClaimError(
                        f"{key_of(node)} runs to {size}, but {label} to {index.size}", node.position
                    )
                return index
        return index_of(label, node.position, size or "m")

    def at_index(self, value: Expr, node: Name) -> Expr:
        """Return the entry of a vector that the symbol's index names."""
        if i not in free_indices(value):
            return value
        labels = [label for label in labels_of(node) if label not in self.channels]
        if len(labels) > 1:
            raise ClaimError(f"{key_of(node)} has two indices; which is the sample?", node.position)
        if not labels:
            if self.over is not None:
                return rename(value, {i: self.over})
            if self.scopes:
                raise ClaimError(f"{key_of(node)} has no index inside a sum", node.position)
            return value
        return rename(value, {i: self.place(labels[0], node, "m")})


def _name_of(node: Node) -> str:
    from_key = key_of(node) if isinstance(node, Name) else ""
    return "".join(sign for sign in from_key if sign not in "\\{}")
