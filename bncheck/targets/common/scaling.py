"""Other ways of scaling x that are no normalization of the five: told by a few numbers.

Softmax, min-max scaling, division by max|x|, and standardization by the mean and the standard
deviation of the whole array. Where they add eps, it is not looked at: x is too large for it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bncheck.model.formats import Array, Format

Axes = tuple[int, ...]
# each of x - max rounds once, which is |x - max| u in its exponential; exp itself is within 4 units
# in the last place where NumPy's own vector code gives it (NumPy 1.22, release notes), and within
# one where SLEEF or the C library does, as for torch
_EXP = 4


def scaled(x: Array, y: Array, kind: Format, axes: Axes) -> str:
    """Say as what y, a large x scaled, is within rounding; ``""``: as none.

    x, y: ``(*sizes)`` in float64; kind: the format of the arithmetic
    """
    rank, over = x.ndim, _over(axes, x.ndim)
    u = kind.unit_roundoff
    most = np.abs(x).max(axes, keepdims=True)
    if _within(y, x / most, u * np.abs(x / most)):
        return (
            f"divides x by max|x| over {over}: it looks most like RMS normalization, which divides "
            "by the root of the mean of x^2"
        )
    low = x.min(axes, keepdims=True)
    wanted = (x - low) / (x.max(axes, keepdims=True) - low)
    if _within(y, wanted, _gamma(3, u) * np.abs(wanted)):
        return (
            f"is min-max scaling over {over}, (x - min) / (max - min): it looks most like layer "
            "normalization, which takes off the mean and divides by the root of the variance"
        )
    if len(axes) == rank:
        return next((words for words in _standardized(x, y, u)), "")
    return ""


def softmax(x: Array, y: Array, kind: Format, axes: Axes) -> str:
    """Say that y is softmax of x, which is of usual size; ``""``: it is not.

    The sum has n terms; a quotient, and what `_EXP` grants, come to each.
    """
    below = x - x.max(axes, keepdims=True)
    powers = np.exp(below)
    count = int(np.prod([x.shape[axis] for axis in axes]))
    # without taking off the maximum, the argument has no error, and exp is of any size
    off = np.abs(below) + np.abs(below).max(axes, keepdims=True)
    wanted = powers / powers.sum(axes, keepdims=True)
    u = kind.unit_roundoff
    allowed = (_gamma(count + 2, u) + (2 * _EXP + off) * u * (1 + off * u)) * wanted
    if not _within(y, wanted, allowed):
        return ""
    return (
        f"is softmax over {_over(axes, x.ndim)}, exp(x) over its sum: it looks most like layer "
        "normalization over the same values, which takes off the mean and divides by the root of "
        "the variance"
    )


def _standardized(x: Array, y: Array, u: float) -> Iterator[str]:
    """Yield what a standardization of the whole array is, with or without its mean.

    The mean is off by gamma_n mean|x|, and the variance, in one pass or two, by gamma_(n+6) of
    (mean x^2 + mean^2) twice; a root, a difference and a quotient follow.
    """
    n, mean = x.size, x.mean()
    g = _gamma(n + 6, u)
    var = ((x - mean) ** 2).mean()
    off = g * (2 + 2 * ((x * x).mean() + mean * mean) / var)
    for ddof in (0, 1):
        std = np.sqrt(var * n / (n - ddof))
        less = " of n - 1 values" if ddof else ""
        for taken, words in ((mean, "takes off the mean and divides"), (0.0, "divides x")):
            wanted = (x - taken) / std
            shift = g * np.abs(x).mean() / std if taken else 0.0
            if _within(y, wanted, off * np.abs(wanted) + shift * (1 + off)):
                like = "layer" if taken else "RMS"
                yield (
                    f"{words} by the standard deviation{less} of the whole array: it looks most "
                    f"like {like} normalization, whose statistics are those of one sample"
                )


def _within(y: Array, wanted: Array, allowed: Array) -> bool:
    return bool((np.abs(y - wanted) <= allowed).all())


def _gamma(count: int, u: float) -> float:
    return count * u / (1 - count * u)


def _over(axes: Axes, rank: int) -> str:
    if len(axes) == rank:
        return "all axes"
    return f"ax{'es' if axes[1:] else 'is'} {', '.join(map(str, axes))}"
