"""Which ranks a layer's author speaks of, and what an answer of another rank is made of."""

import itertools
import re
from collections.abc import Callable, Iterable

import numpy as np

from bncheck.errors import RAISED
from bncheck.model import Case, Layer
from bncheck.model.formats import Array
from bncheck.targets.common import probing

RANKS = (2, 3, 4, 5)
# how people write about the arrays that a layer is for
_SAID = {
    2: r"\((n|m|b|batch\w*),\s*(c|d|f|(num_)?features?|dim)\)|fully.connected|\b2-?d input",
    3: r"\bn,?\s*c,?\s*l\b|\bncl\b|sequence|time.?series",
    4: r"\b[nb],?\s*c,?\s*h,?\s*w\b|\b[nb],?\s*h,?\s*w,?\s*c\b|image|\b4-?d\b|conv",
    5: r"\bn,?\s*c,?\s*d,?\s*h,?\s*w\b|volum|video|\b5-?d\b",
}
_NAMED = {1: (2, 3), 2: (4,), 3: (5,)}


def claimed(name: str, text: str, shapes: Iterable[tuple[int, ...]]) -> frozenset[int]:
    """Return the ranks that a class speaks of.

    By its name, ``BatchNorm2d``; its docstring, "(N, C, H, W)"; and the shapes of its parameters:
    ``(1, C, 1, 1)`` is made for rank 4.
    """
    found: set[int] = set()
    if digit := re.search(r"([123])_?d", name.lower()):
        found |= set(_NAMED[int(digit[1])])
    for rank, pattern in _SAID.items():
        if re.search(pattern, text.lower()):
            found.add(rank)
    for shape in shapes:
        if len(shape) in RANKS and shape[0] == 1:
            found.add(len(shape))
        elif len(shape) > 1 and shape[0] > 1 and all(n == 1 for n in shape[1:]):
            found.add(len(shape) + 1)  # (C, 1, 1) broadcasts against (N, C, H, W)
    return frozenset(found & set(RANKS))


def reduced(make: Callable[[Case], Layer], rank: int, channels: int, dtype: object) -> str:
    """Return the axes over which a layer is seen to normalize, as ``"0, 2"``; ``""``: unknown.

    On a batch whose positions differ by several deviations along each axis, statistics over other
    axes give quite another y. Half a standard deviation tells them apart; nothing is judged by it.
    """
    ones = np.ones(channels, probing.case(rank, channels, dtype).x.dtype)
    tried = probing.case(rank, channels, dtype, gamma=ones, beta=0 * ones)
    x = _spread(tried.x)
    try:
        y = np.asarray(make(tried).train(x.astype(tried.x.dtype)), np.float64)
    except RAISED:  # whatever it is, there is no answer to look at
        return ""
    if y.shape != x.shape:
        return ""
    every = range(rank)
    subsets = itertools.chain.from_iterable(itertools.combinations(every, k + 1) for k in every)
    off = {axes: _distance(x, y, axes) for axes in subsets}
    best = min(off, key=lambda axes: off[axes])
    return ", ".join(map(str, best)) if off[best] < 0.5 else ""


def all_but_channels(rank: int) -> str:
    """Return the axes of batch normalization, as `reduced` tells them."""
    return ", ".join(str(axis) for axis in range(rank) if axis != 1)


def _spread(x: Array) -> Array:
    """Move the positions along each axis apart, by another step for each."""
    wide = x.astype(np.float64)
    for axis, size in enumerate(x.shape):
        steps = np.arange(size) ** 2 * (3.0 + 2 * axis)
        wide = wide + steps.reshape([-1 if a == axis else 1 for a in range(x.ndim)])
    return wide


def _distance(x: Array, y: Array, axes: tuple[int, ...]) -> float:
    deviation = x.std(axes, keepdims=True)
    if not (deviation > 0).all():
        return np.inf
    return float(np.max(abs(y - (x - x.mean(axes, keepdims=True)) / deviation)))
