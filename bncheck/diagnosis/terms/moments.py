"""Batch statistics that are padded or cut short, as kernels of whole blocks get them wrong.

Each has a mean that is linear in x, a variance that is quadratic, and their derivatives, so that
the gradient of the formula is known as well:

    dx = gamma/s (dy - mean'(x) sum(dy) - var'(x)/(2 s) sum(dy xhat)),

where ' is the derivative by x; 1/m and 2 (x - mean)/m are the right ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bncheck.deviations.passes import Pass
from bncheck.model.formats import Array

# sizes that people give a block
BLOCKS = (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)


@dataclass(frozen=True)
class Moments:
    """Mean and variance of a batch, and how they are said.

    by_x: their derivatives by x, each as ``(C, m)``; count: how many values it takes them for
    """

    says: str
    name: str
    of: Callable[[Pass], tuple[Array, Array]]
    by_x: Callable[[Pass], tuple[Array, Array]]
    count: Callable[[Pass], float]


# -- the first values only --------------------------------------------------------------------


def first(says: str, count: Callable[[int], int]) -> Moments:
    """Of the first so many of m values only."""

    def kept(p: Pass) -> int:
        return max(count(p.m), min(p.m, 1))

    def of(p: Pass) -> tuple[Array, Array]:
        some = np.ascontiguousarray(p.x[:, : kept(p)])
        mean = mean_of(some)
        return mean, mean_of((some - mean) ** 2)

    def by_x(p: Pass) -> tuple[Array, Array]:
        n = kept(p)
        counts = np.where(np.arange(p.m) < n, p.x.dtype.type(1) / n, 0)[None, :]
        return np.broadcast_to(counts, p.x.shape), 2 * counts * (p.x - of(p)[0])

    return Moments(says, "drops-tail", of, by_x, lambda p: kept(p))


def mean_of(values: Array) -> Array:
    """Return the mean of each channel."""
    return np.asarray(values.mean(axis=1, keepdims=True))


# -- zeros at the end -------------------------------------------------------------------------


def padded() -> Iterator[Moments]:
    """A batch that is padded with zeros to a multiple of a block, which count in some sums."""
    ways = [(a, b, c) for a in (True, False) for b in (True, False) for c in (True, False)]
    for block in BLOCKS:
        for way in ways:
            if any(way):
                yield _padded(block, *way)


def _padded(block: int, mean: bool, squares: bool, divisor: bool) -> Moments:
    """Say in which sums the zeros count.

    mean: in the count that the mean is divided by; squares: the mean is subtracted from them, too,
    and the square added; divisor: in the count that the variance is divided by
    """

    def more(p: Pass) -> int:
        return p.m + -p.m % block

    def of(p: Pass) -> tuple[Array, Array]:
        middle = np.asarray(p.x.sum(axis=1, keepdims=True) / (more(p) if mean else p.m))
        total = ((p.x - middle) ** 2).sum(axis=1, keepdims=True)
        total = total + (more(p) - p.m) * middle * middle if squares else total
        return middle, np.asarray(total / (more(p) if divisor else p.m))

    def by_x(p: Pass) -> tuple[Array, Array]:
        ones = np.ones_like(p.x)
        by_mean = ones / (more(p) if mean else p.m)
        centred = p.x - of(p)[0]
        along = -centred.sum(axis=1, keepdims=True)
        if squares:
            along = along + (more(p) - p.m) * of(p)[0]
        return by_mean, 2 * (centred + along * by_mean) / (more(p) if divisor else p.m)

    told = {"the mean": mean, "the squares of the variance": squares, "its count": divisor}
    if divisor and not squares:
        told = {"the mean": mean, "the count of the variance": True}
    where = " and in ".join(what for what, counted in told.items() if counted)
    says = f"the zeros that a batch is padded with, to a multiple of {block}, count in {where}"
    name = "padding-counted" if mean else "padding-counted-in-variance"
    return Moments(says, name, of, by_x, more)
