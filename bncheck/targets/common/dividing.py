"""Layers that divide x by a norm of it: L1, L2 and Frobenius normalization, told by a few numbers.

Other ways of scaling are in `scaling`.

The L2 norm over n values is sqrt(n) times their root mean square, so that these are RMS
normalization, times 1/sqrt(n); L1 normalization is none of the five. Where they add eps, it is not
looked at: x is too large for it to show.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from bncheck.errors import RAISED
from bncheck.model import Case, Layer
from bncheck.model.formats import FLOAT32, Array, format_of
from bncheck.targets.common import scaling

# What x may be divided by, in words, of n values.
_BY: dict[str, Callable[[Array, tuple[int, ...]], Array]] = {
    "the sum of |x|": lambda x, axes: np.abs(x).sum(axes, keepdims=True),
    "the mean of |x|": lambda x, axes: np.abs(x).mean(axes, keepdims=True),
    "its L2 norm": lambda x, axes: np.sqrt((x * x).sum(axes, keepdims=True)),
}
# two values of each axis would make sets whose norms are like one another's
_SIZES = (4, 3, 5, 7, 6)
# x this large leaves no bit of an eps that is built in, and its squares are finite in float32
_LARGE = 2.0**45
NONE = "it is none of batch, layer, RMS, group and instance normalization"


def divided(call: Callable[[Array], object], rank: int, channels: int, dtype: str) -> str:
    """Say by what a function divides x, and what that looks most like; ``""``: by none of these.

    channels: what axis 1 is to have. An answer is one of these where every entry is within the
    rounding of a sum of n terms in any order, a root and two quotients: gamma_(n+6), relative.
    """
    kind = format_of(dtype)
    sizes = (_SIZES[0], channels, *_SIZES[2:])[:rank]
    usual = np.random.default_rng(rank).normal(size=sizes)
    x = (usual * _LARGE if dtype in ("float32", "float64") else usual).astype(kind.dtype)
    try:
        y = np.asarray(call(x.copy()), np.float64)
    except RAISED:  # exponentials of values so large may
        return _softmax(call, usual, dtype)
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
        if len(axes) == rank:  # x over a constant is x over another one
            continue
        # a constant besides, as of ScaleNorm; sqrt(n) makes it RMS normalization, which is one
        norm = wide / _BY["its L2 norm"](wide, axes)
        factor = float(y.flat[0] / norm.flat[0])
        alike = (np.abs(y - factor * norm) <= 3 * gamma * np.abs(factor * norm)).all()
        # the constant may be rounded to float32 whatever x is
        if alike and abs(factor / np.sqrt(terms - 6) - 1) > 3 * gamma + FLOAT32.unit_roundoff:
            return _sentence("its L2 norm", axes, rank, f" and multiplies by {factor:.6g}")
    told = (scaling.scaled(wide, y, kind, axes) for axes in _subsets(rank))
    found = next(filter(None, told), "")
    # of such values softmax gives zeros and ones, or no numbers: all else is not asked again
    may_be = bool((np.isnan(y) | ((y >= 0) & (y <= 1))).all())
    return found or (_softmax(call, usual, dtype) if may_be else "")


def _softmax(call: Callable[[Array], object], x: Array, dtype: str) -> str:
    """Say that a function is softmax: of values of usual size, where it is no choice of one."""
    kind = format_of(dtype)
    x = x.astype(kind.dtype)
    try:
        y = np.asarray(call(x.copy()), np.float64)
    except RAISED:  # whatever it is, there is no answer to look at
        return ""
    wide = x.astype(np.float64)
    if y.shape != x.shape:
        return ""
    told = (scaling.softmax(wide, y, kind, axes) for axes in _subsets(x.ndim))
    return next(filter(None, told), "")


def warned(make: Callable[[Case], Layer], rank: int, channels: int, dtype: str) -> tuple[str, ...]:
    """Return a sentence where layers with gamma 1 and beta 0 divide x by a norm of it."""

    def call(x: Array) -> object:
        zeros = np.zeros(channels, x.dtype)
        return make(Case(x, zeros + 1, zeros, 0 * x, zeros, zeros + 1, 2.0**-10)).train(x)

    told = divided(call, rank, channels, dtype)
    return (f"where gamma is 1 and beta 0, it {told}; {NONE}",) if told else ()


def refused(call: Callable[[Array], object], dtypes: Iterable[str] = ("float64", "float32")) -> str:
    """Return what is to be added to a refusal, of a function of x alone: ``""`` or a sentence."""
    told = (divided(call, 2, _SIZES[1], dtype) for dtype in dtypes)
    return next((f"it {words}; {NONE}" for words in told if words), "")


def divides(function: Callable[..., Any]) -> str:
    """Say what a function of x alone does, as the end of a sentence that refuses it."""
    try:
        inspect.signature(function).bind(None)
    except (TypeError, ValueError):  # it takes more, or does not say
        return ""
    told = refused(function)
    return f"; of x alone, {told}" if told else ""


def _subsets(rank: int) -> Iterator[tuple[int, ...]]:
    """Yield the axes that may be normalized over; one alone, then more, then all."""
    for count in range(1, rank + 1):
        yield from itertools.combinations(range(rank), count)


def _sentence(words: str, axes: tuple[int, ...], rank: int, more: str = "") -> str:
    over = (
        "all axes"
        if len(axes) == rank
        else f"ax{'es' if axes[1:] else 'is'} {', '.join(map(str, axes))}"
    )
    if words == "its L2 norm":
        name = "Frobenius" if len(axes) == rank else "L2"
        like = "RMS normalization over the same values, but for eps" + (
            " and a constant" if more else ", times 1/sqrt(n)"
        )
        return f"divides x by its L2 norm over {over}{more} ({name} normalization): that is {like}"
    return (
        f"divides x by {words} over {over} (L1 normalization): it looks most like RMS "
        "normalization, which divides by the root of the mean of x^2"
    )
