"""Checks an equation at m = 2 to 5 with SymPy, the sums written out.

What `written_out` makes of both sides is a rational function in SymPy's polynomial rings; they are
equal if the numerator of the difference is zero.

At m = 2 and 3 every unknown is a symbol, and the equation is proved there. At m = 4 and 5 the
positive scalars and what is differentiated by are symbols; whole numbers that look random stand
for all others, so that an equation is proved there for these numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.rooted_ring import OTHER_SIZE
from bncheck.symbolic.checkers.unknowns import Unknowns
from bncheck.symbolic.checkers.written_out import WrittenOut
from bncheck.symbolic.expression import Expr, Index, Power, free_indices
from bncheck.symbolic.trees import length, shared, walk

SIZES = (2, 3, 4, 5)
ALL_SYMBOLS = (2, 3)
"""The sizes at which no number stands for an unknown."""


def refutation(left: Expr, right: Expr) -> str | None:
    """Return ``None`` if both sides are equal at all these sizes, else a sentence.

    Raises NotSupported where the written-out functions are too large.
    """
    left, right = shared(left, right)
    nodes = [*walk(left), *walk(right)]
    unknowns = Unknowns.of(nodes)
    radicands = [
        n.base
        for n in dict.fromkeys(nodes)
        if isinstance(n, Power) and n.exponent.denominator == 2 and not free_indices(n)
    ]
    radicands.sort(key=length)
    for m in SIZES:
        all_symbols = m in ALL_SYMBOLS
        for signs in _signs(unknowns, all_symbols):
            page = WrittenOut(unknowns, m, signs, all_symbols)
            page.solve_roots(radicands)
            for places in _places(free_indices(left) | free_indices(right), m):
                try:
                    difference = page.value(left, places) - page.value(right, places)
                    equal = page.is_zero(difference)
                except OverflowError:
                    raise NotSupported(f"too many terms at m = {m}") from None
                if not equal:
                    at = "".join(f", {index.name} = {place}" for index, place in places.items())
                    return f"at m = {m}{at} the difference of both sides is not zero"
    return None


def _signs(unknowns: Unknowns, all_symbols: bool) -> Iterator[dict[str, int]]:
    """Yield the signs of the scalars under roots that may have either."""
    either = [
        name
        for name, positive in unknowns.symbols.items()
        if not positive and name in unknowns.rooted and (all_symbols or name in unknowns.moved)
    ]
    for signs in product((1, -1), repeat=len(either)):
        yield dict(zip(either, signs, strict=True))


def _places(free: frozenset[Index], m: int) -> Iterator[dict[Index, int]]:
    """Yield places for the free indices: 1, 2, ...; at m = 2 and 3 also all of them equal."""
    ordered = sorted(free, key=lambda x: x.name)
    apart = {
        index: min(at, m if index.size == "m" else OTHER_SIZE)
        for at, index in enumerate(ordered, 1)
    }
    yield apart
    if len(ordered) > 1 and m <= 3:
        yield dict.fromkeys(ordered, 1)
