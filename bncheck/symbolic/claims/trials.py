"""Points at which a claim is tried: the smallest first."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

from bncheck.symbolic.checkers.points import Point
from bncheck.symbolic.expression import Element, Expr, Index, Sum, Symbol, free_indices

SIZES = (1, 2, 3, 4)
ENTRIES = (0, 1, 2)
TRIES = 400
APART = {"gamma": 2, "beta": 3}
OUTLIERS = (12, 102)
DRAWN = 6
"""Points of each size with entries and scalars drawn, after all the plain ones."""


def plain(nodes: list[Expr]) -> Iterator[Point]:
    """Yield points of growing size: whole entries from 0 on, scalars small."""
    symbols = {n.name: n.positive for n in nodes if isinstance(n, Symbol)} | {"m": True}
    vectors = sorted(
        {n.name for n in nodes if isinstance(n, Element) and len(n.indices) == 1} & {"x", "dy"}
    )
    smallest = _places_named(nodes)
    sizes = _other_sizes(nodes)
    for m in SIZES:
        if m < smallest:
            continue
        choices = ENTRIES[: 3 if m * len(vectors) < 6 else 2]
        entries = list(product(choices, repeat=m * len(vectors)))
        for number, entry in enumerate(sorted(entries, key=sum)[:TRIES]):
            for scalars in _scalars(symbols):
                rng = random.Random(number)
                point = Point(rng, {**dict.fromkeys(sizes, smallest), "m": m}, spread=2)
                point.symbols.update(scalars)
                for at, value in enumerate(entry):
                    name = vectors[at // m]
                    point.elements[name, (at % m + 1,)] = Fraction(value)
                yield point


def drawn(nodes: list[Expr]) -> Iterator[Point]:
    """Yield points with nothing in common but their size."""
    sizes = _other_sizes(nodes)
    for m in SIZES[1:]:
        if m >= _places_named(nodes):
            for number in range(DRAWN):
                rng = random.Random(f"{m} {number}")
                yield Point(rng, {**dict.fromkeys(sizes, 1 + number % 3), "m": m}, spread=4)


def outliers(nodes: list[Expr]) -> Iterator[Point]:
    """Yield larger batches with one value far off: where entries are largest."""
    for m in OUTLIERS:
        point = Point(random.Random(m), {**dict.fromkeys(_other_sizes(nodes), 1), "m": m})
        for at in range(1, m + 1):
            point.elements["x", (at,)] = Fraction(1000 * (at == 1))
        yield point


def places(nodes: list[Expr], sizes: Mapping[str, int]) -> Iterator[dict[Index, int]]:
    """Yield every place of the free indices of both sides, which come first among the nodes."""
    free = sorted(free_indices(nodes[0]) | free_indices(nodes[1]), key=lambda x: x.name)
    for at in product(*(range(1, sizes.get(index.size, 1) + 1) for index in free)):
        yield dict(zip(free, at, strict=True))


def _places_named(nodes: list[Expr]) -> int:
    """Return the largest place of the batch that a formula names, as x_2 does: m is no less."""
    named = [x for n in nodes if isinstance(n, Element) for x in n.indices if isinstance(x, int)]
    return max(named, default=1)


def _other_sizes(nodes: list[Expr]) -> set[str]:
    free = {x.size for n in nodes[:2] for x in free_indices(n)}
    return free | {n.index.size for n in nodes if isinstance(n, Sum)}


def _scalars(symbols: Mapping[str, bool]) -> Iterator[dict[str, Fraction]]:
    """Yield values for the scalars: as plain as can be, then such that no two are alike.

    With gamma = beta = 1 a gamma that is missing, or stands where beta belongs, does not show.
    symbols: whether each is positive. Other factors are never 1, and may be negative.
    """
    plain = {name: Fraction(1) for name in symbols}
    apart = {name: Fraction(value) for name, value in APART.items() if name in symbols}
    factors = [name for name, positive in symbols.items() if not positive and name not in APART]
    for others in ({}, apart) if apart else ({},):
        for value in (2, -1) if factors else (None,):
            chosen = {} if value is None else dict.fromkeys(factors, Fraction(value))
            yield plain | others | chosen
