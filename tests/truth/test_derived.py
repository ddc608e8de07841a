"""The formulas are the derivatives of the definition: exactly, by dual numbers over fractions.

Where w is the square of a rational number, everything is rational, and NumPy's object arrays
evaluate the very functions that floats do.
"""

import math
from fractions import Fraction

import numpy as np
import pytest

from bncheck.truth import derived


class Dual:
    """``value + slope d`` with ``d^2 = 0``, over the rationals."""

    def __init__(self, value, slope=0):
        self.value, self.slope = Fraction(value), Fraction(slope)

    def __add__(self, other):
        other = _dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = _dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __neg__(self):
        return Dual(-self.value, -self.slope)

    def __sub__(self, other):
        return self + -_dual(other)

    def __rsub__(self, other):
        return _dual(other) - self

    def __truediv__(self, other):
        other = _dual(other)
        value = self.value / other.value
        return Dual(value, (self.slope - value * other.slope) / other.value)

    def __rtruediv__(self, other):
        return _dual(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def sqrt(self):
        n, d = self.value.numerator, self.value.denominator
        value = Fraction(math.isqrt(n), math.isqrt(d))
        assert value * value == self.value
        return Dual(value, self.slope / (2 * value))


def _dual(number):
    return number if isinstance(number, Dual) else Dual(number)


def duals(values, slopes=None):
    slopes = np.zeros(np.shape(values), int) if slopes is None else slopes
    return np.vectorize(Dual, otypes=[object])(values, slopes)


def slopes(array):
    return np.vectorize(lambda t: t.slope, otypes=[object])(array)


def values_of(array):
    return np.vectorize(lambda t: _dual(t).value, otypes=[object])(array)


RNG = np.random.default_rng(3)
M, C = 5, 2
X, DY, T, W = (RNG.integers(-4, 5, (M, C)) for _ in range(4))
GAMMA, BETA = np.array([2, -3]), np.array([1, 5])
W_ROOT = Fraction(9)  # w = 81 > var, so eps = 81 - var is positive


def eps():
    """What makes w a square, without a slope."""
    x = duals(X)
    c = x - x.sum(0) / M
    return duals([W_ROOT * W_ROOT - t.value for t in (c * c).sum(0) / M])


def statistics(x):
    """Centred x and ``w = var + eps``, by definition."""
    centered = x - x.sum(0) / M
    return centered, (centered * centered).sum(0) / M + eps()


def layer(x, gamma):
    """``inv, xhat, y`` of training mode."""
    return derived.forward(*statistics(x), gamma, duals(BETA))


def test_forward_is_the_definition():
    inv, xhat, y = layer(duals(X), duals(GAMMA))
    assert all(t.value == 1 / W_ROOT for t in inv)
    mean = X.sum(0) * Fraction(1, M)
    expected = (X - mean) / W_ROOT
    assert np.array_equal(values_of(xhat), expected)
    assert np.array_equal(values_of(y), GAMMA * expected + BETA)


def test_backward_is_the_derivative_of_forward():
    back = derived.backward(*statistics(duals(X)), duals(GAMMA), duals(DY))
    along_x = slopes(layer(duals(X, T), duals(GAMMA)).y)
    assert (values_of(back.dx) * T).sum() == (DY * along_x).sum()
    along_gamma = slopes(layer(duals(X), duals(GAMMA, [1, 1])).y)
    assert np.array_equal(values_of(back.dgamma), (DY * along_gamma).sum(0))
    assert np.array_equal(values_of(back.dbeta), DY.sum(0))


def test_backward_of_every_unit_cotangent_and_tangent():
    for j in range(M):
        along = slopes(layer(duals(X, np.eye(M, dtype=int)[j][:, None] * [1, 1]), duals(GAMMA)).y)
        for i in range(M):
            unit = duals(np.eye(M, dtype=int)[i][:, None] * [1, 1])
            dx = values_of(derived.backward(*statistics(duals(X)), duals(GAMMA), unit).dx)
            assert np.array_equal(dx[j], along[i])


def test_jvp_is_the_derivative_along_the_tangent():
    got = derived.jvp(*statistics(duals(X)), duals(GAMMA), duals(T))
    assert np.array_equal(values_of(got), slopes(layer(duals(X, T), duals(GAMMA)).y))


@pytest.mark.parametrize("which", ["x", "dy", "gamma"])
def test_double_backward_is_the_derivative_of_backward(which):
    direction = {"x": T, "dy": T, "gamma": np.array([1, -2])}[which]
    x, dy, gamma = (
        duals(value, direction if name == which else None)
        for name, value in (("x", X), ("dy", DY), ("gamma", GAMMA))
    )
    dx = derived.backward(*statistics(x), gamma, dy).dx
    expected = (W * slopes(dx)).sum()

    got = derived.double_backward(*statistics(duals(X)), duals(GAMMA), duals(DY), duals(W))
    by = dict(zip(("x", "dy", "gamma"), got, strict=True))[which]
    assert (values_of(by) * direction).sum() == expected


def test_inference_is_affine_and_its_gradients_are_its_slopes():
    w, mean = duals([4, 9]), np.array([1, -2])
    c = duals(X, T) - mean
    _, xhat, y = derived.inference(c, w, duals(GAMMA), duals(BETA))
    dx, dgamma, dbeta = derived.inference_backward(c, w, duals(GAMMA), duals(DY))
    assert (values_of(dx) * T).sum() == (DY * slopes(y)).sum()
    assert np.array_equal(values_of(dgamma), (DY * values_of(xhat)).sum(0))
    assert np.array_equal(values_of(dbeta), DY.sum(0))


def test_running_weighs_the_new_statistic():
    assert derived.running(Fraction(4), Fraction(8), Fraction(1, 4)) == 5


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_dtype_is_kept(dtype):
    c, g = (X - X.mean(0)).astype(dtype), GAMMA.astype(dtype)
    w = np.full(C, 4, dtype)
    made = [*derived.forward(c, w, g, g), *derived.backward(c, w, g, c)]
    made += derived.double_backward(c, w, g, c, c)
    assert {a.dtype for a in made} == {np.dtype(dtype)}
