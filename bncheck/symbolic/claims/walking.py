"""Takes syntax trees apart and puts them together again, whatever kinds of nodes there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from bncheck.symbolic.claims.nodes import Name, Node, Relation

Tree = TypeVar("Tree", Node, Relation)


_KNOWN: dict[str, tuple[str, ...]] = {}


def _fields(node: Node | Relation) -> tuple[str, ...]:
    """Return the names of the fields of a kind of nodes; asked for often, found once."""
    kind = type(node).__name__
    if kind not in _KNOWN:
        _KNOWN[kind] = tuple(field.name for field in fields(node))
    return _KNOWN[kind]


def children(node: Node | Relation) -> list[Node]:
    """Return the parts of a node, in the order of its fields."""
    found: list[Node] = []
    for name in _fields(node):
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += [part for part in value if isinstance(part, Node)]
    return found


def rebuilt(node: Tree, parts: Sequence[Node]) -> Tree:
    """Return a node with other parts, as many as `children` returns."""
    left = iter(parts)
    return _made(node, lambda part: next(left))


def _made(node: Tree, new: Callable[[Node], Node], **others: Any) -> Tree:
    """Make a node of the same kind: each part is asked for, in order; other fields are given."""
    values: dict[str, Any] = {}
    for name in _fields(node):
        value = getattr(node, name)
        if isinstance(value, Node):
            value = new(value)
        elif isinstance(value, tuple):
            value = tuple(new(part) if isinstance(part, Node) else part for part in value)
        values[name] = value
    return type(node)(**{**values, **others})


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
    return _made(tree, bare) if isinstance(tree, Relation) else _made(tree, bare, position=0)
