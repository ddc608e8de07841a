"""How many of the first values of a batch count, told by the mean and variance that came out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Protocol

import numpy as np

from bncheck.deviations.passes import Pass
from bncheck.diagnosis.terms.moments import Moments, first
from bncheck.model.formats import Array

# of numbers that all fit, so many are tried; the last values that a loop may leave out
_TRIED, _LAST = 3, (1, 2, 3)
# a remainder of a larger block would leave most of a batch out
_LARGEST = 4096


class Known(Protocol):
    """Statistics of one case, as the target has them."""

    @property
    def p(self) -> Pass:
        """The pass of the case."""

    def allowed(self, mean: Array, var: Array) -> Array:
        """Which of these, each ``(C, K)``, may be they: ``(K,)`` bools."""


def beginnings(told: Sequence[Known]) -> Iterator[Moments]:
    """Moments of the first values: of no more than so many, of whole blocks, of all but the last.

    told: cases, the ones with wrong statistics first
    """
    fit = [(t.p.m, _counts(t)) for t in told]
    yield from islice(_limits(fit), _TRIED)
    yield from islice(_blocks(fit), _TRIED)
    for last in _LAST:
        if all(m - last in counts for m, counts in fit if m > last):
            says = "the last value is" if last == 1 else f"the last {last} values are"
            yield first(f"{says} left out of the statistics", partial(_all_but, last))


Fit = Sequence[tuple[int, frozenset[int]]]


def _limits(fit: Fit) -> Iterator[Moments]:
    largest = max(m for m, _ in fit)
    for n in sorted(range(1, largest), key=_plain):
        if all(min(m, n) in counts for m, counts in fit):
            says = f"only the first {n} values count in the statistics"
            yield first(says, partial(min, n))


def _blocks(fit: Fit) -> Iterator[Moments]:
    for block in sorted(range(2, _LARGEST + 1), key=_plain):
        if all((block * (m // block) or m) in counts for m, counts in fit):
            says = f"the last m mod {block} values are left out of the statistics"
            yield first(says, partial(_whole, block))


def _whole(block: int, m: int) -> int:
    return block * (m // block) or m


def _all_but(last: int, m: int) -> int:
    return m - last if m > last else m


def _plain(n: int) -> tuple[int, int]:
    """Powers of two first, then round numbers, then others, as people choose them."""
    if n & (n - 1) == 0:
        return 0, n
    return next((k for k, unit in enumerate((1000, 100, 10, 1), 1) if n % unit == 0), 4), n


def _counts(told: Known) -> frozenset[int]:
    """How many of the first values may be those that count."""
    x = np.asarray(told.p.x, np.longdouble)
    # about a value of its own, so that squares do not cancel
    x0 = x[:, :1]
    n = np.arange(1, told.p.m + 1)
    means, squares = (np.cumsum(v, axis=1) / n for v in (x - x0, (x - x0) ** 2))
    return frozenset(n[told.allowed(means + x0, squares - means**2)].tolist())
