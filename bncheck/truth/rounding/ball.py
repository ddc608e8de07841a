"""Balls: a number and how far the truth may be from it, through arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from bncheck.model.formats import Array
from bncheck.truth.rounding.algorithms import format_of_wide


@dataclass(frozen=True, eq=False)
class Ball:
    """An array of balls: ``|truth - mid| <= rad`` elementwise.

    mid, rad: arrays of one shape (or that broadcast), float64 or longdouble; a radius may be of
    float64 where mid is longdouble. A radius may be inf (nothing is known), and stays inf: no
    operation makes a NaN of a radius. Plain arrays and scalars that take part in an operation are
    exact.

    With unit roundoff u and half the smallest subnormal eta of the dtype of mid, each operation
    adds its own rounding error ``u |fl(result)|``, and eta where it can underflow. Radii are
    sums of nonnegative terms, evaluated with at most 8 roundings on any path and then multiplied
    by ``1 + 16 u``: ``(1 - u)^9 (1 + 16 u) >= 1``, so they stay upper bounds. Products in a
    radius that underflow are made up for by further multiples of eta.
    """

    mid: Array
    rad: Array

    # NumPy arrays on the left then leave the operation to the ball
    __array_ufunc__ = None

    @staticmethod
    def exact(array: Any) -> Ball:
        """Balls of radius 0; dtypes narrower than float64 are widened, which is exact."""
        mid = _widened(array)
        return Ball(mid, np.where(np.isfinite(mid), _zero(mid.dtype), np.inf))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of mid."""
        return self.mid.shape

    def __add__(self, other: Any) -> Ball:
        """``|rad| <= r_a + r_b + u |a+b|``: addition never underflows harmfully."""
        a, b = self, _as_ball(other)
        with np.errstate(all="ignore"):
            mid = a.mid + b.mid
            return _ball(mid, a._own + b._own, rounded=True)

    __radd__ = __add__

    def __neg__(self) -> Ball:
        """Exact."""
        return Ball(-self.mid, self.rad)

    def __sub__(self, other: Any) -> Ball:
        """See `__add__`."""
        return self + (-_as_ball(other))

    def __rsub__(self, other: Any) -> Ball:
        """See `__add__`."""
        return _as_ball(other) + (-self)

    def __mul__(self, other: Any) -> Ball:
        """``(a+s)(b+t) - ab = a t + b s + s t``, and the rounding ``u |ab| + eta``."""
        a, b = self, _as_ball(other)
        with np.errstate(all="ignore"):
            mid = a.mid * b.mid
            rad = np.abs(a.mid) * b._own + np.abs(b.mid) * a._own + a._own * b._own
            return _ball(mid, rad, rounded=True, underflows=4)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Ball:
        """``(a+s)/(b+t) - a/b = (s - (a/b) t)/(b+t)``; inf where the ball b contains 0."""
        a, b = self, _as_ball(other)
        with np.errstate(all="ignore"):
            mid = a.mid / b.mid
            least = np.abs(b.mid) - b._own
            # |a/b| <= |mid| (1+u) + eta: the factor is within the 16 u, the eta is not
            spread = a._own + (np.abs(mid) + 2 * _eta(mid)) * b._own
            rad = np.where(least > 0, spread / least, np.inf)
            return _ball(mid, rad, rounded=True, underflows=4)

    def __rtruediv__(self, other: Any) -> Ball:
        """See `__truediv__`."""
        return _as_ball(other) / self

    def __abs__(self) -> Ball:
        """``||a+s| - |a|| <= |s|``."""
        return Ball(np.abs(self.mid), self.rad)

    def sqrt(self) -> Ball:
        """Square root of balls around numbers that are known not to be negative.

        ``|sqrt(a+s) - sqrt(a)| <= min(|s| / sqrt(a), sqrt|s|)``, from multiplying with the sum of
        the roots. A negative mid is within rad of a nonnegative truth, so it is taken as 0.
        """
        with np.errstate(all="ignore"):
            mid = np.sqrt(np.maximum(self.mid, 0))
            rad = np.fmin(self._own / mid, np.sqrt(self._own))
            return _ball(mid, np.where(self.mid + self.rad >= 0, rad, np.inf), True, 1)

    def sum(self, axis: int | None = None) -> Ball:
        """Sum of n balls: in any order, the rounding is at most ``(n-1) u sum|mid|``.

        Jeannerod & Rump 2013, Improved error bounds for inner products, Theorem 3.1. The sums in
        the radius themselves may be too small by that factor, hence ``1 + 2 n u``.
        """
        n = self.mid.size if axis is None else self.mid.shape[axis]
        with np.errstate(all="ignore"):
            mid = np.asarray(self.mid.sum(axis=axis))
            wide = 1 + 2 * n * _u(mid)
            rounding = (n - 1) * _u(mid) * np.abs(self.mid).sum(axis=axis)
            rads = self._rad().sum(axis=axis)
            return _ball(mid, np.asarray((rads + rounding) * wide))

    def mean(self, axis: int | None = None) -> Ball:
        """Sum divided by the (exact) number of terms."""
        n = self.mid.size if axis is None else self.mid.shape[axis]
        return self.sum(axis) / float(n)

    def __getitem__(self, index: Any) -> Ball:
        """Some of the balls."""
        return self._moved(lambda a: a[index])

    def reshape(self, *shape: int) -> Ball:
        """The same balls in another shape."""
        return self._moved(lambda a: a.reshape(*shape))

    @property
    def T(self) -> Ball:
        """Transpose."""
        return self._moved(lambda a: a.T)

    def _moved(self, move: Callable[[Array], Array]) -> Ball:
        return Ball(np.asarray(move(self.mid)), np.asarray(move(self._rad())))

    @cached_property
    def _own(self) -> Array:
        """The radii in the dtype of mid, whose roundings are made up for."""
        return np.asarray(self.rad, self.mid.dtype)

    def _rad(self) -> Array:
        """The same in the shape of mid."""
        same = self.rad.shape == self.mid.shape
        return self._own if same else np.broadcast_to(self._own, self.mid.shape)


def _ball(mid: Array, rad: Array, rounded: bool = False, underflows: int = 0) -> Ball:
    """Make a ball of a freshly computed mid and an unrounded radius: see the class."""
    if rounded:
        u, eta, enlarge = _constants(mid.dtype)
        rad = rad + u * np.abs(mid)
        if underflows:
            rad = rad + underflows * eta
        rad = rad * enlarge
    # NaN: 0 times inf or inf minus inf, where nothing is known either
    known = np.isfinite(mid) & (rad >= 0)
    return Ball(np.asarray(mid), np.where(known, rad, np.inf))


def _as_ball(value: Any) -> Ball:
    return value if isinstance(value, Ball) else Ball.exact(value)


def _widened(value: Any) -> Array:
    array = np.asarray(value)
    wide = np.longdouble if array.dtype == np.longdouble else np.float64
    return array.astype(wide)


def _u(mid: Array) -> Any:
    return _constants(mid.dtype)[0]


def _eta(mid: Array) -> Any:
    return _constants(mid.dtype)[1]


@cache
def _zero(wide: np.dtype[Any]) -> Any:
    return wide.type(0)


@cache
def _constants(wide: np.dtype[Any]) -> tuple[Any, Any, Any]:
    """Return u, eta and ``1 + 16 u`` as scalars of the dtype."""
    u = wide.type(format_of_wide(wide).unit_roundoff)
    # half the smallest subnormal may not exist in the dtype: take the whole
    return u, wide.type(np.finfo(wide).smallest_subnormal), 1 + 16 * u
