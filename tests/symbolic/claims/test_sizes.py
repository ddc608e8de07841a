"""One batch size: what is claimed for it, and what would hold only there; derivatives by s."""

import pytest

from bncheck.symbolic.claims.judge import judge

WANTED = {
    "false": [
        r"\mu = \frac{x_1 + x_2}{2}",
        r"\sigma^2 = \frac{(x_1 - x_2)^2}{4}",
        r"\sigma^2 = \frac{(x_1 - x_2)^2}{2} \text{ if } m = 2",
        r"\sigma^2 = \frac{(x_1 - x_2)^2}{4} \text{ if } m = 3",
        r"\hat{x}_1 = \hat{x}_2 \text{ for } m = 2",
        r"y_i = \gamma \text{ if } m=1",
        r"\hat{x}_1 = -\hat{x}_2",
        r"\hat{x}_1^2 = 1 \text{ for } m = 2",
        r"\mathrm{ivar} := \frac{1}{\sqrt{\sigma^2+\epsilon}}, \quad \frac{\partial "
        r"L}{\partial\, \mathrm{ivar}} = \sum_{i=1}^m \frac{\partial L}{\partial \hat{x}_i}",
        r"s = \sqrt{\sigma^2 + \epsilon}, \frac{\partial L}{\partial s} = -\frac{1}{s} "
        r"\sum_i \frac{\partial L}{\partial \hat{x}_i} (x_i - \mu)",
        r"dL/dsqrtvar = sum(dxhat*(x-mu))/(var+eps)",
        r"\sigma^2 = \frac{(x_1 - x_2)^2}{4} \quad (m = 3)",
        r"y_i = \hat{x}_i \qquad (\gamma = 1, \beta = 1)",
    ],
    "true": [
        r"\mu = \frac{x_1 + x_2}{2} \text{ for } m = 2",
        r"\sigma^2 = \frac{(x_1 - x_2)^2}{4} \quad (m = 2)",
        r"\hat{x}_1 = -\hat{x}_2 \text{ for } m = 2",
        r"\frac{\partial L}{\partial x_i} = 0 \text{ for } m = 1",
        r"y_i = \beta \text{ if } m=1",
        r"\hat{x}_1 + \hat{x}_2 + \hat{x}_3 = 0 \text{ if } N = 3",
        r"\hat{x}_1^2 = \hat{x}_2^2 \text{ for } m = 2",
        r"s = \sqrt{\sigma^2 + \epsilon}, \frac{\partial L}{\partial s} = -\frac{1}{s^2} "
        r"\sum_i \frac{\partial L}{\partial \hat{x}_i} (x_i - \mu)",
        r"ivar = 1/sqrt(var+eps), dL/divar = sum(dL/dxhat * (x - mu)), dL/dvar = -0.5 * "
        r"(var+eps)**(-1.5) * dL/divar",
        r"dL/dsqrtvar = -sum(dxhat*(x-mu))/(var+eps)",
        r"t = \sigma^2 + \epsilon, \frac{\partial L}{\partial t} = \frac{\partial "
        r"L}{\partial \sigma^2}",
        r"\frac{\partial l}{\partial \sigma_B^{(k)^2}} = \sum_{i=1}^m \frac{\partial "
        r"l}{\partial y_i^{(k)}} (x_i^{(k)} - \mu_B^{(k)}) \left(-\frac{\gamma^{(k)}}{2} "
        r"(\sigma_B^{(k)^2} + \epsilon)^{-3/2}\right)",
        r"\sigma^2 = \frac{(x_1 - x_2)^2}{4} \quad (m = 2)",
        r"y_i = \hat{x}_i \qquad (\gamma = 1, \beta = 0)",
        r"y_i = \gamma \hat{x}_i + \beta \quad (3.1)",
    ],
    "definition": [
        r"\mathrm{ivar} := \frac{1}{\sqrt{\sigma^2+\epsilon}}, \quad \frac{\partial "
        r"L}{\partial\, \mathrm{ivar}} = \sum_{i=1}^m \frac{\partial L}{\partial "
        r"\hat{x}_i} (x_i - \mu)",
    ],
    "undecided": [
        r"c_i = x_i - \mu, \frac{\partial L}{\partial c_i} = \frac{\partial L}{\partial "
        r"\hat{x}_i}",
        r"y_i = \gamma \quad (\hat{x}_i + \beta)",
    ],
}


@pytest.mark.parametrize(
    ("text", "wanted"), [(text, wanted) for wanted, texts in WANTED.items() for text in texts]
)
def test_one_size_and_derivatives_by_what_is_defined(text, wanted):
    verdict = judge(text, repair=False)
    assert verdict.verdict == wanted, verdict.reason


@pytest.mark.parametrize(
    "latex", [r"\mu = \frac{x_1 + x_2}{2}", r"\hat{x}_1 = -\hat{x}_2", "var = (x_1 - x_2)^2/4"]
)
def test_what_would_hold_at_two_values_only_says_so(latex):
    verdict = judge(latex, repair=False)
    assert verdict.reason == "it would hold only for m = 2"
    assert verdict.counterexample.m > 2


def test_the_counterexample_has_the_size_of_the_claim():
    verdict = judge(r"\sigma^2 = \frac{(x_1 - x_2)^2}{4} \text{ if } m = 3", repair=False)
    assert (verdict.verdict, verdict.counterexample.m) == ("false", 3)


def test_a_place_that_a_batch_has_not_is_undecided():
    assert judge(r"\hat{x}_3 = 0 \text{ for } m = 2").verdict == "undecided"
