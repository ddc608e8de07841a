"""A bar over one symbol is its accent; over a product, a power or a sum it is a mean."""

import pytest

from bncheck.symbolic.claims.judge import judge

DX = r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} "
WANTED = {
    r"\bar x = \mu": "true",
    r"\overline{\mathbf{x}} = \mu": "true",
    r"\sigma^2 = \overline{x^2} - \bar{x}^2": "true",
    r"\sigma^2 = \overline{x}^2 - \overline{x^2}": "false",
    r"\sigma^2 = \overline{(x - \mu)^2}": "true",
    r"\sigma^2 = \overline{x - \mu}^2": "false",
    r"\sigma^2 = \overline{x_i^2} - \mu^2": "true",
    r"\bar{\hat{x}} = 0": "true",
    r"\overline{\hat{x}^2} = \frac{\sigma^2}{\sigma^2 + \epsilon}": "true",
    r"\overline{\hat{x}^2} = \frac{\sigma^2}{\sigma^2 + 2\epsilon}": "false",
    DX + r"(dy_i - \bar{dy} - \hat{x}_i \overline{dy\,\hat{x}})": "true",
    DX + r"(dy_i - \bar{dy} - \hat{x}_i \overline{dy} \, \bar{\hat{x}})": "false",
    r"\bar{\gamma} = 1": "undecided",
    r"\overline{\gamma x} = \gamma \mu": "true",
}


@pytest.mark.parametrize("latex", WANTED)
def test_what_a_bar_is_over(latex):
    verdict = judge(latex, repair=False)
    assert verdict.verdict == WANTED[latex], verdict.reason
