"""A relative's arrays as code with gamma along one axis is given them: that axis is axis 1.

So what is known of functions and classes of batch normalization, which have gamma along axis 1 or
along the last one, is true of layer and RMS normalization over the last axis, too: there gamma,
of shape ``(n,)``, is along the axis that is normalized. With group and instance normalization it
is along the channels anyway.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bncheck.model import Case, Gradients, Layer
from bncheck.model.formats import Array

Make = Callable[[Case], Layer]


def turned(make: Make) -> Make:
    """Return what makes layers of cases that are laid out as users have them.

    make: of cases with gamma along axis 1
    """

    def made(case: Case) -> Layer:
        if case.norm.name not in ("layer", "rms"):
            return make(_still(case))
        rows = _Rows.of(case.x.shape)
        layer = make(_still(case.changed(x=rows.there(case.x), dy=rows.there(case.dy))))

        def train(x: Array) -> Array:
            now = _Rows.of(x.shape)
            return now.back(layer.train(now.there(x)), x.shape)

        def backward(dy: Array) -> Gradients:
            now = _Rows.of(dy.shape)
            found = layer.backward(now.there(dy))  # type: ignore[misc] # asked where there is one
            return Gradients(now.back(found.dx, dy.shape), found.dgamma, found.dbeta)

        def residual(x: Array, other: Array) -> tuple[Array, Array | None]:
            now = _Rows.of(x.shape)
            y, total = layer.residual(now.there(x), now.there(other))  # type: ignore[misc] # asked where there is one
            back = None if total is None else now.back(total, x.shape)
            return now.back(y, x.shape), back

        def residual_backward(dy: Array, by_sum: Array) -> tuple[Array, Array]:
            now = _Rows.of(dy.shape)
            found = layer.residual_backward(now.there(dy), now.there(by_sum))  # type: ignore[misc] # asked where there is one
            dx, dresidual = (now.back(part, dy.shape) for part in found)
            return dx, dresidual

        return Layer(
            train=train,
            backward=None if layer.backward is None else backward,
            residual=None if layer.residual is None else residual,
            residual_backward=None if layer.residual_backward is None else residual_backward,
        )

    return made


def _still(case: Case) -> Case:
    """Return the case with running statistics as long as gamma; only instances are asked."""
    if case.norm.running:
        return case
    zeros = np.zeros(case.x.shape[1], case.gamma.dtype)
    return case.changed(running_mean=zeros, running_var=zeros + 1)


@dataclass(frozen=True)
class _Rows:
    """Rows of n values: ``(R, N, *spatial)``, as one axis each, to ``(r1, n, r2, ...)``.

    rows: the sizes that the rows are split into, as many as keep the rank
    """

    rows: tuple[int, ...]
    n: int

    @staticmethod
    @lru_cache(maxsize=1024)  # of a shape, thousands of layers are made
    def of(shape: tuple[int, ...]) -> _Rows:
        return _Rows(factors(shape[0], len(shape) - 1), math.prod(shape[1:]))

    def there(self, x: Array) -> Array:
        """Return a view, where x is contiguous."""
        if len(self.rows) == 1:
            return x
        split = x.reshape(*self.rows, self.n)
        return split.transpose(0, split.ndim - 1, *range(1, split.ndim - 1))

    def back(self, y: Array, shape: tuple[int, ...]) -> Array:
        if len(self.rows) == 1:
            return y
        return y.transpose(0, *range(2, y.ndim), 1).reshape(shape)


def factors(count: int, parts: int) -> tuple[int, ...]:
    """Split a number into so many factors, none of them far from the others: 12, 2 -> 3, 4."""
    found = [1] * parts
    for prime in sorted(_primes(count), reverse=True):
        found[found.index(min(found))] *= prime
    return tuple(found) if count else (0, *found[1:])


def _primes(count: int) -> list[int]:
    found, by = [], 2
    while count > 1 and by * by <= count:
        while count % by == 0:
            found.append(by)
            count //= by
        by += 1
    return [*found, count] if count > 1 else found
