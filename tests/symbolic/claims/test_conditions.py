"""What makes a formula true: values it does not show, signs, and what it needs to have a value."""

import pytest

from bncheck.symbolic.claims.conditions import differ_under
from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.expression import sqrt
from bncheck.symbolic.vocabulary import batchnorm, beta, gamma, mean, square, var, x, xhat

ROOT = r"\sqrt{\sigma^2 + \epsilon}"


def judged(latex, where=None):
    return judge(latex, where, repair=False)


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"\mu = \frac{2}{m}\sum_i x_i", "it would hold only for mu = 0"),
        (rf"\hat{{x}}_i = \frac{{x_i + \mu}}{{{ROOT}}}", "it would hold only for mu = 0"),
        (
            r"\hat{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2 - \epsilon}}",
            "it would hold only for eps = 0",
        ),
        (r"y_i = \gamma \hat{x}_i + \beta + 7 \epsilon", "it would hold only for eps = 0"),
        (r"y_i = \gamma \hat{x}_i - \beta", "it would hold only for beta = 0"),
        (
            r"y_i = \gamma^2 \hat{x}_i + \beta",
            "it would hold only for gamma = 1 (and gamma = 0)",
        ),
        (
            r"\mathrm{Var}[x] = \mathrm{E}[x^2] - \mathrm{E}[x]",
            "it would hold only for mu = 0 (and mu = 1)",
        ),
        (r"\sigma^2 = \frac1m\sum_i x_i^2 - \bar{x}", "it would hold only for mu = 0 (and mu = 1)"),
        (
            r"y_i = \gamma^2 \hat{x}_i + 2 \beta",
            "it would hold for gamma = 1 and beta = 0, not in general",
        ),
    ],
)
def test_a_value_is_no_condition_for_what_the_formula_shows(latex, reason):
    verdict = judged(latex)
    assert (verdict.verdict, verdict.reason) == ("false", reason)
    assert verdict.counterexample is not None


def test_a_meaning_in_where_shows_its_quantity():
    printed = r"\hat{x}_i = \frac{x_i - \mu}{s + e}"
    assert judged(printed, {"s": "std", "e": "eps"}).verdict == "false"
    assert judged(printed.replace(" + e", ""), {"s": "std"}).conditions == (
        "eps = 0",
        "sigma^2 > 0",
    )
    assert judged(r"y_i = g \hat{x}_i - b", {"g": "gamma", "b": "beta"}).verdict == "false"
    assert judged(r"\sigma^2 = \frac1m\sum_i x_i^2 - c", {"c": "mean"}).verdict == "false"


def test_an_assumption_shows_what_it_speaks_of():
    printed = r"\text{if } \gamma = \sqrt{\sigma^2%s}, \beta = \mu \text{ then } y_i = x_i"
    assert judged(printed % "").conditions == ("eps = 0",)
    assert judged(printed % r" - \epsilon").verdict == "false"


def test_what_a_gradient_is_taken_by_may_still_have_a_value():
    verdict = judged(
        r"\frac{\partial L}{\partial \gamma} = \sum_i \frac{\partial L}{\partial y_i} y_i"
    )
    assert verdict.conditions == ("gamma = 1", "beta = 0")


@pytest.mark.parametrize(
    ("latex", "conditions"),
    [
        (r"\sqrt{\gamma^2} = \gamma", ("gamma >= 0",)),
        (r"|\gamma| = -\gamma", ("gamma <= 0",)),
        (r"|\mu| = \mu", ("mu >= 0",)),
        (r"|x_i - \mu| = \mu - x_i", ("x_i - mu <= 0",)),
        (r"\frac{\gamma}{\sqrt{\gamma^2}} = 1", ("gamma > 0",)),
        (r"BN((aW)u) = BN(Wu)", ("eps = 0", "a > 0")),
    ],
)
def test_a_sign_is_a_condition_whatever_is_shown(latex, conditions):
    verdict = judged(latex)
    assert (verdict.verdict, verdict.conditions) == ("true-if", conditions)


