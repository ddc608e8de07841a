"""What each checker can and cannot see by itself."""

import random
from fractions import Fraction

import pytest

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers import rationals, small_sizes, written_out
from bncheck.symbolic.checkers.duals import rational_power
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.checkers.rational_roots import make_roots_rational
from bncheck.symbolic.expression import ZERO, Symbol, as_expr, sqrt
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import (
    derivative,
    dy,
    eps,
    gamma,
    gradient,
    inner,
    loss,
    m,
    mean,
    mu,
    square,
    std,
    total,
    var,
    x,
    xhat,
)


def test_at_three_values_every_unknown_is_still_a_symbol():
    # true at m = 2, and at m = 3 for the number that would stand for x_1 from m = 4 on
    number = as_expr(written_out._number("x(1,)"))
    refused = small_sizes.refutation((m - 2) * x[1], (m - 2) * number)
    assert refused.startswith("at m = 3")


def test_what_is_wrong_from_four_values_on_is_seen_there():
    refused = small_sizes.refutation((m - 2) * (m - 3) * mu(), ZERO)
    assert refused.startswith("at m = 4")


def test_roots_of_both_signs():
    a = Symbol("a")
    assert small_sizes.refutation(sqrt(square(a)), a)  # true for a > 0 alone
    assert small_sizes.refutation(square(sqrt(square(a))), square(a)) is None
    positive = Symbol("a", positive=True)
    assert small_sizes.refutation(sqrt(square(positive)), positive) is None


def test_roots_that_no_scalar_solves():
    assert small_sizes.refutation(square(std(eps=0)), var()) is None
    assert small_sizes.refutation(std(2 * x, eps=0), 2 * std(eps=0)) is None
    assert small_sizes.refutation(std(2 * x, eps=0), 3 * std(eps=0))
    assert small_sizes.refutation(sqrt(m - 1) * sqrt(m - 1), m - 1) is None


def test_derivatives_of_roots_and_by_named_quantities():
    assert small_sizes.refutation(gradient(std(), eps), 1 / (2 * std())) is None
    assert small_sizes.refutation(gradient(std(), eps), 1 / std())
    by_var = gradient(loss(), var())
    assert small_sizes.refutation(by_var, -gamma * total(xhat() * Symbol("k"))) is not None
    assert small_sizes.refutation(gradient(var(), mu()), -2 * mean(x - mu())) is None


def test_a_denominator_that_is_zero_is_not_accepted():
    nothing = var() - mean(square(x)) + square(mu())
    for checker in (small_sizes.refutation, rationals.refutation):
        with pytest.raises((NotSupported, ZeroDivisionError)):
            checker(1 / nothing, 2 / nothing)


@pytest.mark.parametrize("size", [2, 4, 5])  # a variance of three whole numbers is no square
def test_points_with_a_rational_deviation_are_constructed(size):
    for seed in range(5):
        point = Point(random.Random(seed), {"m": size})
        make_roots_rational(list(walk(std(eps=0))), point, lines=True)
        value = evaluate(var(), {}, Scene(point)).real
        assert value > 0
        assert rational_power(value, Fraction(1, 2)) ** 2 == value


def test_points_at_which_two_roots_are_the_same_decide_nothing():
    r, another = mean(square(x)) + eps, mean(square(x[1])) + eps
    along = eps * inner(dy, x / sqrt(r)) / r
    assert rationals.refutation(along, eps * inner(x / sqrt(r), dy) / r) is None
    with pytest.raises(NotSupported, match="only where they are the same"):
        rationals.refutation(along, eps * inner(dy, x / sqrt(another)) / r)


def test_a_second_derivative_of_a_square_where_the_base_is_0():
    point = Point(random.Random(0), {"m": 3})
    a = Symbol("a")
    point.symbols["a"] = Fraction(0)
    moved = derivative(derivative(square(a), a, 1), a, 1)
    assert evaluate(moved, {}, Scene(point)).real == 2
