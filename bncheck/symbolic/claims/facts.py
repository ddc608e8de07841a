"""What is known to be not negative for every batch: squares, and theorems of ``proofs/``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from bncheck.symbolic.expression import Element, Expr, Index, Power, Symbol, as_expr
from bncheck.symbolic.vocabulary import (
    dy,
    eps,
    gamma,
    inner,
    m,
    mean,
    mu,
    square,
    total,
    var,
    x,
)

SQUARES = "a sum of squares and of what is positive"


@dataclass(frozen=True)
class Fact:
    """An expression that is >= 0, or > 0, for every batch with m >= 1; and why."""

    value: Expr
    why: str = SQUARES
    positive: bool = False


V = var()


def facts(places: Iterable[Index], nodes: Iterable[Expr]) -> Iterator[Fact]:
    """Yield the facts about a batch, about its entries at these places, and about what occurs."""
    at = sorted((p for p in places if p.size == "m"), key=lambda p: p.name)
    nodes = list(nodes)
    yield Fact(as_expr(1), positive=True)
    yield Fact(eps, positive=True)
    yield Fact(V)
    yield Fact((m - 2) * V)  # one value has no variance
    yield Fact(square(mean(x)))
    yield Fact(mean(square(x)))
    for symbol in dict.fromkeys(n for n in nodes if isinstance(n, Symbol)):
        if symbol not in (m, eps):
            yield Fact(symbol, positive=True) if symbol.positive else Fact(square(symbol))
    for place in at:
        yield from _of_entry(place)
    for one, other in combinations(at, 2):
        yield from _of_pair(one, other)
    if any(isinstance(n, Power) and n.exponent in (3, 4) for n in nodes):
        third, fourth = (mean((x - mu()) ** n) for n in (3, 4))
        yield Fact(fourth - square(V))
        yield Fact(m * square(V) - fourth)  # products of different squares
        yield Fact((m**2 - 3 * m + 3) * square(V) - (m - 1) * fourth, "theorem F15")
        yield Fact(V * fourth - square(third) - V**3, "theorem F15")
    if any(isinstance(n, Element) and n.name == "dy" for n in nodes):
        yield from _of_gradients("theorem B09" if gamma in nodes else SQUARES)


def _of_entry(at: Index) -> Iterator[Fact]:
    c = x[at] - mu()
    yield Fact(square(x[at]))
    yield Fact(total(square(x)) - square(x[at]))  # the other squares
    yield Fact(square(c))
    yield Fact((m - 1) * V - square(c), "theorem F13")


def _of_pair(one: Index, other: Index) -> Iterator[Fact]:
    here, there = x[one] - mu(), x[other] - mu()
    yield Fact(square(here - there))
    yield Fact(square(here + there))
    yield Fact(2 * m * V - square(here - there), "theorem F14")


def _of_gradients(why: str) -> Iterator[Fact]:
    """Yield what is known of dy; dL/dx is made of the same squares, which is theorem B09."""
    along = inner(dy, x - mu())
    spread = total(square(dy - mean(dy)))
    for value in (square(mean(dy)), mean(square(dy)), spread, square(along)):
        yield Fact(value, why)
    yield Fact(m * V * spread - square(along), "Cauchy and Schwarz, as in theorem F14")
