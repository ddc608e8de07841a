"""One change at one place of a syntax tree."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from bncheck.symbolic.claims.nodes import Node, Operation
from bncheck.symbolic.claims.walking import children, rebuilt

Path = tuple[int, ...]
"""Where a node is: which part to take, from the top of the tree down."""

SMALL, MIDDLE, LARGE = 1, 2, 3
"""How much a change leaves of the author's structure: a symbol or sign; something left out or
bracketed otherwise; something put in."""


@dataclass(frozen=True)
class Edit:
    """A node put in where another is.

    says: what is wrong, in one clause; slip: equal for the same slip at several places
    """

    path: Path
    new: Node
    says: str
    slip: Hashable
    weight: int


def apart(one: Path, other: Path) -> bool:
    """Whether neither place is inside the other."""
    short = min(len(one), len(other))
    return one[:short] != other[:short]


def replaced(tree: Node, news: Mapping[Path, Node]) -> Node:
    """Put nodes in; sums that come to stand in sums, and products in products, become one."""
    if () in news:
        return news[()]
    parts = children(tree)
    for at in {path[0] for path in news}:
        inner = {path[1:]: new for path, new in news.items() if path[0] == at}
        parts[at] = replaced(parts[at], inner)
    return _joined(tree, parts, {path[0] for path in news if len(path) == 1})


def _joined(tree: Node, parts: list[Node], new: set[int]) -> Node:
    """Rebuild a node, without a bracket around a new part that needs none."""
    if not isinstance(tree, Operation):
        return rebuilt(tree, parts)
    if tree.sign == "neg" and new and _is(parts[0], "neg"):
        return children(parts[0])[0]
    if tree.sign == "+":
        terms: list[Node] = []
        for at, part in enumerate(parts):
            is_new = at in new and not _is(tree.arguments[at], "+")
            terms += children(part) if is_new and _is(part, "+") else [part]
        return rebuilt_sum(terms)
    if tree.sign == "*" and 1 in new and _is(parts[1], "*"):
        left, right = children(parts[1])
        return _joined(tree, [_joined(tree, [parts[0], left], {1}), right], set())
    return rebuilt(tree, parts)


def rebuilt_sum(terms: list[Node]) -> Node:
    """Return the sum of terms; one is no sum."""
    return terms[0] if len(terms) == 1 else Operation(terms[0].position, "+", tuple(terms))


def _is(node: Node, sign: str) -> bool:
    return isinstance(node, Operation) and node.sign == sign
