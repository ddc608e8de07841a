"""Intervals around irrational values hold the value; equal values are never told apart."""

import random
from fractions import Fraction

import pytest

from bncheck.symbolic.checkers.points import Point
from bncheck.symbolic.claims.counterexample import smallest
from bncheck.symbolic.claims.enclosures import Enclosure, OutOfDomain, Page, in_digits, told_apart
from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.expression import Number, Symbol, as_expr, i, power, sqrt
from bncheck.symbolic.trees import shared, walk
from bncheck.symbolic.vocabulary import dx, eps, m, mean, std, var, x, xhat

TWO, THREE = as_expr(2), as_expr(3)


def point(size=3, seed=0):
    return Point(random.Random(seed), {"m": size})


def apart(left, right, at=None):
    return told_apart(as_expr(left), as_expr(right), at or point(), {})


def test_equal_values_are_never_told_apart():
    assert apart(sqrt(8), 2 * sqrt(2)) is None
    assert apart(sqrt(TWO) + sqrt(THREE), sqrt(5 + 2 * sqrt(6))) is None
    assert apart(1 / (sqrt(THREE) - sqrt(TWO)), sqrt(THREE) + sqrt(TWO)) is None
    for seed in range(20):
        at = point(seed=seed)
        assert apart(mean(xhat() ** 2), var() / (var() + eps), at) is None
        assert apart(std() ** 3 / std(), var() + eps, at) is None


def test_close_values_are_told_apart_and_shown_in_enough_digits():
    close = sqrt(TWO) + Fraction(1, 10**15)
    first, second = apart(sqrt(TWO), close)
    assert first.high < second.low
    assert in_digits(first, second)[0] != in_digits(first, second)[1]
    assert in_digits(first, second)[0] == "1.414213562373095048801688724210"
    assert apart(sqrt(TWO), sqrt(TWO) + Fraction(1, 10**25))  # needs more than 64 bits


def test_every_operation_holds_what_it_encloses():
    rng = random.Random(1)
    for _ in range(2000):
        a, b = (Fraction(rng.randint(-99, 99), rng.randint(1, 99)) for _ in "ab")
        one, other = Enclosure.of(a, 16), Enclosure.of(b, 16)
        exact = {a + b: one + other, a * b: one * other, a**4: one.power(Fraction(4))}
        exact[a**3] = one.power(Fraction(3))
        if b:
            exact[b**-3] = other.power(Fraction(-3))
        for value, found in exact.items():
            assert found.low <= value * 2**16 <= found.high
        if a > 0:
            root = one.power(Fraction(1, 2))
            assert root.low**2 <= a * 2**32 <= root.high**2


def test_what_has_no_value_is_out_of_the_domain():
    for node in (sqrt(as_expr(-2)), sqrt(mean(x) - mean(x)), 1 / (sqrt(8) - 2 * sqrt(2))):
        with pytest.raises(OutOfDomain):
            Page(point(), 64).value(node, {})


def test_decimals_are_right_to_the_last_digit():
    assert Enclosure.of(Fraction(-2, 3), 64).decimal(4) == "-0.6667"
    assert Enclosure.of(Fraction(7, 2), 64).decimal(2) == "3.50"


def test_shared_parts_are_the_same_and_mean_the_same():
    given = (dx() * xhat(), xhat() + std())
    left, right = shared(*given)
    assert (left, right) == given
    parts = [n for side in (left, right) for n in walk(side)]
    assert len({id(n) for n in parts}) == len(set(parts)) < len(parts)


def test_irrational_counterexamples():
    # sqrt(2) is irrational at every point
    found = smallest(sqrt(TWO) * mean(x), mean(x) * Number(Fraction(7, 5)))
    assert (found.m, found.left) == (2, "1.4142135624")
    assert smallest(sqrt(m) * sqrt(m + 1), sqrt(m**2 + m)) is None  # true, if not for the rational
    assert smallest(power(x, Fraction(1, 2))[i], x * Symbol("a")) is not None


@pytest.mark.parametrize(
    "latex",
    [
        r"\sqrt{\sigma^2 + \epsilon} = \sqrt{\sigma^2 - \epsilon}",
        r"\sqrt{\sigma^2 + \epsilon} = \sqrt{\sigma^2} + \epsilon",
        r"\frac{x_i - \mu}{\sqrt{\sigma^2 + 2 \epsilon}} \sqrt{\sigma^2} = "
        r"\frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}} \sqrt{\sigma^2}",
        r"\mu = \sqrt{x_i}",
    ],
)
def test_roots_that_are_irrational_together_are_refuted(latex):
    verdict = judge(latex)
    assert verdict.verdict in ("false", "true-if")
    assert verdict.counterexample is not None


@pytest.mark.parametrize(
    "latex",
    [
        r"\sqrt{\sigma^2} \sqrt{\sigma^2 + \epsilon} = \sqrt{\sigma^2 (\sigma^2 + \epsilon)}",
        r"\sqrt{2} \sqrt{\sigma^2 + \epsilon} = \sqrt{2 \sigma^2 + 2 \epsilon}",
        r"\frac{1}{\sqrt{\sigma^2 + \epsilon} - \sqrt{\epsilon}} = "
        r"\frac{\sqrt{\sigma^2 + \epsilon} + \sqrt{\epsilon}}{\sigma^2}",
        r"\sqrt{x_i} \sqrt{x_i} = x_i",
        r"\sqrt{4} = 2",
    ],
)
def test_equal_formulas_are_not_refuted(latex):
    # whether the normal form can say so or not
    assert judge(latex).verdict in ("true", "true-if", "undecided")
