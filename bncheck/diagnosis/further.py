"""Further cases, asked for where those of the panel show too little to tell what is wrong.

A batch with one value far out has an xhat near sqrt(m), so it shows what is done with those. What
shows in large batches alone shows in three cases of the panel, which say nothing about how
many values count: sizes around the smallest of them do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from bncheck.cases import Recipe
from bncheck.diagnosis.hypothesis import Observed
from bncheck.diagnosis.panel import GENERAL, within
from bncheck.diagnosis.partial import ENOUGH
from bncheck.model import Domain

# a batch of as many values is large, and larger ones than this cost too much
_LARGE, _LARGEST = 64, 9000
# sizes between the largest right one and the smallest wrong one, and beyond that, as its multiples
_BETWEEN, _BEYOND = (0.2, 0.4, 0.6, 0.8), (1.1, 1.26, 1.43, 1.7, 2.05, 2.6)

# batches with values far out, above, below, and both, in the three channels
_FAR, _SIZES = 1000, (48, 90, 130, 180, 260, 400, 520)


def further(
    wrong: Sequence[Observed],
    right: Sequence[Observed],
    fresh: Collection[Recipe],
    domain: Domain,
    dtype: str,
    parameters: str,
) -> Iterator[Recipe]:
    """Cases with values far out; and of other sizes, where only a few large ones are wrong."""
    for m in _SIZES:
        made = within(far_out(m), domain, dtype, parameters)
        if made is not None:
            yield made
    bad = {_count(item.recipe) for item in wrong}
    few = len({item.recipe for item in wrong if item.recipe in fresh}) < 2 * ENOUGH
    if not bad or min(bad) < _LARGE or not few:
        return
    low = max((m for m in map(_count, (i.recipe for i in right)) if m < min(bad)), default=1)
    sizes = [low + part * (min(bad) - low) for part in _BETWEEN]
    sizes += [min(bad) * part for part in _BEYOND]
    for size in sizes:
        m = min(int(size) | 1, _LARGEST)  # odd, so that no block ends there
        made = within(replace(GENERAL[0], shape=(m, 2)), domain, dtype, parameters)
        if made is not None and made not in fresh:
            yield made


def far_out(m: int) -> Recipe:
    """Return a case with a value far above, below, and with both, in its three channels."""
    base = GENERAL[0]
    digits = list((base.x.digits * m)[: 3 * m])
    for row, channel, sign in ((1, 0, 1), (m // 2, 1, -1), (2, 2, 1), (m - 2, 2, -1)):
        digits[3 * row + channel] = sign * _FAR
    return replace(base, shape=(m, 3), x=replace(base.x, digits=tuple(digits)))


def _count(recipe: Recipe) -> int:
    return recipe.size // recipe.shape[1]
