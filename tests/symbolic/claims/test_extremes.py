"""The largest and the smallest value: judged where each value decides, refused elsewhere."""

import pytest

from bncheck.symbolic.claims.judge import judge

WANTED = {
    r"\max_i |\hat{x}_i| \le \sqrt{m-1}": "true",
    r"\max_{1 \le i \le m} \hat{x}_i^2 \le m - 1": "true",
    r"\min_i x_i \le \mu \le \max_i x_i": "true",
    r"\mu \ge \min_j x_j": "true",
    r"\max\{x_1, \dots, x_m\} \ge \mu": "true",
    r"\max_i \hat{x}_i \ge 0": "true",
    "max(abs(xhat)) <= sqrt(m - 1)": "true",
    r"\max_i |\hat{x}_i| \le \sqrt{m}/2": "false",
    r"\max_i x_i \le \mu": "false",
    r"\mu \le \min_i x_i": "false",
    "max(xhat) <= 1": "false",
}
REFUSED = {
    r"\max_i \hat{x}_i = 1": "the maximum is one of the values, which is not known",
    r"\max_i x_i \ge 2 \mu": "is known of the mean alone",
    r"\mu < \max_i x_i": "is known of the mean alone",
    r"\max_i x_i \le x_j": "beside what differs from sample to sample",
    r"\max x \le x": "beside what differs from sample to sample",
    r"\max_i x_i - \min_i x_i \le \mu": "where it is one side, alone",
    r"\max(x_1, 0) \le x_1^2": "a list of values is not read",
    r"\hat{x}_1 = \pm 1": r"'\pm' is two formulas",
    r"\mu = x_1 \mp x_2": r"'\mp' is two formulas",
}


@pytest.mark.parametrize("latex", WANTED)
def test_an_extreme_is_judged_by_each_value(latex):
    verdict = judge(latex)
    assert verdict.verdict == WANTED[latex], verdict.reason


@pytest.mark.parametrize("latex", REFUSED)
def test_what_an_extreme_does_not_decide_is_refused(latex):
    verdict = judge(latex)
    assert verdict.verdict == "undecided"
    assert REFUSED[latex] in verdict.reason
