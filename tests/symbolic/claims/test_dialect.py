"""Formulas in the spellings that people use: read, and judged as what they say."""

import pytest
from dialect import TRUE

from bncheck.symbolic.claims.judge import judge


@pytest.mark.parametrize("latex", TRUE)
def test_what_people_print_is_read(latex):
    verdict = judge(latex)
    assert (verdict.verdict, verdict.reason) == ("true", "")


UNDECIDED = {
    r"\mu = \frac1m \sum_i x_i, + 5": "what is '+ 5' beside the formula?",
    r"\mu = \frac1m \sum_i x_i,, \mu = 1": "',' parts nothing here",
    r"y_i = \gamma \hat{x}_i + + \beta": "two signs",
    r"y_i = + \gamma \hat{x}_i": "a plus sign with nothing before it",
    r"y_i = \left( \gamma \hat{x}_i": r"\left without \right",
    r"y_i = \gamma & \hat{x}_i": "'&' is out of place",
    r"y_{i,} = \gamma \hat{x}_i + \beta": "what is y_{i,}?",
    r"y_i = \gamma \tag{1} \hat{x}_i": r"\tag is out of place",
    r"\sigma^2 = \frac{\sigma_A^2 + \sigma_B^2}{2}": r"are \sigma and \sigma_{A} of the same",
    r"\hat{x}_i = \frac{x_i - \mu_A}{\sqrt{\sigma_C^2 + \epsilon}}": "of the same values?",
    r"\hat{x}_{ij} = \frac{x_{ij}-\mu_i}{\sqrt{\sigma_i^2+\epsilon}}": "is the sample?",
    r"\gamma_1 = \gamma_2": "of the same values?",
    r"y_{ij} = \gamma_i \frac{x_{ij}-\mu_j}{\sqrt{\sigma_j^2+\epsilon}}": "of the same values?",
    r"\hat{x}_1 = -\hat{x}_2 \text{ for } m = 20": "it is claimed for one m only",
    r"\mu_i = \mu_j": "of the same values?",
    r"z^{[l]}_i = z^{[l-1]}_i": "the layers [l-1] and [l]",
    r"\sigma'^2 = \sigma^2": r"what is \sigma^2'?",
    r"\gamma^* = \gamma": "what is",
    r"\hat{x}^T = x_T": "what is",
    r"E_A[x] = E_B[x]": "what is E_{A}?",
    r"y_j = \gamma \hat{x}_j + \beta, \quad i = 1, \dots, m": "nothing has the index i",
    r"\mu = s, \quad s = t, \quad t = s": "defined by itself",
    r"y_i = \gamma \hat{x}_i + \beta \quad \beta": "what is",
    r"$\mu = \mu$ and $\mu = 1$": "one formula a claim",
    r"\begin{tikzpicture} \mu = \mu \end{tikzpicture}": "is not known",
    r"\mu = \frac1m \sum_{x \in A} x": "which is not the batch",
    r"\hat{x} x = 1 + x^T x": "a column times a column",
    r"\hat{x}^T \hat{x} = \hat{x}": "the left side is a number, the right side a column",
    r"X^T X = m + \mathbf{1}^T x": "mixes channels",
    r"x x^T + x = I": "a column is added to a matrix",
    r"x^T x^T = I": "a row times a row",
    r"\frac{I}{\mathbf{1}} = I": "a quotient by a column",
}


@pytest.mark.parametrize("latex", UNDECIDED)
def test_what_is_left_over_is_refused(latex):
    verdict = judge(latex)
    assert verdict.verdict == "undecided"
    assert UNDECIDED[latex] in verdict.reason


@pytest.mark.parametrize(
    "latex",
    [
        r"\mu = \frac1m\sum_i x_i, \quad \sigma^2 = \frac1{m-1}\sum_i (x_i-\mu)^2",
        r"\mu = \frac1m\sum_i x_i. 1 = 2",
        r"\begin{align} \mu &= \frac1m\sum_i x_i \\ y_i &= \hat{x}_i \gamma + 1 \end{align}",
        r"\sigma_y^2 = \sigma_x^2",
        r"\mu_y = \gamma",
        r"y_i = \gamma \hat{x}_j + \beta",
        r"\mu = \frac1m \sum_{i=0}^{m-1} x_j",
        r"a_1 = a_2",
        r"\sigma = \sqrt{\frac{1}{m}\sum_{i=1}^m (x_i-\mu)^2 + \epsilon}, \quad "
        r"\hat{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2+\epsilon}}",
        r"y_i = \gamma\hat{x}_i+\beta, \quad \frac{\partial L}{\partial \gamma} = "
        r"\sum_i \frac{\partial L}{\partial y_i} y_i",
        r"\hat{x} = \frac{1}{\sqrt{\sigma^2+\epsilon}}(I - \mathbf{1}\mathbf{1}^T) x",
        r"\hat{x}^T \hat{x} = m - 1",
        r"x - \mu = (I - \frac1m x x^T) x",
        r"\nabla_x L = \frac{\gamma}{\sqrt{\sigma^2+\epsilon}} "
        r"(I - \frac1m \hat{x} \hat{x}^T) \nabla_y L",
    ],
)
def test_each_equation_is_judged(latex):
    assert judge(latex, {"a": "scalar"}).verdict == "false"


WHERE = [
    (r"\hat{x}_i = \frac{x_i - \mu}{s}", {"s": r"\sqrt{\sigma^2 + \epsilon}"}, "true"),
    (r"\hat{x}_i = \frac{x_i - \mu}{s}", {"s": r"\sigma^2 + \epsilon"}, "false"),
    (r"\hat{x}_i = c_i / s", {"s": "std+eps", "c_i": r"x_i - \mu"}, "true"),
    (r"\sum_j c_j = 0", {"c_i": r"x_i - \mu"}, "true"),
    (r"\sigma_A^2 = \sigma_B^2", {r"\sigma_A^2": "positive scalar"}, "false"),
    (r"s^2 = \frac{m}{m-1} \sigma^2", {"s^2": "unbiased variance"}, "true-if"),
    (r"\gamma' = \gamma", {r"\gamma'": "scalar"}, "false"),
    (
        r"z^{(i)}_{norm} = (z^{(i)} - \mu) inv",
        {"z": "x", "z_{norm}": "xhat", "inv": "1/(std+eps)"},
        "true",
    ),
    (r"\hat{x}_i = (x_i - \mu) \, inv", {"inv": "1/(std+eps)"}, "true"),
]


@pytest.mark.parametrize(("latex", "where", "verdict"), WHERE)
def test_where_says_meanings_and_formulas(latex, where, verdict):
    judged = judge(latex, where)
    assert judged.verdict == verdict, judged.reason
