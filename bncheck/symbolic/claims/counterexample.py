"""The smallest batch of rationals at which two sides differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.checkers.rational_roots import make_roots_rational
from bncheck.symbolic.claims.enclosures import OutOfDomain, in_digits, told_apart
from bncheck.symbolic.claims.trials import SIZES, convincing, drawn, narrow, outliers, places, plain
from bncheck.symbolic.expression import Expr, Index, Power, free_indices
from bncheck.symbolic.trees import shared, walk

MAX_REFUSED = 150
"""Points that may have irrational roots before only intervals are asked."""
MAX_PLAIN = 300
"""Plain points that are looked at: where both sides differ, the first few nearly always show it."""

Points = Callable[[list[Expr]], Iterator[Point]]
"""Makes points for all nodes of both sides."""


@dataclass(frozen=True)
class Counterexample:
    """A point, and what both sides are there: rationals, or decimals that are right to the unit."""

    m: int
    values: dict[str, str]
    left: str
    right: str

    def __str__(self) -> str:
        """Return the point on one line."""
        at = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        return f"m = {self.m}, {at}: left side {self.left}, right side {self.right}"


def smallest(
    left: Expr, right: Expr, sign: str = "=", size: int | None = None
) -> Counterexample | None:
    """Return the first point, by size and then by entries, at which the relation fails.

    Batches of unequal values come first, and one value last. Of points of one kind those come first
    at which both sides are rational; where there are none, irrational values are enclosed in
    intervals that have no number in common.

    size: of the batch, if only one is looked at
    """
    left, right = shared(left, right)
    first, second = shared(without_derivatives(left), without_derivatives(right))
    kinds: list[tuple[Points, Points]] = [(convincing, convincing), (_plain, _many), (_one, _one)]
    if sign != "=":
        kinds[1:1] = [(narrow, _none)]
        kinds.insert(3, (_none, outliers))
    if size is not None:
        of_size = _of_size(size)
        kinds = [(of_size, of_size)]
    for rational, enclosed in kinds:
        found = _rational(left, right, sign, rational) or _enclosed(first, second, sign, enclosed)
        if found is not None:
            return found
    return None


def _of_size(size: int) -> Points:
    def points(nodes: list[Expr]) -> Iterator[Point]:
        every = chain(convincing(nodes), plain(nodes, (size,)))
        return islice((p for p in every if p.sizes["m"] == size), MAX_PLAIN)

    return points


def _nodes(left: Expr, right: Expr) -> list[Expr]:
    return [left, right, *walk(left), *walk(right)]


def _plain(nodes: list[Expr]) -> Iterator[Point]:
    return islice(plain(nodes, SIZES), MAX_PLAIN)


def _many(nodes: list[Expr]) -> Iterator[Point]:
    return chain(_plain(nodes), drawn(nodes))


def _one(nodes: list[Expr]) -> Iterator[Point]:
    return plain(nodes, (1,))


def _none(nodes: list[Expr]) -> Iterator[Point]:
    return iter(())


def _rational(left: Expr, right: Expr, sign: str, points: Points) -> Counterexample | None:
    nodes = _nodes(left, right)
    refused = 0
    for point in points(nodes):
        try:
            make_roots_rational(nodes, point)
        except NotSupported:  # a root of every entry of a vector
            return None
        except (NotSquare, ZeroDivisionError):
            refused += 1
            if refused > MAX_REFUSED:
                return None
            continue
        for at in places(nodes, point.sizes):
            try:
                scene = Scene(point)
                first, second = (evaluate(side, at, scene).real for side in (left, right))
            except (NotSquare, ZeroDivisionError):
                refused += 1
                continue
            if not _holds(first, second, sign) and _shows(point, points):
                return _described(point, at, str(first), str(second))
    return None


def _enclosed(left: Expr, right: Expr, sign: str, points: Points) -> Counterexample | None:
    nodes = _nodes(left, right)
    half = [n for n in nodes if isinstance(n, Power) and n.exponent.denominator == 2]
    roots = [n for n in dict.fromkeys(half) if not free_indices(n)]
    for point in points(nodes):
        try:
            for root in roots:  # first: most points that fall out of the domain do so here
                told_apart(root, root, point, {})
            for at in places(nodes, point.sizes):
                apart = told_apart(left, right, point, at)
                if apart is None or not _shows(point, points):
                    continue
                if not _holds(Fraction(apart[0].low), Fraction(apart[1].low), sign):
                    return _described(point, at, *in_digits(*apart))
        except OutOfDomain:
            continue
    return None


def _shows(point: Point, points: Points) -> bool:
    """Whether a point is one of those that are asked for: an array may have been drawn equal."""
    return points not in (convincing, narrow) or not point.is_degenerate()


def _holds(left: Fraction, right: Fraction, sign: str) -> bool:
    if sign == r"\le":
        return left <= right
    if sign in ("<", ">"):
        return left < right if sign == "<" else left > right
    return left >= right if sign == r"\ge" else left == right


def _described(point: Point, at: dict[Index, int], left: str, right: str) -> Counterexample:
    shown: dict[str, str] = {}
    for name in sorted({name for name, _ in point.elements}):
        entries = [v for (n, _), v in sorted(point.elements.items()) if n == name]
        shown[name] = "(" + ", ".join(map(str, entries)) + ")"
    for name, value in sorted(point.symbols.items()):
        if name not in point.sizes:
            shown[name] = str(value)
    shown |= {size: str(n) for size, n in sorted(point.sizes.items()) if size != "m"}
    shown |= {index.name: str(place) for index, place in at.items()}
    return Counterexample(point.sizes["m"], shown, left, right)
