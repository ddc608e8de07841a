"""Layers that divide x by a norm of it: L1, L2 and Frobenius normalization, told by a few numbers.

The L2 norm over n values is sqrt(n) times their root mean square, so that these are RMS
normalization with eps = 0, times 1/sqrt(n); L1 normalization is none of the five.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from bncheck.errors import RAISED
from bncheck.model.formats import Array, format_of

# What x may be divided by, in words, of n values.
_BY: dict[str, Callable[[Array, tuple[int, ...]], Array]] = {
    "the sum of |x|": lambda x, axes: np.abs(x).sum(axes, keepdims=True),
    "the mean of |x|": lambda x, axes: np.abs(x).mean(axes, keepdims=True),
    "its L2 norm": lambda x, axes: np.sqrt((x * x).sum(axes, keepdims=True)),
}
# two values of each axis would make sets whose norms are like one another's
_SIZES = (4, 3, 5, 7, 6)


def divided(call: Callable[[Array], object], rank: int, channels: int, dtype: str) -> str:
    """Say by what a function divides x, and what that looks most like; ``""``: by none of these.

    channels: what axis 1 is to have. An answer is one of these where every entry is within the
    rounding of a sum of n terms in any order, a root and two quotients: gamma_(n+6), relative.
    """
    kind = format_of(dtype)
    sizes = (_SIZES[0], channels, *_SIZES[2:])[:rank]
    x = np.random.default_rng(rank).normal(size=sizes).astype(kind.dtype)
    try:
        y = np.asarray(call(x.copy()), np.float64)
    except RAISED:  # whatever it is, there is no answer to look at
        return ""
    if y.shape != x.shape:
        return ""
    wide = x.astype(np.float64)
    for axes in _subsets(rank):
        terms = int(np.prod([sizes[axis] for axis in axes])) + 6
        gamma = terms * kind.unit_roundoff / (1 - terms * kind.unit_roundoff)
        for words, by in _BY.items():
            wanted = wide / by(wide, axes)
            if (np.abs(y - wanted) <= gamma * np.abs(wanted)).all():
                return _sentence(words, axes, rank)
    return ""


def _subsets(rank: int) -> Iterator[tuple[int, ...]]:
    """Yield the axes that may be normalized over; one alone, then more, then all."""
    for count in range(1, rank + 1):
        yield from itertools.combinations(range(rank), count)


def _sentence(words: str, axes: tuple[int, ...], rank: int) -> str:
    over = (
        "all axes"
        if len(axes) == rank
        else f"ax{'es' if axes[1:] else 'is'} {', '.join(map(str, axes))}"
    )
    if words == "its L2 norm":
        name = "Frobenius" if len(axes) == rank else "L2"
        like = "RMS normalization over the same values with eps 0, times 1/sqrt(n)"
        return f"divides x by its L2 norm over {over} ({name} normalization): that is {like}"
    return (
        f"divides x by {words} over {over} (L1 normalization): it looks most like RMS "
        "normalization, which divides by the root of the mean of x^2"
    )
