"""Double-double arithmetic: within its constants, by fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bncheck.truth.oracle import pairs
from bncheck.truth.oracle.pairs import Pairs

U2 = Fraction(1, 2**106)
parts = st.tuples(
    st.floats(min_value=2.0**-60, max_value=2.0**60),
    st.floats(min_value=-1, max_value=1),
    st.booleans(),
)


def number(part):
    """A pair of full length: a float64 and at most half a unit of it."""
    size, share, negative = part
    high = -size if negative else size
    return Pairs(*pairs.fast_two_sum(np.float64([high]), np.float64([high * share * 2.0**-54])))


def exactly(value, at=0):
    return sum(Fraction(float(part.reshape(-1)[at])) for part in (value.high, value.low))


@settings(max_examples=500, deadline=None)
@given(parts, parts)
def test_each_operation_is_within_its_bound(first, second):
    a, b = number(first), number(second)
    true_a, true_b = exactly(a), exactly(b)
    for got, truth, units in (
        (a + b, true_a + true_b, 4),
        (a - b, true_a - true_b, 4),
        (a * b, true_a * true_b, 5),
        (a / b, true_a / true_b, 16),
    ):
        assert abs(exactly(got) - truth) <= units * U2 * abs(truth)
        assert abs(got.low) <= 2.0**-53 * abs(got.high)


@settings(max_examples=500, deadline=None)
@given(parts)
def test_the_root_is_within_its_bound(part):
    a = number((part[0], part[1], False))
    truth, bits = exactly(a), 300
    root = Fraction(math.isqrt((truth.numerator << 2 * bits) // truth.denominator), 1 << bits)
    assert abs(exactly(np.sqrt(a)) - root) <= 6 * U2 * root


@pytest.mark.parametrize("m", [1, 2, 3, 7, 1000])
def test_a_sum_is_within_its_bound(m):
    rng = np.random.default_rng(m)
    terms = rng.standard_normal((m, 2)) * 2.0 ** rng.integers(-40, 40, (m, 2))
    total = Pairs.of(terms).sum(0)
    for column in (0, 1):
        truth = sum(Fraction(float(t)) for t in terms[:, column])
        most = sum(abs(Fraction(float(t))) for t in terms[:, column])
        assert abs(exactly(total, column) - truth) <= 4 * m * U2 * most


def test_numbers_and_arrays_take_part():
    one = Pairs.of([1.0, 2.0])
    assert exactly(3 / one, 1) == Fraction(3.0 / 2)
    assert exactly(1 + one * 2) == 3
    assert exactly(1 / Pairs.of([3.0])) != Fraction(1 / 3)  # more than a float64


def test_what_is_not_asked_for_is_refused():
    with pytest.raises(TypeError):
        np.exp(Pairs.of([1.0]))
    assert np.isnan((Pairs.of([np.nan]) + 1).high).all()
    assert np.sqrt(Pairs.of([0.0])).high == 0