@pytest.mark.parametrize(
    ("latex", "conditions"),
    [
        (r"\frac{m-2}{m-2} = 1", ("m != 2",)),
        (r"\frac{(m-1)(m-2)}{(m-1)(m-2)} = 1", ("m > 2",)),
        (r"\frac{0}{m-3} = 0", ("m != 3",)),
        (r"\sqrt{m-2}^2 = m - 2", ("m > 1",)),
        (r"\sqrt{3-m} \sqrt{3-m} = 3 - m", ("m <= 3",)),
        (r"\mathrm{Var}[ \frac{x - \mu}{\sqrt{\sigma^2}} ] = 1", ("sigma^2 > 0",)),
        (
            r"\frac{1}{m-1} \sum_i \frac{(x_i - \mu)^2}{\sigma^2} = \frac{m}{m-1}",
            ("sigma^2 > 0",),
        ),
        (
            r"\frac{1}{\mathrm{E}[x^2] - \mathrm{E}[x]^2} = \frac{1}{\sigma^2}",
            ("sigma^2 > 0",),
        ),
        (
            rf"\frac{{1}}{{{ROOT} - \sqrt{{\epsilon}}}} = "
            rf"\frac{{{ROOT} + \sqrt{{\epsilon}}}}{{\sigma^2}}",
            ("sigma^2 > 0",),
        ),
        (r"\frac{y_i - \beta}{\gamma} = \hat{x}_i", ("gamma != 0",)),
        (rf"\frac{{x_i - \mu}}{{\hat{{x}}_i}} = {ROOT}", ("xhat_i != 0",)),
        (r"\frac{x_i - \mu}{x_i - \mu} = 1", ("x_i - mu != 0",)),
        (r"\frac{\sum_i x_i}{\mu} = m", ("mu != 0",)),
    ],
)
def test_what_a_formula_needs_to_have_a_value_is_named(latex, conditions):
    verdict = judged(latex)
    assert (verdict.verdict, verdict.conditions) == ("true-if", conditions)
    assert verdict.counterexample is None


@pytest.mark.parametrize(
    "latex",
    [
        rf"\hat{{x}}_i = \frac{{x_i - \mu}}{{{ROOT}}}",
        r"\hat{x}_i = \frac{x_i - \mu}{\sqrt{\mathrm{E}[x^2] - \mathrm{E}[x]^2 + \epsilon}}",
        r"\frac{m}{m+1} + \frac{1}{m+1} = 1",
        r"\sqrt{(\sigma^2)^2} = \sigma^2",
        r"\sqrt{m - 1}^2 = m - 1",
        r"\sqrt{\sigma^2} \sqrt{\sigma^2} = \sigma^2",
        r"\mu_y = \beta",
        r"\mu_x = \mu",
    ],
)
def test_what_holds_for_every_batch_needs_no_condition(latex):
    assert judged(latex).verdict == "true"


def test_a_formula_without_a_value_for_any_batch_is_not_true():
    verdict = judged(r"\frac{1}{\sqrt{-m}} = \frac{1}{\sqrt{-m}}")
    assert (verdict.verdict, "no size of a batch" in verdict.reason) == ("undecided", True)


def test_the_variance_of_the_output_is_not_that_of_the_input():
    assert judged(r"\sigma_y^2 = \sigma_x^2").verdict == "false"
    assert (
        judged(r"\sigma_y^2 = \frac{\gamma^2 \sigma_x^2}{\sigma_x^2 + \epsilon}").verdict == "true"
    )


def test_a_point_where_conditions_hold_shows_a_difference():
    right = square(gamma) * xhat() + beta
    for names, differ in (
        ((), True),
        (("gamma = 1",), False),
        (("gamma = 0",), False),
        (("gamma = -1",), True),
        (("gamma > 0", "beta = 0"), True),
    ):
        assert differ_under(names, batchnorm(), right) == differ
    assert differ_under((), var(), mean(square(x)))
    assert not differ_under(("mu = 0",), var(), mean(square(x)))
    assert differ_under(("mu = 1",), var(), mean(square(x)))
    assert differ_under(("gamma < 0",), sqrt(square(gamma)), gamma)
    assert not differ_under(("gamma > 0",), sqrt(square(gamma)), gamma)
    assert not differ_under(("mean(x) >= 0",), sqrt(square(mean(x))), -mean(x))  # is not asked
