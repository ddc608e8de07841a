"""Evaluates both sides of an equation exactly at random rational points.

Derivatives are evaluated with dual numbers, not by rules on trees: a value is a polynomial in
nilpotent tags (tag^2 = 0), one tag for each derivative around it, and the derivative is the
coefficient of its tag. Roots are exact: where a radicand is no square of a rational, a positive
symbol in it (eps) is moved so that it is, or another point is drawn.

A false equation between functions of this kind is a nonzero polynomial, which vanishes at a
random point of a grid of n values per unknown with probability at most degree / n (Schwartz,
Zippel); several points at several sizes leave no practical chance.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt

from bncheck.errors import NotSupported
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
    free_indices,
    walk,
)

POINTS = 6
ATTEMPTS = 400
SIZES = (2, 3, 4, 5)

Tags = frozenset[int]


@dataclass(frozen=True)
class Dual:
    """A rational plus multiples of products of nilpotent tags."""

    parts: Mapping[Tags, Fraction]

    @staticmethod
    def of(value: Fraction | int) -> Dual:
        """Return a plain number."""
        return Dual({frozenset(): Fraction(value)})

    @property
    def real(self) -> Fraction:
        """The part without tags."""
        return self.parts.get(frozenset(), Fraction(0))

    def __add__(self, other: Dual) -> Dual:
        keys = self.parts.keys() | other.parts.keys()
        return Dual({t: self.parts.get(t, Fraction(0)) + other.parts.get(t, 0) for t in keys})

    def __mul__(self, other: Dual) -> Dual:
        product: dict[Tags, Fraction] = {}
        for s, a in self.parts.items():
            for t, b in other.parts.items():
                if not s & t:  # a tag squared is zero
                    product[s | t] = product.get(s | t, Fraction(0)) + a * b
        return Dual(product)

    def coefficient(self, tag: int) -> Dual:
        """Return the derivative: what stands beside the tag."""
        return Dual({t - {tag}: c for t, c in self.parts.items() if tag in t} or {Tags(): 0 * ONE})

    def power(self, exponent: Fraction) -> Dual:
        """Raise to a whole or half exponent by the binomial series, which ends."""
        first = _power(self.real, exponent)
        small = Dual({t: c for t, c in self.parts.items() if t})
        result, term, factor = Dual.of(first), Dual.of(1), Fraction(first)
        for n in range(1, 1 + len(frozenset().union(*small.parts.keys()))):
            term = term * small
            factor = factor * (exponent - n + 1) / n / self.real if self.real else factor * 0
            result = result + Dual.of(factor) * term
        return result


ONE = Fraction(1)


class NotSquare(Exception):
    """A radicand whose root is not rational at this point."""


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator == 1:
        return base ** int(exponent)
    if base <= 0:
        raise NotSquare
    top, bottom = isqrt(base.numerator), isqrt(base.denominator)
    if top**2 != base.numerator or bottom**2 != base.denominator:
        raise NotSquare
    return Fraction(top, bottom) ** int(2 * exponent)


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
    here = tuple(places[x] for x in sorted(free_indices(node), key=lambda x: x.name))
    key = (id(node), here)
    if key not in scene.known:
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
        case Add(terms):
            total = Dual.of(0)
            for term in terms:
                total = total + evaluate(term, places, scene)
            return total
        case Mul(factors):
            product = Dual.of(1)
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
    return Dual({frozenset({scene.tag}): ONE}) * velocity


def refutation(left: Expr, right: Expr, seed: int = 0) -> str | None:
    """Return ``None`` if both sides agree at all points, else a sentence with the first that not.

    Raises NotSupported where no point with rational roots was found.
    """
    for number in range(POINTS):
        found = _at_one_point(left, right, random.Random(f"{seed} {number}"), number)
        if found is not None:
            return found
    return None


def _at_one_point(left: Expr, right: Expr, rng: random.Random, number: int) -> str | None:
    free = sorted(free_indices(left) | free_indices(right), key=lambda x: x.name)
    nodes = [*walk(left), *walk(right)]
    names = {n.index.size for n in nodes if isinstance(n, Sum)} | {x.size for x in free} | {"m"}
    for attempt in range(ATTEMPTS):
        # at eps = 0 the variance itself must be a square: never at m = 3, at m = 4 for some small
        # whole numbers, and at m = 2 always, but there every gradient is zero and shows nothing
        easy = attempt < ATTEMPTS // 20
        size = SIZES[number % len(SIZES)] if easy else (4 if attempt < ATTEMPTS * 9 // 10 else 2)
        others = {name: rng.randint(2, 4) for name in sorted(names)}
        point = Point(rng, {**others, "m": size}, spread=9 if easy else 2)
        places = {x: rng.randint(1, point.sizes[x.size]) for x in free}
        try:
            make_roots_rational(nodes, point)
            values = [evaluate(side, places, Scene(point)).real for side in (left, right)]
        except (NotSquare, ZeroDivisionError):
            continue
        if point.is_degenerate():
            continue
        if values[0] != values[1]:
            return f"at m = {size} the left side is {values[0]}, the right side {values[1]}"
        return None
    raise NotSupported("no point was found at which all roots are rational")


def make_roots_rational(nodes: list[Expr], point: Point) -> None:
    """Move one positive symbol of each radicand so that its root is rational."""
    fixed: set[str] = set(point.sizes)
    for node in reversed(nodes):  # inner radicands first
        if not isinstance(node, Power) or node.exponent.denominator == 1:
            continue
        if free_indices(node.base):
            raise NotSupported("a root of an expression with a free index")
        inside = [n for n in walk(node.base) if isinstance(n, Symbol)]
        if not _is_square(node.base, point):
            _solve(node.base, sorted({n.name for n in inside if n.positive} - fixed), point)
        fixed |= {n.name for n in inside}


def _is_square(radicand: Expr, point: Point) -> bool:
    try:
        _power(evaluate(radicand, {}, Scene(point)).real, Fraction(1, 2))
    except NotSquare:
        return False
    return True


def _solve(radicand: Expr, names: list[str], point: Point) -> None:
    """Set a symbol, in which the radicand is affine, so that the root is rational.

    Raises NotSquare if none of the symbols can do that.
    """
    for name in names:
        before = point.symbols.get(name)
        at_zero, at_one, at_two = (_value_at(radicand, name, v, point) for v in (0, 1, 2))
        slope = at_one - at_zero
        if slope > 0 and at_two == at_one + slope:
            root = Fraction(isqrt(int(max(at_zero, Fraction(0)))) + point.rng.randint(1, 6))
            value = (root**2 - at_zero) / slope
            if value > 0:
                point.symbols[name] = value
                return
        if before is not None:
            point.symbols[name] = before
    raise NotSquare


def _value_at(radicand: Expr, name: str, value: int, point: Point) -> Fraction:
    point.symbols[name] = Fraction(value)
    try:
        return evaluate(radicand, {}, Scene(point)).real
    except ZeroDivisionError:  # the symbol stands in a denominator: not affine
        return Fraction(0)
