"""Random rational points, and the value of an expression there."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from bncheck.symbolic.checkers.duals import ONE, ZERO, Dual
from bncheck.symbolic.expression import (
    Add,
    Delta,
    Derivative,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    Symbol,
    ordered_indices,
)
from bncheck.symbolic.work import NODE, step


@dataclass
class Point:
    """Values for all unknowns, drawn when first asked for."""

    rng: random.Random
    sizes: dict[str, int]
    spread: int = 9
    symbols: dict[str, Fraction] = field(default_factory=dict)
    elements: dict[tuple[str, tuple[int, ...]], Fraction] = field(default_factory=dict)

    def symbol(self, node: Symbol) -> Fraction:
        """Return the value of a symbol: its size, or a drawn nonzero rational."""
        if node.name in self.sizes:
            return Fraction(self.sizes[node.name])
        if node.name not in self.symbols:
            value = Fraction(self.rng.randint(1, 12), self.rng.choice((1, 2, 3)))
            self.symbols[node.name] = value if node.positive else value * self.rng.choice((1, -1))
        return self.symbols[node.name]

    def is_degenerate(self) -> bool:
        """Whether all entries of some array are equal: its deviations are 0 and show nothing."""
        entries: dict[str, set[Fraction]] = {}
        for (name, _), value in self.elements.items():
            entries.setdefault(name, set()).add(value)
        counts = Counter(name for name, _ in self.elements)
        return any(len(entries[name]) == 1 < count for name, count in counts.items())

    def element(self, name: str, place: tuple[int, ...]) -> Fraction:
        """Return the value of an array's entry."""
        if (name, place) not in self.elements:
            self.elements[name, place] = Fraction(self.rng.randint(-self.spread, self.spread))
        return self.elements[name, place]


@dataclass(frozen=True, eq=False)
class Scene:
    """What moves while an expression is evaluated; the outermost scene moves nothing."""

    point: Point
    move: Derivative | None = None
    outer: Scene | None = None
    places: Mapping[Index, int] = field(default_factory=dict)
    known: dict[tuple[int, tuple[int, ...]], Dual] = field(default_factory=dict)

    @property
    def tag(self) -> int:
        """The tag of the move."""
        return id(self)


Places = Mapping[Index, int]


def evaluate(node: Expr, places: Places, scene: Scene) -> Dual:
    """Return the value of a node at given places of its free indices."""
    here = tuple(places[x] for x in ordered_indices(node))
    key = (id(node), here)
    if key not in scene.known:
        step(NODE + len(node.children))
        scene.known[key] = _evaluate(node, places, scene)
    return scene.known[key]


def _evaluate(node: Expr, places: Places, scene: Scene) -> Dual:
    match node:
        case Number(value):
            return Dual.of(value)
        case Symbol() | Element():
            return _unknown(node, places, scene)
        case Delta(left, right):
            return Dual.of(int(_place(left, places) == _place(right, places)))
        case Named(name, indices, body):
            moved = _moved(name, tuple(_place(x, places) for x in indices), scene)
            if moved is not None and scene.outer is not None:
                return evaluate(node, places, scene.outer) + moved
            return evaluate(body, places, scene)
        case Add((first, *terms)):
            total = evaluate(first, places, scene)
            for term in terms:
                total = total + evaluate(term, places, scene)
            return total
        case Mul((first, *factors)):
            product = evaluate(first, places, scene)
            for factor in factors:
                product = product * evaluate(factor, places, scene)
            return product
        case Power(base, exponent):
            return evaluate(base, places, scene).power(exponent)
        case Sum(index, body):
            total = Dual.of(0)
            for at in range(1, scene.point.sizes[index.size] + 1):
                total = total + evaluate(body, {**places, index: at}, scene)
            return total
        case Derivative(body):
            inner = Scene(scene.point, node, scene, places)
            return evaluate(body, places, inner).coefficient(inner.tag)
    raise TypeError(f"not a node: {node!r}")


def _place(index: Index | int, places: Places) -> int:
    return index if isinstance(index, int) else places[index]


def _unknown(node: Symbol | Element, places: Places, scene: Scene) -> Dual:
    at = tuple(_place(x, places) for x in node.indices) if isinstance(node, Element) else ()
    if scene.outer is None:
        if isinstance(node, Element):
            return Dual.of(scene.point.element(node.name, at))
        return Dual.of(scene.point.symbol(node))
    value = evaluate(node, places, scene.outer)
    moved = _moved(node.name, at, scene)
    return value if moved is None else value + moved


def _moved(name: str, at: tuple[int, ...], scene: Scene) -> Dual | None:
    move = scene.move
    if move is None or scene.outer is None or move.target != name:
        return None
    places = {**scene.places, **dict(zip(move.formal, at, strict=True))}
    velocity = evaluate(move.velocity, places, scene.outer)
    return Dual(ZERO, {frozenset({scene.tag}): ONE}) * velocity
