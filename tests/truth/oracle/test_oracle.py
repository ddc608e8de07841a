"""The oracle: exact against fractions, fast against exact, and quiet about NaN."""

import math
from fractions import Fraction

import numpy as np
import pytest
from attack import CONFIGURATIONS, adversarial, cases
from hypothesis import HealthCheck, given, settings, target

from bncheck.model import Case
from bncheck.truth.oracle import InferenceBounds, infer, train

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SINGLE, DOUBLE = CONFIGURATIONS[:2]


def fractions(column):
    return [Fraction(*t.as_integer_ratio()) for t in column]


def root(w, bits=400):
    """``1/sqrt(w)`` to about ``bits`` bits."""
    shift = bits + abs(w.numerator.bit_length() - w.denominator.bit_length())
    return Fraction(math.isqrt((w.denominator << 2 * shift) // w.numerator), 1 << shift)


def by_fractions(case):
    """Training mode by definition, on channel 0."""
    x, dy = fractions(case.x[:, 0]), fractions(case.dy[:, 0])
    gamma, beta, eps = (Fraction(float(t)) for t in (case.gamma[0], case.beta[0], case.eps))
    m = len(x)
    mean = sum(x) / m
    c = [t - mean for t in x]
    var = sum(t * t for t in c) / m
    inv = root(var + eps)
    xhat = [t * inv for t in c]
    dgamma = sum(g * t for g, t in zip(dy, xhat, strict=True))
    # the bracket by its rational form, as the root would be squared in it
    share = sum(g * t for g, t in zip(dy, c, strict=True)) / m / (var + eps)
    bracket = [g - sum(dy) / m - t * share for g, t in zip(dy, c, strict=True)]
    return {
        "mean": [mean],
        "var": [var],
        "inv": [inv],
        "xhat": xhat,
        "y": [gamma * t + beta for t in xhat],
        "dx": [gamma * inv * t for t in bracket],
        "dgamma": [dgamma],
        "dbeta": [sum(dy)],
    }


@pytest.mark.parametrize("formats", [SINGLE, DOUBLE], ids=str)
def test_the_exact_oracle_agrees_with_fractions(formats):
    @QUICK
    @given(cases(formats, largest=5))
    def check(case):
        values, own = train(case, exact=True)
        for name, expected in by_fractions(case).items():
            got = getattr(values, name).reshape(-1)
            bounds = getattr(own, name).reshape(-1)
            for value, bound, truth in zip(got, bounds, expected, strict=True):
                if np.isfinite(bound):
                    error = abs(Fraction(*value.as_integer_ratio()) - truth)
                    assert error <= Fraction(*bound.as_integer_ratio()), name

    check()


@pytest.mark.parametrize("formats", [SINGLE, DOUBLE, CONFIGURATIONS[3]], ids=str)
@pytest.mark.parametrize("evaluate", [train, infer])
def test_the_fast_oracle_is_within_its_own_bound_of_the_exact_one(formats, evaluate):
    @settings(QUICK, max_examples=100)
    @given(cases(formats))
    def check(case):
        worst = disagreement(evaluate, case)
        target(worst)
        assert worst <= 1

    check()


def bounds_of(own):
    """All bounds by name, those that are evaluated where they are read included."""
    statistics = () if isinstance(own, InferenceBounds) else ("mean", "var", "inv", "xhat")
    return {n: getattr(own, n) for n in (*statistics, "y", "dx", "dgamma", "dbeta")}


def disagreement(evaluate, case):
    """Largest distance between the fast and the exact oracle, over the sum of their bounds."""
    fast, own = evaluate(case)
    exact, last = evaluate(case, exact=True)
    worst = 0.0
    for name, bound in bounds_of(own).items():
        with np.errstate(all="ignore"):
            error = np.abs(getattr(fast, name) - getattr(exact, name))
            ratio = np.where(error == 0, 0, error / (bound + getattr(last, name)))
        promised = np.isfinite(bound)
        worst = max(worst, float(np.where(promised, ratio, 0).max()))
    return worst


@pytest.mark.parametrize("formats", [SINGLE, DOUBLE], ids=str)
def test_the_fast_oracle_is_within_its_own_bound_on_large_batches(formats):
    rng = np.random.default_rng(7)
    for m in (1, 2, 17, 300):
        for _ in range(5):
            kind, case = adversarial(rng, formats, m)
            assert disagreement(train, case) <= 1, (kind, m)
            assert disagreement(infer, case) <= 1, (kind, m)


def ordinary(shape, dtype=np.float32):
    rng = np.random.default_rng(0)
    x, dy = rng.standard_normal((2, *shape)).astype(dtype)
    gamma, beta, mean, var = (1 + np.arange(4 * shape[1], dtype=dtype)).reshape(4, -1)
    return Case(x, gamma, beta, dy, mean, var)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_channel_that_is_not_finite_is_promised_nothing_and_disturbs_no_other(exact, bad):
    clean, broken = ordinary((6, 3)), ordinary((6, 3))
    broken.x[2, 1] = bad
    for evaluate in (train, infer):
        values, own = evaluate(broken, exact)
        expected, own_clean = evaluate(clean, exact)
        assert np.isinf(own.y[:, 1]).any()
        assert np.isinf(own.dgamma[1])
        others = [0, 2]
        assert np.array_equal(values.y[:, others], expected.y[:, others])
        assert np.array_equal(own.dx[:, others], own_clean.dx[:, others])


@pytest.mark.parametrize("name", ["dy", "gamma", "beta", "running_var"])
def test_other_inputs_that_are_not_finite_raise_nothing(name):
    case = ordinary((6, 3))
    getattr(case, name)[..., 0] = np.nan
    for evaluate in (train, infer):
        for exact in (False, True):
            _, own = evaluate(case, exact)
            assert not any(np.isnan(bound).any() for bound in bounds_of(own).values())


def test_a_negative_running_variance_is_promised_nothing():
    case = ordinary((6, 3))
    case.running_var[1] = -2
    for exact in (False, True):
        assert np.isinf(infer(case, exact)[1].y[:, 1]).all()


def test_a_far_offset_costs_the_centred_values_nothing():
    x = np.float32([[2.0**24], [2.0**24 + 2], [2.0**24 + 6]])
    one = np.float32([1])
    values, _ = train(Case(x, one, one, x, one, one))
    assert np.abs(values.centered.ravel() - np.array([-8, -2, 10]) / 3).max() < 1e-14


@pytest.mark.parametrize(("dtype", "wide"), [(np.float32, np.float64), (np.float64, np.longdouble)])
def test_values_are_flat_and_wide(dtype, wide):
    values, own = train(ordinary((2, 3, 4, 5), dtype))
    assert values.y.shape == own.y.shape == (40, 3)
    assert values.var.shape == own.var.shape == (3,)
    assert {a.dtype for a in (values.y, own.y, values.dgamma, own.dgamma)} == {np.dtype(wide)}


def test_a_long_channel_is_evaluated_exactly():
    values, own = train(ordinary((65537, 1), np.float64), exact=True)
    assert np.abs(values.xhat.mean()) < 1e-15
    assert np.isfinite(own.dx).all()
