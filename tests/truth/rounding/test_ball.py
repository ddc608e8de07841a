"""Balls contain the truth after any arithmetic, and never turn into NaN."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bncheck.truth.rounding import Ball

FLOATS = st.floats(-1e30, 1e30) | st.floats(-2, 2) | st.integers(-4, 4).map(float)


@st.composite
def balls(draw):
    """A ball and a rational point of it."""
    mid, rad = draw(FLOATS), draw(st.sampled_from([0.0, 1e-300, 1e-9, 0.5, 1e5]))
    place = Fraction(draw(st.integers(-8, 8)), 8)
    return Ball(np.array([mid]), np.array([rad])), Fraction(mid) + place * Fraction(rad)


def contains(ball, truth):
    rad = float(ball.rad.item())
    return np.isinf(rad) or abs(Fraction(float(ball.mid.item())) - truth) <= Fraction(rad)


@given(balls(), balls())
def test_arithmetic_of_balls_contains_the_arithmetic_of_their_points(left, right):
    (a, s), (b, t) = left, right
    assert contains(a + b, s + t)
    assert contains(a - b, s - t)
    assert contains(a * b, s * t)
    assert contains(-a, -s)
    assert contains(abs(a), abs(s))
    quotient = a / b
    assert np.isinf(quotient.rad).all() or (t != 0 and contains(quotient, s / t))


@given(balls())
def test_the_square_root_contains_the_root_of_every_point(pair):
    ball, point = pair
    if point < 0:
        return
    got = ball.sqrt()
    mid, rad = Fraction(got.mid.item()), got.rad.item()
    if np.isfinite(rad):
        rad = Fraction(rad)
        # mid - rad <= sqrt(point) <= mid + rad, squared
        assert point <= (mid + rad) ** 2
        assert mid - rad <= 0 or (mid - rad) ** 2 <= point


@given(st.lists(balls(), min_size=1, max_size=9), FLOATS)
def test_sums_and_means_contain_theirs_and_plain_numbers_are_exact(pairs, factor):
    points = [t for _, t in pairs]
    mids, rads = (np.array([getattr(b, k).item() for b, _ in pairs]) for k in ("mid", "rad"))
    stacked = Ball(mids, rads)
    assert contains(stacked.sum(), sum(points))
    assert contains(stacked.mean(), sum(points) / len(points))
    assert contains((factor * stacked)[0], Fraction(factor) * points[0])
    assert contains((factor - stacked)[-1], Fraction(factor) - points[-1])


def test_arrays_on_the_left_leave_the_operation_to_the_ball():
    ball = Ball.exact(np.float32([1, 2, 4]))
    assert isinstance(np.ones(3) - ball, Ball)
    assert isinstance(np.float64(2) * ball, Ball)
    assert np.array_equal((np.ones(3) / ball).mid, [1, 0.5, 0.25])


def test_unknown_stays_unknown_and_never_becomes_nan():
    unknown = Ball(np.array([0.0, np.nan]), np.array([np.inf, np.inf]))
    for result in (
        unknown * 0.0,
        unknown - unknown,
        unknown / unknown,
        1 / unknown,
        unknown.sqrt(),
        unknown.sum().reshape(1),
        Ball.exact([np.nan, 1.0])[:1],
        Ball.exact([np.inf, 1.0])[:1] - 1,
    ):
        assert np.isinf(result.rad).all()


def test_division_by_a_ball_around_zero_says_nothing():
    assert np.isinf((1 / Ball(np.array([0.5]), np.array([0.5]))).rad)
    assert np.isfinite((1 / Ball(np.array([0.5]), np.array([0.25]))).rad)


def test_exact_operations_cost_almost_nothing():
    third = Ball.exact([1.0]) / 3.0
    assert 0 < third.rad < 2.0**-53


@pytest.mark.parametrize("dtype", [np.float64, np.longdouble])
def test_the_dtype_is_kept_and_the_rounding_is_its_own(dtype):
    ball = Ball.exact(np.array([[1, 2], [3, 4]], dtype)) * dtype(0.1)
    assert ball.mid.dtype == dtype
    assert ball.rad.max() < 4 * np.finfo(dtype).eps
    assert ball.T.reshape(4).mid.tolist() == ball.mid.T.reshape(4).tolist()
    assert ball.sum(axis=0).shape == (2,)
