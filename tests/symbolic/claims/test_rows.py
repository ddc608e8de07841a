"""Gradients of gamma and beta add up over rows; which sum is over rows is never guessed."""

import pytest

from bncheck.symbolic.claims.judge import judge

GAMMA = r"\frac{\partial L}{\partial \gamma_j} = "
TERM = r"\frac{\partial L}{\partial y_{ij}} \hat{x}_{ij}"


@pytest.mark.parametrize("norm", ["layer", "rms"])
@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (rf"\sum_{{i=1}}^{{N}} {TERM}", "true"),
        (rf"\sum_i {TERM}", "true"),
        (r"\sum_i \frac{\partial L}{\partial y_{ij}}", "false"),
        (rf"\sum_i 2 {TERM}", "false"),
        (rf"\frac{{1}}{{N}} \sum_{{i=1}}^{{N}} {TERM}", "undecided"),
        (TERM, "undecided"),
        (r"\sum_i \frac{\partial L}{\partial y_i} \hat{x}_i", "undecided"),
    ],
)
def test_sums_over_rows(norm, right, verdict):
    assert judge(GAMMA + right, norm=norm).verdict == verdict
    assert judge(right + " = " + GAMMA.removesuffix(" = "), norm=norm).verdict == verdict


def test_no_correction_leaves_the_sum_out():
    assert judge(GAMMA + rf"\sum_i 2 {TERM}", norm="layer").repair is None


def test_statistics_in_such_a_sum_are_those_of_the_row():
    row = r"\sum_i \frac{\partial L}{\partial y_{ij}} \frac{x_{ij} - \mu_i}{\sqrt{\sigma_i^2%s}}"
    assert judge(GAMMA + row % r" + \epsilon", norm="layer").verdict == "true"
    assert judge(GAMMA + row % "", norm="layer").conditions == ("eps = 0", "sigma^2 > 0")


def test_the_questions():
    asked = judge(GAMMA + r"\sum_i \frac{\partial L}{\partial y_i} \hat{x}_i", norm="layer")
    assert "over the rows or over the features?" in asked.reason
    asked = judge("dbeta = np.sum(dout, axis=0)", norm="layer")
    assert "over the rows or over the features?" in asked.reason
    assert "no sum is over i" in judge(GAMMA + TERM, norm="layer").reason
