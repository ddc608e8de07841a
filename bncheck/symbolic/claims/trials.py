"""Points at which a claim is tried: those that convince first.

In a batch of one value, or of equal values, most of batch normalization is 0; it shows that a
formula is false, but not how. So two values come first, then three and four, unequal and whole,
with an eps for which the root of var + eps is rational; gamma and beta are no 0, no 1, not alike.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product
from math import isqrt

from bncheck.symbolic.checkers.points import Point
from bncheck.symbolic.expression import Element, Expr, Index, Sum, Symbol, free_indices

BATCHES: Mapping[int, Sequence[tuple[int, ...]]] = {
    2: ((0, 2), (1, 5), (0, 6), (0, 10), (-3, 1)),
    3: ((0, 3, 9), (0, 3, 6), (-4, 0, 1)),
    4: ((0, 2, 4, 10), (0, 2, 4, 6), (0, 6, 8, 14)),
}
"""Most have whole variances: 1, 4, 9, 25; 14, 6; 14, 5, 25."""
GRADIENTS: Mapping[int, Sequence[tuple[int, ...]]] = {
    2: ((0, 1), (2, -1)),
    3: ((2, 0, 1), (1, -1, 0)),
    4: ((3, 0, 1, 2), (1, -1, 2, 0)),
}
"""For dL/dy: not in proportion to x, where more than two values allow that."""
WITH_ROOTS = {1: 3, 4: 5, 9: 16, 25: 24}
"""To a variance that is a square, an eps whose sum with it is one; 9 and 16 are both squares, and
25 less 24 is one too."""
NARROW, NARROWED = 10, 12
"""By what entries are divided where var + eps is to be small, and at how many points."""
APART = ({"gamma": 3, "beta": 5}, {"gamma": -2, "beta": 7})
SIZES = (2, 3, 4)
ENTRIES = (0, 1, 2)
TRIES = 400
OUTLIERS = (12, 102)
MAX_PLACES = 500
"""Places of several free indices that are looked at: three of a hundred values have a million."""
DRAWN = 6
"""Points of each size with entries and scalars drawn, after all the plain ones."""


def convincing(nodes: list[Expr]) -> Iterator[Point]:
    """Yield points of growing size from 2 on, at which no two entries are equal."""
    symbols, vectors = _unknowns(nodes)
    smallest = _places_named(nodes)
    sizes = dict.fromkeys(_other_sizes(nodes), smallest)
    for m, batches in BATCHES.items():
        if m < smallest:
            continue
        gradients = GRADIENTS[m] if "dy" in vectors else ((),)
        chosen = product(batches if "x" in vectors else batches[:1], gradients, range(4))
        for batch, gradient, number in chosen:
            point = Point(random.Random(number), {**sizes, "m": m}, spread=2)
            point.symbols.update(_scalars(symbols, _eps_beside(batch), number))
            for name, entries in (("x", batch), ("dy", gradient)):
                for at, value in enumerate(entries if name in vectors else (), 1):
                    point.elements[name, (at,)] = Fraction(value)
            yield point


def narrow(nodes: list[Expr]) -> Iterator[Point]:
    """Yield points with var + eps far below 1, where a factor 1 / (var + eps) is large."""
    for point in islice(convincing(nodes), NARROWED):
        for key, value in point.elements.items():
            point.elements[key] = value / NARROW if key[0] == "x" else value
        if "eps" in point.symbols:
            point.symbols["eps"] /= NARROW**2
        yield point


def _eps_beside(batch: tuple[int, ...]) -> Fraction:
    """Return an eps for which var + eps is a square."""
    centre = Fraction(sum(batch), len(batch))
    var = sum(((value - centre) ** 2 for value in batch), Fraction(0)) / len(batch)
    return Fraction(WITH_ROOTS.get(int(var), 0)) or (isqrt(int(var)) + 1) ** 2 - var


def _scalars(symbols: Mapping[str, bool], eps: Fraction, number: int) -> dict[str, Fraction]:
    """Return values for the scalars, no two alike; positive ones stay so.

    With gamma = beta = 1 a gamma that is missing, or stands where beta belongs, does not show.
    number: of the choice; other factors are never 1, and negative in every second one
    """
    values: dict[str, Fraction] = {}
    others = [name for name in sorted(symbols) if name not in (*APART[0], "eps", "running_var")]
    for at, name in enumerate(others, 2):
        values[name] = Fraction(1 - at if number % 2 and not symbols[name] else at)
    values |= {name: Fraction(value) for name, value in APART[number // 2].items()}
    root = 3 + isqrt(int(eps))
    values |= {"eps": eps, "running_var": root**2 - eps}  # whose root with eps is rational too
    return {name: values[name] for name in symbols if name in values}


def plain(nodes: list[Expr], counts: Sequence[int]) -> Iterator[Point]:
    """Yield points of these sizes: whole entries from 0 on, equal ones too."""
    symbols, vectors = _unknowns(nodes)
    smallest = _places_named(nodes)
    sizes = _other_sizes(nodes)
    for m in counts:
        if m < smallest:
            continue
        choices = ENTRIES[: 3 if m * len(vectors) < 6 else 2]
        entries = list(product(choices, repeat=m * len(vectors)))
        for number, entry in enumerate(sorted(entries, key=sum)[:TRIES]):
            for scalars in _plain_scalars(symbols):
                rng = random.Random(number)
                point = Point(rng, {**dict.fromkeys(sizes, smallest), "m": m}, spread=2)
                point.symbols.update(scalars)
                for at, value in enumerate(entry):
                    name = vectors[at // m]
                    point.elements[name, (at % m + 1,)] = Fraction(value)
                yield point


def _plain_scalars(symbols: Mapping[str, bool]) -> Iterator[dict[str, Fraction]]:
    """Yield values for the scalars: as plain as can be, then such that no two are alike."""
    ones = {name: Fraction(1) for name in symbols}
    apart = {name: Fraction(value) for name, value in APART[0].items() if name in symbols}
    factors = [name for name, positive in symbols.items() if not positive and name not in APART[0]]
    for others in ({}, apart) if apart else ({},):
        for value in (2, -1) if factors else (None,):
            chosen = {} if value is None else dict.fromkeys(factors, Fraction(value))
            yield ones | others | chosen


def drawn(nodes: list[Expr]) -> Iterator[Point]:
    """Yield points with nothing in common but their size."""
    sizes = _other_sizes(nodes)
    for m in SIZES:
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
    every = product(*(range(1, sizes.get(index.size, 1) + 1) for index in free))
    for at in islice(every, MAX_PLACES):
        yield dict(zip(free, at, strict=True))


def _unknowns(nodes: list[Expr]) -> tuple[dict[str, bool], list[str]]:
    """Return the scalars, and whether each is positive; and which of x and dy there are."""
    symbols = {n.name: n.positive for n in nodes if isinstance(n, Symbol)} | {"m": True}
    vectors = {n.name for n in nodes if isinstance(n, Element) and len(n.indices) == 1}
    return symbols, sorted(vectors & {"x", "dy"})


def _places_named(nodes: list[Expr]) -> int:
    """Return the largest place of the batch that a formula names, as x_2 does: m is no less."""
    named = [x for n in nodes if isinstance(n, Element) for x in n.indices if isinstance(x, int)]
    return max(named, default=1)


def _other_sizes(nodes: list[Expr]) -> set[str]:
    free = {x.size for n in nodes[:2] for x in free_indices(n)}
    return free | {n.index.size for n in nodes if isinstance(n, Sum)}
