"""The smallest batch of rationals at which two sides differ."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.checkers.rational_roots import make_roots_rational
from bncheck.symbolic.expression import Element, Expr, Index, Sum, Symbol, free_indices
from bncheck.symbolic.trees import walk

SIZES = (1, 2, 3, 4)
ENTRIES = (0, 1, 2)
TRIES = 400
APART = {"gamma": 2, "beta": 3}


@dataclass(frozen=True)
class Counterexample:
    """A point, and what both sides are there."""

    m: int
    values: dict[str, str]
    left: str
    right: str

    def __str__(self) -> str:
        """Return the point on one line."""
        at = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        return f"m = {self.m}, {at}: left side {self.left}, right side {self.right}"


def smallest(left: Expr, right: Expr, sign: str = "=") -> Counterexample | None:
    """Return the first point, by size and then by entries, at which the relation fails.

    Raises NotSupported where a side cannot be evaluated in rationals.
    """
    nodes = [*walk(left), *walk(right)]
    free = sorted(free_indices(left) | free_indices(right), key=lambda x: x.name)
    for point in _points(nodes):
        for places in _places(free, point.sizes):
            values = _both(left, right, nodes, point, places)
            if values is not None and not _holds(*values, sign):
                return _described(point, places, *values)
    return None


def _holds(left: Fraction, right: Fraction, sign: str) -> bool:
    if sign == r"\le":
        return left <= right
    return left >= right if sign == r"\ge" else left == right


def _both(
    left: Expr, right: Expr, nodes: list[Expr], point: Point, places: dict[Index, int]
) -> tuple[Fraction, Fraction] | None:
    try:
        make_roots_rational(nodes, point)
        scene = Scene(point)
        first, second = (evaluate(side, places, scene).real for side in (left, right))
    except (NotSquare, ZeroDivisionError):
        return None
    return first, second


def _points(nodes: list[Expr]) -> Iterator[Point]:
    """Yield points of growing size: whole entries from 0 on, scalars small."""
    sizes = {n.index.size for n in nodes if isinstance(n, Sum)}
    elements = {n.name: len(n.indices) for n in nodes if isinstance(n, Element)}
    symbols = {n.name: n.positive for n in nodes if isinstance(n, Symbol)} | {"m": True}
    vectors = sorted(name for name, rank in elements.items() if rank == 1 and name in ("x", "dy"))
    for m in SIZES:
        choices = ENTRIES[: 3 if m * len(vectors) < 6 else 2]
        entries = list(product(choices, repeat=m * len(vectors)))
        for number, entry in enumerate(sorted(entries, key=sum)[:TRIES]):
            for scalars in _scalars(symbols):
                point = Point(random.Random(number), {**dict.fromkeys(sizes, 1), "m": m})
                point.symbols.update(scalars)
                for at, value in enumerate(entry):
                    name = vectors[at // m]
                    point.elements[name, (at % m + 1,)] = Fraction(value)
                yield point


def _scalars(symbols: Mapping[str, bool]) -> Iterator[dict[str, Fraction]]:
    """Yield values for the scalars: as plain as can be, then such that no two are alike.

    With gamma = beta = 1 a gamma that is missing, or stands where beta belongs, does not show.
    symbols: whether each is positive. A factor ``a`` is never 1, and may be negative.
    """
    plain = {name: Fraction(1) for name in symbols}
    apart = {name: Fraction(value) for name, value in APART.items() if name in symbols}
    for others in ({}, apart) if apart else ({},):
        for a in (2, -1) if symbols.get("a") is False else (None,):
            yield plain | others | ({} if a is None else {"a": Fraction(a)})


def _places(free: list[Index], sizes: dict[str, int]) -> Iterator[dict[Index, int]]:
    for at in product(*(range(1, sizes.get(index.size, 1) + 1) for index in free)):
        yield dict(zip(free, at, strict=True))


def _described(
    point: Point, places: dict[Index, int], left: Fraction, right: Fraction
) -> Counterexample:
    shown: dict[str, str] = {}
    for name in sorted({name for name, _ in point.elements}):
        entries = [v for (n, _), v in sorted(point.elements.items()) if n == name]
        shown[name] = "(" + ", ".join(map(str, entries)) + ")"
    for name, value in sorted(point.symbols.items()):
        if name not in point.sizes:
            shown[name] = str(value)
    shown |= {index.name: str(place) for index, place in places.items()}
    return Counterexample(point.sizes["m"], shown, str(left), str(right))
