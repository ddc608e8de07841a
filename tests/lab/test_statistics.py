"""Exact sign-flip tests, intervals, verdicts, Holm."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from bncheck.lab.family import PRIMARY, SIZE
from bncheck.lab.judging import FIRST_LOOK
from bncheck.lab.statistics import FEWEST, LOOK, _Grid, decision, holm


def brute(values, mean):
    """The definition: the share of all vectors of signs that reach the sum."""
    e = [v - mean for v in values]
    total = sum(e)
    signs = itertools.product((1, -1), repeat=len(e))
    return sum(
        sum(s * v for s, v in zip(sign, e, strict=True)) >= total for sign in signs
    ) / 2 ** len(e)


@pytest.mark.parametrize("seed", range(6))
def test_p_is_that_of_all_signs(seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(-40, 60, 9) / 8  # dyadic, so that the definition itself is exact
    for mean in (-1.0, 0.0, 0.5, 2.0):
        grid = _Grid.of(values, 2.0)
        assert grid.p_at_most(mean) == brute(values, mean)
        assert grid.p_at_least(mean) == brute(-values, -mean)


def test_p_is_that_of_scipy():
    values = np.random.default_rng(3).normal(0.4, 1, 11)
    found = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", alternative="greater", n_resamples=np.inf
    )
    assert _Grid.of(values, 1.0).p_at_most(0.0) == found.pvalue


@pytest.mark.parametrize("n", [7, 12, 24])
def test_ends_of_the_interval_are_where_the_test_turns(n):
    values = np.random.default_rng(n).normal(1, 2, n)
    grid = _Grid.of(values, 1.0)
    low, high = grid.interval(LOOK)
    step = grid.step
    assert grid.p_at_most(low) > LOOK / 2 >= grid.p_at_most(low - step)
    assert grid.p_at_least(high) > LOOK / 2 >= grid.p_at_least(high + step)
    assert low < values.mean() < high


@pytest.mark.parametrize("law", ["normal", "t3"])
def test_intervals_cover(law):
    """2000 intervals at 97.5 %: fewer than 96.5 % would be 2.9 standard deviations away."""
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(2000):
        values = rng.normal(size=10) if law == "normal" else rng.standard_t(3, 10)
        low, high = _Grid.of(values + 1, 1.0).interval(LOOK)
        inside += low <= 1 <= high
    assert inside >= 0.965 * 2000


def spread(mean, n=12):
    return mean + np.linspace(-0.1, 0.1, n)


@pytest.mark.parametrize(
    ("mean", "greater", "equivalent"),
    [
        (2.0, "supported", "opposite"),
        (-2.0, "opposite", "opposite"),
        (0.0, "not supported", "supported"),
        (1.0, "undecided", "undecided"),
    ],
)
def test_verdicts_by_the_margin(mean, greater, equivalent):
    assert decision(spread(mean), "greater", 1.0).verdict == greater
    assert decision(spread(mean), "equivalent", 1.0).verdict == equivalent


@pytest.mark.parametrize("seed", range(20))
def test_swapped_arms_are_mirrored(seed):
    mirror = {"supported": "opposite", "opposite": "supported"}
    values = np.random.default_rng(seed).normal(seed % 5 - 2, 0.5, 12)
    one, other = decision(values, "greater", 1.0), decision(-values, "greater", 1.0)
    assert mirror.get(one.verdict, one.verdict) == other.verdict
    assert (one.low, one.high) == (-other.high, -other.low)
    assert one.p == other.p


def test_few_seeds_have_no_verdict():
    few = decision([3.0] * (FEWEST - 1), "greater", 1.0)
    assert few.verdict == "too few seeds"
    assert 2 / 2 ** (FEWEST - 1) > LOOK >= 2 / 2**FEWEST
    assert decision([3.0] * FEWEST, "greater", 1.0).verdict == "supported"
    assert math.isnan(decision([], "greater", 1.0).mean)


def test_equal_effects_and_none():
    equal = decision([0.5] * 12, "greater", 1.0)
    assert (equal.low, equal.high, equal.verdict) == (0.5, 0.5, "not supported")
    nothing = decision([0.0] * 12, "greater", 1.0)
    assert (nothing.low, nothing.high, nothing.verdict) == (0.0, 0.0, "not supported")


def test_no_number_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        decision([1.0] * 11 + [math.inf], "greater", 1.0)


def test_exact_ones_are_judged_by_the_worst():
    assert decision([0.0, 0.9, 1.0], "exact", 1.0).verdict == "holds"
    assert decision([0.0, 1.5], "exact", 1.0).verdict == "broken"
    assert decision([0.0, math.nan], "exact", 1.0).verdict == "broken"


def test_holm_is_that_of_the_textbook():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_family_leaves_something():
    """With the seeds of the first look the smallest p, times the family, is below its level."""
    assert 2 / 2**FIRST_LOOK * SIZE <= LOOK
    assert SIZE <= 60
    assert all(len(set(cells)) == len(cells) for e in PRIMARY.values() for _, cells in e)
