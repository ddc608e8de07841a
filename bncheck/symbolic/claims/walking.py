"""Takes syntax trees apart and puts them together again, whatever kinds of nodes there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from bncheck.symbolic.claims.nodes import Name, Node, Relation

Tree = TypeVar("Tree", Node, Relation)


def children(node: Node | Relation) -> list[Node]:
    """Return the parts of a node, in the order of its fields."""
    found: list[Node] = []
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += [part for part in value if isinstance(part, Node)]
    return found


def rebuilt(node: Tree, parts: Sequence[Node]) -> Tree:
    """Return a node with other parts, as many as `children` returns."""
    left = iter(parts)
    changed: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            changed[field.name] = next(left)
        elif isinstance(value, tuple):
            changed[field.name] = tuple(
                next(left) if isinstance(part, Node) else part for part in value
            )
    return replace(node, **changed)


def walk(node: Node | Relation) -> Iterator[Node]:
    """Yield every node of a tree, each before its parts."""
    if isinstance(node, Node):
        yield node
    for part in children(node):
        yield from walk(part)


def names_in(node: Node | Relation) -> list[Name]:
    """Return every symbol in a syntax tree."""
    return [each for each in walk(node) if isinstance(each, Name)]


def bare(tree: Tree) -> Tree:
    """Return a tree without its positions in the text: equal for what is printed alike."""
    plain = rebuilt(tree, [bare(part) for part in children(tree)])
    return plain if isinstance(plain, Relation) else replace(plain, position=0)
