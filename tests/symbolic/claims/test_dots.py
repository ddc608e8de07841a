"""Sums and lists with dots, sums over several indices, indicators of two indices."""

import pytest

from bncheck.symbolic.claims.judge import judge

JACOBIAN = r"\frac{\partial \hat{x}_i}{\partial x_k} = \frac{1}{\sqrt{\sigma^2+\epsilon}}"
WANTED = {
    "true": [
        r"\mu = \frac{x_1 + x_2 + \cdots + x_m}{m}",
        r"\mu = \frac{1}{m}(x_1 + \dots + x_m)",
        r"\mu = \frac{1}{N}(x^{(1)} + x^{(2)} + \ldots + x^{(N)})",
        r"\sigma^2 = \frac{(x_1-\mu)^2 + \cdots + (x_m - \mu)^2}{m}",
        r"\sigma^2 = \frac{x_1^2 + x_2^2 + \cdots + x_m^2}{m} - \mu^2",
        r"\hat{x}_1 + \dots + \hat{x}_m = 0",
        r"\frac{\partial L}{\partial \beta} = \frac{\partial L}{\partial y_1} + \dots + "
        r"\frac{\partial L}{\partial y_m}",
        r"\mu = \frac1m (x_0 + x_1 + \dots + x_{m-1})",
        r"\sigma^2 = \mathrm{Var}(\{x_1, \dots, x_m\})",
        r"\mu = \mathbb{E}[x_1, x_2, \dots, x_m]",
        r"-\mu m = -x_1 - x_2 - \dots - x_m",
        r"\mu = (x_1 + x_2 + ... + x_m)/m",
        r"mu = (x_1 + x_2 + ... + x_m)/m",
        r"mu = (x1 + ... + x_m)/m",
        r"\sum_{i,j} \hat{x}_i \hat{x}_j = 0",
        r"\sigma^2 = \frac{1}{2m^2} \sum_{i,j=1}^{m} (x_i - x_j)^2",
        JACOBIAN + r"(\mathbb{1}_{i=k} - \frac1m - \frac1m\hat x_i \hat x_k)",
        JACOBIAN + r"(\mathbb{1}_{\{i=k\}} - \frac1m - \frac1m\hat x_i \hat x_k)",
        JACOBIAN + r"(\mathbf 1[i=k] - \frac1m - \frac1m\hat x_i \hat x_k)",
        JACOBIAN + r"([i=k] - \frac1m - \frac1m\hat x_i \hat x_k)",
        JACOBIAN + r"(\mathbb{I}(i=k) - \frac1m - \frac1m\hat x_i \hat x_k)",
        JACOBIAN + r"(\delta_{i,k} - \frac1m - \frac1m\hat x_i \hat x_k)",
        r"\frac{\partial (x_i-\mu)}{\partial x_j} = \delta(i,j) - \frac1m",
        r"\mathbf{1}^T \mathbf{1} = m",
        r"\sum_j \mathbb{1}[i=j] x_j = x_i",
    ],
    "false": [
        r"\mu = \frac{1}{m-1}(x_1 + \dots + x_m)",
        r"\sigma^2 = \frac{(x_1-\mu)^2 + \cdots + (x_m - \mu)^2}{m-1}",
        r"\hat{x}_1 + \dots + \hat{x}_m = 1",
        r"\frac{\partial L}{\partial \beta} = \frac{\partial L}{\partial \hat{x}_1} + "
        r"\dots + \frac{\partial L}{\partial \hat{x}_m} + 1",
        r"\mu = x_1 + \dots + x_m",
        r"\mu = \mathrm{Var}(x_1, \dots, x_m)",
        r"mu = (x_1 + x_2 + ... + x_m)",
        r"\sum_{i,j=1}^m \hat{x}_i \hat{x}_j = m",
        r"\sigma^2 = \frac{1}{m^2} \sum_{i,j} (x_i - x_j)^2",
        JACOBIAN + r"(\mathbb{1}_{i\neq k} - \frac1m - \frac1m\hat x_i \hat x_k)",
        JACOBIAN + r"([i=k] - \frac1m - \hat x_i \hat x_k)",
        r"\frac{\partial (x_i-\mu)}{\partial x_j} = \delta(i,j) + \frac1m",
    ],
}


@pytest.mark.parametrize(
    ("text", "wanted"), [(text, wanted) for wanted, texts in WANTED.items() for text in texts]
)
def test_what_dots_and_indicators_say_is_judged(text, wanted):
    verdict = judge(text, repair=False)
    assert verdict.verdict == wanted, verdict.reason


REFUSED = {
    r"\mu = x_2 + \dots + x_m": "the terms before the dots differ (at character 13)",
    r"\mu = x_1 + x_3 + \dots + x_m": "the terms before the dots differ",
    r"\mu = x_1^2 + x_2 + \dots + x_m": "the terms before the dots differ",
    r"\mu = x_1 + \dots + x_k": "the terms before the dots differ",
    r"m \mu = x_1 - \dots + x_m": "the dots have another sign than what follows (at character 13)",
    r"m \mu = x_1 + x_2 + \dots - x_m": "the dots have another sign than what follows",
    r"m \mu = x_1 - x_2 + \dots + x_m": "the terms before the dots differ",
    r"\mu = \mathrm{E}[x_1, \dots + 1, x_m]": "dots at the end of a list",
    r"\mu = x_1 + \dots": "dots at the end of a sum",
    r"\mu = \mathrm{E}[x_1, x_2]": "a list of values is not read here",
    r"\mu = \mathrm{E}[x_1, \dots, x_m, x_1]": "does not go from 1 to the batch size",
}


@pytest.mark.parametrize("latex", REFUSED)
def test_dots_that_can_mean_anything_are_refused(latex):
    verdict = judge(latex)
    assert verdict.verdict == "undecided"
    assert REFUSED[latex] in verdict.reason
