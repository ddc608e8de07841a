"""Both sides at one batch size: for what is claimed for m = 2, or would hold only there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.claims.nodes import Num, Relation
from bncheck.symbolic.claims.quotients import same
from bncheck.symbolic.expression import Element, Expr, Index, Position, free_indices, rename
from bncheck.symbolic.trees import unroll, walk
from bncheck.symbolic.work import limited

LARGEST = 6
"""The largest size at which sums are written out."""
MAX_PLACES = 64
MAX_PRODUCTS = 100_000
OTHERS = (3, 4, 5)
"""Sizes that are looked at beside m = 2."""


def size_of(assumption: Relation) -> int | None:
    """Return the size that an assumption about the batch size says."""
    value = assumption.right.value if isinstance(assumption.right, Num) else Fraction(0)
    is_size = assumption.sign == "=" and value.denominator == 1 and 0 < value <= LARGEST
    return int(value) if is_size else None


def same_at(left: Expr, right: Expr, size: int) -> bool:
    """Whether both sides are equal at one batch size, at all places.

    Raises NotSupported where that cannot be said.
    """
    with limited(MAX_PRODUCTS):
        return all(same(one, other) for one, other in _written_out(left, right, size))


def _written_out(left: Expr, right: Expr, size: int) -> Iterator[tuple[Expr, Expr]]:
    left, right = without_derivatives(left), without_derivatives(right)
    free = sorted(free_indices(left) | free_indices(right), key=lambda index: index.name)
    if any(index.size != "m" for index in free) or size ** len(free) > MAX_PLACES:
        raise NotSupported("too many places to look at each")
    for places in product(range(1, size + 1), repeat=len(free)):
        at: dict[Index, Position] = dict(zip(free, places, strict=True))
        one, other = (unroll(rename(side, at), "m", size) for side in (left, right))
        entries = [n for n in (*walk(one), *walk(other)) if isinstance(n, Element)]
        named = [place for n in entries if n.name in ("x", "dy") for place in n.indices]
        if any(isinstance(place, int) and place > size for place in named):
            raise NotSupported(f"a batch of {size} has not so many samples")
        yield one, other


def holds_for_two(left: Expr, right: Expr) -> bool:
    """Whether what is false in general holds at m = 2, and at none of a few other sizes."""
    return _holds_at(left, right, 2) and not any(_holds_at(left, right, n) for n in OTHERS)


def _holds_at(left: Expr, right: Expr, size: int) -> bool:
    try:
        return same_at(left, right, size)
    except (NotSupported, ValueError, ZeroDivisionError):
        return False
