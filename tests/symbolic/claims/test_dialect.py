"""Formulas in the spellings that people use: read, and judged as what they say."""

import pytest

from bncheck.symbolic.claims.judge import judge

TRUE = [
    # delimiters, environments, labels, comments
    r"$\mu = \frac{1}{m}\sum_{i=1}^{m} x_i$",
    r"$$ y_i = \gamma \hat{x}_i + \beta. $$",
    r"\[ \sigma^2 = \frac1m \sum_i (x_i - \mu)^2 \]",
    r"\begin{equation} \label{eq:bn} y_i = \gamma\hat{x}_i + \beta \tag{3} \end{equation}",
    r"""\begin{align*}
        \mu_B &= \frac{1}{m} \sum_{i=1}^m x_i, \\ % the mean
        \sigma_B^2 &= \frac{1}{m} \sum_{i=1}^m (x_i - \mu_B)^2, \\
        \hat{x}_i &= \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}, \nonumber \\
        y_i &= \gamma \hat{x}_i + \beta.
    \end{align*}""",
    r"\begin{aligned} \sigma^2 &= \frac1m \sum_i (x_i-\mu)^2 \\ &= \frac1m \sum_i x_i^2 - \mu^2"
    r"\end{aligned}",
    r"\begin{gather} \mu = \frac1N \sum_n x_n \\ y_n = \gamma \hat{x}_n + \beta \end{gather}",
    r"\left\{\begin{aligned} \mu &= \frac1m\sum_i x_i \\ y_i &= \gamma\hat{x}_i + \beta"
    r"\end{aligned}\right.",
    r"\begin{cases} \mu = \frac1m\sum_i x_i \\ y_i = \gamma\hat{x}_i + \beta \end{cases}",
    r"\boxed{ \frac{\partial L}{\partial \beta} = \sum_{i=1}^m \frac{\partial L}{\partial y_i} }",
    r"\begin{split} y_i &= \gamma \hat{x}_i \\ &\quad + \beta \end{split}",
    # equation numbers, ranges, conditions
    r"y_i = \gamma \hat{x}_i + \beta \qquad (2.1)",
    r"y_i = \gamma \hat{x}_i + \beta, \quad i = 1, \dots, m",
    r"y_i = \gamma \hat{x}_i + \beta \quad \text{for all } i",
    r"y_i = \gamma \hat{x}_i + \beta \qquad \forall i \in \{1, \ldots, m\}",
    r"\sum_i \hat{x}_i^2 = m \quad \text{if } \epsilon = 0",
    r"\text{For } \gamma = 1, \beta = 0 \text{ we have } y_i = \hat{x}_i",
    r"\gamma = 1 \Rightarrow \frac{\partial L}{\partial \hat{x}_i} = "
    r"\frac{\partial L}{\partial y_i}",
    r"\hat{x}_i = \frac{x_i - \mu}{s}, \quad s = \sqrt{\sigma^2 + \epsilon}",
    r"\hat{x}_i = \frac{c_i}{s} \text{ where } c_i = x_i - \mu \text{ and } "
    r"s = \sqrt{\sigma^2+\epsilon}",
    # indices
    r"y_{i,j} = \gamma_j \hat{x}_{i,j} + \beta_j",
    r"y_{ij} = \gamma_j \hat{x}_{ij} + \beta_j",
    r"\mu_j = \frac1m \sum_{i=1}^m x_{ij}",
    r"\mu = \frac1m \sum_i x_{i,c}",
    r"y_i^{(k)} = \gamma^{(k)} \hat{x}_i^{(k)} + \beta^{(k)}",
    r"\hat{x_i} = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}",
    r"\mathbf{\hat{x}}_i = \frac{\mathbf{x}_i - \boldsymbol{\mu}}"
    r"{\sqrt{\boldsymbol{\sigma}^2 + \epsilon}}",
    r"\mu_{\mathcal{B}} \leftarrow \frac{1}{m} \sum_{i=1}^m x_i",
    r"\mu_B = \frac{1}{|B|} \sum_{x \in B} x",
    r"\mu_{\mathcal B} = \frac{1}{|\mathcal{B}|} \sum_{i \in \mathcal{B}} x_i",
    r"\sigma_B^2 = \frac{1}{|B|} \sum_{x \in B} (x - \mu_B)^2",
    r"\mu = \frac1m \sum_{i=0}^{m-1} x_i",
    r"\mu = \frac1m \sum\limits_{i=1}^m x_i",
    # operators and words
    r"\mathbb{E}[\hat{x}] = 0",
    r"\mathrm{Var}(x) = \mathbb{E}[x^2] - \mathbb{E}[x]^2",
    r"\operatorname{Var}[x] = \mathbb{E}[(x - \mathbb{E}[x])^2]",
    r"y = \frac{x - \mathrm{E}[x]}{\sqrt{\mathrm{Var}[x] + \epsilon}} * \gamma + \beta",
    r"y_i = BN_{\gamma,\beta}(x_i)",
    r"y_i = \text{BN}(x_i)",
    r"\nabla_{\beta} L = \sum_i \nabla_{y_i} L",
    r"\partial L / \partial \beta = \sum_i \partial L / \partial y_i",
    r"\mathrm{dxhat}_i = \gamma \cdot \mathrm{dout}_i",
    r"\hat{x}_i = \text{xmu}_i \cdot \text{ivar}",
    r"dgamma = \sum_i dout_i \hat{x}_i",
    r"|\gamma| = \sqrt{\gamma^2}",
    # Unicode
    "μ = 1/m Σᵢ xᵢ",
    "x̂ᵢ = (xᵢ − μ) / √(σ² + ε)",
    "∂L/∂β = ∑ᵢ ∂L/∂yᵢ",
    "yᵢ = γ·x̂ᵢ + β",
    "σ² = 1/m ∑ᵢ (xᵢ − μ)²",
    "E[x̂] = 0",
    # the gradient in four hands
    r"\frac{\partial \mathcal{L}}{\partial x_i} = \frac{\gamma}{\sqrt{\sigma^2+\epsilon}}\left("
    r"\frac{\partial \mathcal{L}}{\partial y_i} - \frac1m \sum_j \frac{\partial \mathcal{L}}"
    r"{\partial y_j} - \frac{\hat{x}_i}{m} \sum_j \frac{\partial \mathcal{L}}{\partial y_j} "
    r"\hat{x}_j \right)",
    r"dx_i = \frac{\gamma}{N} (\sigma^2 + \epsilon)^{-1/2} \left( N dy_i - \sum_{j=1}^N dy_j "
    r"- (x_i - \mu) (\sigma^2+\epsilon)^{-1} \sum_{j=1}^N dy_j (x_j - \mu) \right)",
    r"\frac{dL}{dx_i} = \frac{1}{m\sqrt{\sigma^2+\epsilon}} \Big( m \frac{dL}{d\hat{x}_i} "
    r"- \sum_{j=1}^m \frac{dL}{d\hat{x}_j} - \hat{x}_i \sum_{j=1}^m \frac{dL}{d\hat{x}_j} \hat{x}_j"
    r"\Big)",
]


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
    r"y_i = \gamma \tag{1} \hat{x}_i": r"\tag is out of place",
    r"\sigma^2 = \frac{\sigma_A^2 + \sigma_B^2}{2}": r"are \sigma and \sigma_{A} of the same",
    r"\hat{x}_i = \frac{x_i - \mu_A}{\sqrt{\sigma_C^2 + \epsilon}}": "of the same values?",
    r"\gamma_1 = \gamma_2": "of the same values?",
    r"\mu_i = \mu_j": "of the same values?",
    r"z^{[l]}_i = z^{[l-1]}_i": "the layers [l-1] and [l]",
    r"\sigma'^2 = \sigma^2": r"what is \sigma^2'?",
    r"\gamma^* = \gamma": "what is",
    r"\hat{x}^T \hat{x} = 1": "what is",
    r"E_A[x] = E_B[x]": "what is E_{A}?",
    r"y_j = \gamma \hat{x}_j + \beta, \quad i = 1, \dots, m": "nothing has the index i",
    r"\mu = s, \quad s = t, \quad t = s": "defined by itself",
    r"y_i = \gamma \hat{x}_i + \beta \quad \beta": "what is",
    r"$\mu = \mu$ and $\mu = 1$": "one formula a claim",
    r"\begin{tikzpicture} \mu = \mu \end{tikzpicture}": "is not known",
    r"\mu = \frac1m \sum_{x \in A} x": "which is not the batch",
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
    (r"\hat{x}_i = (x_i - \mu) \, inv", {"inv": "1/(std+eps)"}, "true"),
]


@pytest.mark.parametrize(("latex", "where", "verdict"), WHERE)
def test_where_says_meanings_and_formulas(latex, where, verdict):
    judged = judge(latex, where)
    assert judged.verdict == verdict, judged.reason
