"""Derivatives in print: partial ones hold the mean and the variance, total ones are named."""

import pytest

from bncheck.symbolic.claims.judge import judge

ROOT = r"\sqrt{\sigma^2 + \epsilon}"
HELD = "mu and sigma^2 are held, as in the backward pass of Ioffe & Szegedy; "
XHAT_I = r"\frac{\partial \hat{x}_i}{\partial x_i}"
XHAT_J = r"\frac{\partial \hat{x}_i}{\partial x_j}"
Y_I, Y_J = XHAT_I.replace(r"\hat{x}", "y"), XHAT_J.replace(r"\hat{x}", "y")
CHAIN = (
    r"\frac{\partial L}{\partial x_i} = %s + "
    r"\frac{\partial L}{\partial \sigma^2} \frac{\partial \sigma^2}{\partial x_i} + "
    r"\frac{\partial L}{\partial \mu} \frac{\partial \mu}{\partial x_i}"
)


def judged(latex):
    return judge(latex, repair=False)


@pytest.mark.parametrize(
    ("latex", "total"),
    [
        (
            rf"{XHAT_I} = \frac{{1}}{{{ROOT}}}",
            "(1 - 1/m - xhat_i^2 / m) / sqrt(sigma^2 + eps), theorem B07",
        ),
        (
            rf"{XHAT_J} = \frac{{\delta_{{ij}}}}{{{ROOT}}}",
            "(delta(i, j) - 1/m - xhat_i xhat_j / m) / sqrt(sigma^2 + eps), theorem B07",
        ),
        (
            rf"{Y_I} = \frac{{\gamma}}{{{ROOT}}}",
            "gamma (1 - 1/m - xhat_i^2 / m) / sqrt(sigma^2 + eps), theorem B07",
        ),
    ],
)
def test_a_partial_derivative_holds_the_statistics_and_the_total_one_is_named(latex, total):
    verdict = judged(latex)
    assert (verdict.verdict, verdict.reason) == ("true", f"{HELD}the total derivative is {total}")


@pytest.mark.parametrize(
    ("same", "other", "gamma"), [(XHAT_I, XHAT_J, ""), (Y_I, Y_J, r"\gamma")], ids=["xhat", "y"]
)
def test_the_total_derivative_that_is_named_is_the_one_that_is_true(same, other, gamma):
    for derivative, j, delta in ((same, "i", "1"), (other, "j", r"\delta_{ij}")):
        verdict = judged(
            rf"{derivative} = \frac{{{gamma} ({delta} - \frac1m - "
            rf"\frac{{\hat{{x}}_i \hat{{x}}_{j}}}{{m}})}}{{{ROOT}}}"
        )
        assert verdict.verdict == "true"
        assert verdict.reason.startswith("as a total derivative (mu and sigma^2 move with x)")


@pytest.mark.parametrize(
    "first",
    [
        r"\frac{\partial L}{\partial \hat{x}_i} \frac{\partial \hat{x}_i}{\partial x_i}",
        r"\sum_j \frac{\partial L}{\partial \hat{x}_j} \frac{\partial \hat{x}_j}{\partial x_i}",
        r"\frac{\partial L}{\partial y_i} \frac{\partial y_i}{\partial x_i}",
    ],
)
def test_the_chain_rule_over_xhat_mean_and_variance_is_true(first):
    assert judged(CHAIN % first).verdict == "true"
    assert judged((CHAIN % first).replace(" + ", " - ")).verdict == "false"


def test_the_chain_rule_over_the_outputs_is_true_of_total_derivatives():
    verdict = judged(
        r"\frac{\partial L}{\partial x_j} = "
        r"\sum_i \frac{\partial L}{\partial y_i} \frac{\partial y_i}{\partial x_j}"
    )
    assert (verdict.verdict, verdict.reason[:21]) == ("true", "as a total derivative")


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2 (x_i - \mu)}{m}",
        r"\frac{\partial \mu}{\partial x_i} = \frac1m",
        rf"\frac{{\partial {ROOT}}}{{\partial x_i}} = \frac{{\hat{{x}}_i}}{{m}}",
        rf"\frac{{\partial \hat{{x}}_i}}{{\partial \mu}} = -\frac{{1}}{{{ROOT}}}",
        r"\frac{\partial \sigma^2}{\partial \mu} = -\frac2m \sum_i (x_i - \mu)",
        r"\frac{\partial y_i}{\partial \hat{x}_i} = \gamma",
    ],
)
def test_what_has_one_derivative_only_is_true_without_a_word(latex):
    verdict = judged(latex)
    assert (verdict.verdict, verdict.reason) == ("true", "")


@pytest.mark.parametrize(
    "latex",
    [
        rf"{XHAT_I} = -\frac{{1}}{{{ROOT}}}",
        rf"{XHAT_I} = \frac{{1}}{{{ROOT}}} (1 - \frac1m)",  # only mu moves
        rf"{XHAT_J} = 0",
        rf"{Y_I} = \frac{{1}}{{{ROOT}}}",
        r"\frac{\partial L}{\partial x_i} = "
        r"\frac{\partial L}{\partial y_i} \frac{\partial y_i}{\partial x_i}",
    ],
)
def test_what_is_right_in_neither_sense_is_false(latex):
    verdict = judged(latex)
    assert verdict.verdict in ("false", "true-if")
    assert verdict.verdict == "false" or verdict.conditions == ("gamma = 1",)
    assert verdict.counterexample is not None


def test_both_senses_are_said_where_both_fail():
    verdict = judged(rf"{XHAT_I} = -\frac{{1}}{{{ROOT}}}")
    assert verdict.reason == (
        "neither with mu and sigma^2 held, as in the backward pass, nor as a total derivative"
    )
    assert judged(r"\frac{\partial \mu}{\partial x_i} = \frac2m").reason == ""


def test_a_derivative_of_the_statistics_alone_is_never_zero():
    assert judged(rf"\frac{{\partial {ROOT}}}{{\partial x_i}} = 0").verdict == "false"
    assert judged(rf"\frac{{\partial}}{{\partial x_k}} ({Y_J}) = 0").verdict == "false"
