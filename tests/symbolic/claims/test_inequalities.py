"""Inequalities: proved from facts that theorems state, refuted, or left open."""

import random
from fractions import Fraction

import pytest
from published import INEQUALITIES, ROOT

from bncheck.symbolic.algebra import Polynomial
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.claims.cone import combination
from bncheck.symbolic.claims.facts import facts
from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.expression import Index, i, j
from bncheck.symbolic.library import find
from bncheck.symbolic.normal import equal
from bncheck.symbolic.vocabulary import dy, eps, gamma, m, mu, square, var, x


@pytest.mark.parametrize(("latex", "reason"), INEQUALITIES)
def test_an_inequality_is_proved_and_says_from_what(latex, reason):
    verdict = judge(latex)
    assert (verdict.verdict, verdict.reason) == ("true", f"proved: {reason}")


@pytest.mark.parametrize(
    ("latex", "conditions"),
    [
        (r"\hat{x}_i^2 < m - 1", ("m > 1",)),
        (r"\frac{1}{m-1} \sum_i (x_i - \mu)^2 \ge \sigma^2", ("m > 1",)),
        (r"\frac{m}{m-1} > 1", ("m > 1",)),
        (r"\frac{\epsilon}{\sigma^2} > 0", ("sigma^2 > 0",)),
    ],
)
def test_where_an_inequality_holds_is_named(latex, conditions):
    verdict = judge(latex)
    assert (verdict.verdict, verdict.conditions) == ("true-if", conditions)


@pytest.mark.parametrize(
    "latex",
    [
        r"\sigma^2 > 0",
        r"\sigma^2 < 0",
        r"\hat{x}_i \le 3",
        r"|\hat{x}_i| \le 2",
        r"\hat{x}_i^2 \le m - 2",
        r"\hat{x}_i^2 \ge m - 1",
        r"\sum_i \hat{x}_i^2 \le m - 1",
        r"\sigma^2 \le 1",
        r"\mathrm{E}[x]^2 \ge \mathrm{E}[x^2]",
        r"(\hat{x}_i - \hat{x}_j)^2 \le m",
        r"\gamma \ge 0",
        r"m > 1",
        rf"\frac{{\gamma}}{{{ROOT}}} > 0",
    ],
)
def test_an_inequality_that_fails_somewhere_is_never_true(latex):
    verdict = judge(latex)
    assert verdict.verdict == "false"
    assert verdict.counterexample is not None


def test_an_inequality_that_no_fact_gives_is_undecided():
    assert judge(r"\sqrt{\sigma^2 + \epsilon} \le \sqrt{\sigma^2} + \sqrt{\epsilon}").reason == (
        "no counterexample was found, no proof is known"
    )


def test_three_indices_of_a_large_batch_are_not_all_looked_at():
    verdict = judge(r"\hat{x}_i \hat{x}_j \hat{x}_k \le m^2")  # a million places at m = 102
    assert verdict.verdict in ("undecided", "true")


def _facts():
    nodes = [x, dy, gamma, x**4]
    return list(facts((i, j), nodes))


@pytest.mark.parametrize("fact", _facts(), ids=range(len(_facts())))
def test_a_fact_holds_at_random_batches(fact):
    for seed in range(60):
        rng = random.Random(seed)
        size = 1 + seed % 5
        point = Point(rng, {"m": size}, spread=seed % 7)
        places = {Index("i"): rng.randint(1, size), Index("j"): rng.randint(1, size)}
        value = evaluate(fact.value, places, Scene(point)).real
        assert value > 0 if fact.positive else value >= 0


def test_the_facts_of_theorems_are_what_the_theorems_state():
    stated = {
        (proof.theorem.id, one.name): one.greater - one.lesser
        for proof in find(["f13", "f14"])
        for one in proof.theorem.inequalities
    }
    known = [fact.value for fact in facts((i, j), [x])]
    f13 = stated["F13", "xhat^2 (m / (m - 1)) <= m rho"]  # of xhat_j, times (m - 1) / m
    assert any(equal(f13 * (m - 1) / m * (var() + eps), value) for value in known)
    f14 = 2 * m * var() - square((x - mu())[i] - (x - mu())[j])
    assert any(equal(f14, value) for value in known)


def polynomial(**terms):
    return Polynomial(
        {((("scalar", name), 1),): Fraction(value) for name, value in terms.items() if value}
    )


def test_a_combination_adds_up_with_coefficients_that_are_not_negative():
    target = polynomial(a=3, b=1)
    parts = [polynomial(a=1, b=1), polynomial(a=1), polynomial(b=-1), polynomial(c=1)]
    found = combination(target, parts)
    assert all(factor > 0 for factor in found.values())
    assert _sum(parts, found) == target
    assert combination(polynomial(a=-1), parts) is None
    assert combination(polynomial(a=1, c=-1), parts) is None
    assert combination(polynomial(a=1, b=2), parts) is None


def test_what_is_wanted_is_used():
    parts = [polynomial(a=1), polynomial(a=1, b=1), polynomial(b=-1)]
    assert combination(polynomial(a=1), parts, frozenset({1}))[1] == 1


def test_random_combinations_are_found():
    rng = random.Random(3)
    for _ in range(40):
        parts = [polynomial(**{n: rng.randint(-2, 2) for n in "abcdef"}) for _ in range(8)]
        target = _sum(parts, {n: rng.randint(0, 2) for n in range(len(parts))})
        found = combination(target, parts)
        assert found is not None
        assert all(factor > 0 for factor in found.values())
        assert _sum(parts, found) == target


def _sum(parts, factors):
    total = polynomial()
    for number, factor in factors.items():
        terms = parts[number].terms.items()
        total = total + Polynomial({k: c * factor for k, c in terms if factor})
    return total


def test_a_bound_that_only_a_small_variance_breaks_is_false():
    assert judge(r"\|\nabla_x L\|^2 \le \gamma^2 \|\nabla_y L\|^2").verdict == "false"
    bound = r"\|\nabla_x L\|^2 \le \frac{\gamma^2}{\sigma^2+\epsilon} \|\nabla_y L\|^2"
    assert judge(bound).verdict == "true"
