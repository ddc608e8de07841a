"""Values by cases, and parts with braces, colours and strokes around them."""

import pytest

from bncheck.symbolic.claims.judge import judge

JACOBIAN = r"\frac{\partial \hat x_i}{\partial x_j} = \frac{1}{\sqrt{\sigma^2+\epsilon}} "
CENTRED = r"\frac{\partial (x_i - \mu)}{\partial x_j} = "
WANTED = {
    "true": [
        JACOBIAN + r"\begin{cases} 1 - \frac1m - \frac{\hat x_i^2}{m} & \text{if } i = j \\ "
        r"-\frac1m - \frac{\hat{x}_i\hat{x}_j}{m} & \text{otherwise} \end{cases}",
        r"\frac{\partial y_k}{\partial x_i} = \left\{\begin{array}{ll} \frac{\gamma}{\sqrt{"
        r"\sigma^2+\epsilon}} (1 - \frac1m - \frac{\hat x_i^2}{m}), & i = k \\ -\frac{\gamma}{"
        r"\sqrt{\sigma^2+\epsilon}} (\frac1m + \frac{\hat x_i \hat{x}_k}{m}), & i \ne k "
        r"\end{array}\right.",
        r"\frac{\partial x_j}{\partial x_i} = \begin{cases} 1 & \text{if $i=j$} \\ 0 & "
        r"\text{else} \end{cases}",
        CENTRED + r"\begin{dcases} -\frac1m, & i \neq j, \\ 1-\frac1m, & \mbox{otherwise}. "
        r"\end{dcases}",
        r"\underbrace{y_i}_{\text{output}} = \overbrace{\gamma}^{\text{scale}} \hat{x}_i + "
        r"\underbrace{\beta}_{\text{shift}}",
        r"\frac{\partial L}{\partial \beta} = \sum_i \frac{\partial L}{\partial y_i} "
        r"\underbrace{\frac{\partial y_i}{\partial \beta}}_{=1}",
        r"\begin{align} y_i &= \underbrace{\gamma \hat{x}_i}_{=\gamma\hat{x}_i} + \beta \notag"
        r"\end{align}",
        r"{\color{red} y_i} = \gamma \textcolor[rgb]{1,0,0}{\hat{x}_i} + \colorbox{red}{$\beta$}",
        r"\sigma_{\color{red} B}^2 = \frac1m \sum_i (x_i - \mu_B)^2",
        r"\frac{\partial \sigma^2}{\partial \mu} = -\frac2m \cancelto{0}{\sum_i (x_i-\mu)} = 0",
        r"\frac{\cancel{m}}{\cancel{m}} \mu \hspace{2mm} = \hspace*{1em} \frac1m\sum_i x_i",
        r"\mu \overset{(1)}{=} \frac1m \sum_i x_i \stackrel{\eqref{eq:a}}{=} \mu",
        r"y_i = \boxed{\gamma \hat{x}_i + \beta} \phantom{xxx} \label{eq:y}",
    ],
    "false": [
        JACOBIAN + r"\begin{cases} 1 - \frac1m + \frac{\hat x_i^2}{m} & \text{if } i = j \\ "
        r"-\frac1m - \frac{\hat{x}_i\hat{x}_j}{m} & \text{otherwise} \end{cases}",
        JACOBIAN + r"\begin{cases} 1 - \frac1m - \frac{\hat x_i^2}{m} & \text{if } i = j \\ "
        r"-\frac{\hat{x}_i\hat{x}_j}{m} & \text{otherwise} \end{cases}",
        CENTRED + r"\begin{cases} -\frac1m & i = j \\ 1-\frac1m & i \neq j \end{cases}",
        r"\underbrace{y_i}_{\text{output}} = \overbrace{\gamma}^{\text{scale}} \hat{x}_i - "
        r"\underbrace{\beta}_{\text{shift}}",
        r"\frac{\partial L}{\partial \beta} = \sum_i \frac{\partial L}{\partial y_i} "
        r"\underbrace{\frac{\partial y_i}{\partial \beta}}_{=0}",
        r"\begin{align} y_i &= \underbrace{\gamma \hat{x}_i}_{0} + \beta \end{align}",
        r"{\color{red} y_i} = \gamma \textcolor{blue}{\hat{x}_i} + 2\colorbox{red}{$\beta$}",
        r"\frac{\partial \sigma^2}{\partial \mu} = -\frac2m \cancelto{1}{\sum_i (x_i-\mu)} = 0",
        r"\mu \stackrel{\eqref{eq:a}}{=} \frac2m \sum_i x_i",
    ],
}


@pytest.mark.parametrize(
    ("latex", "wanted"), [(text, wanted) for wanted, texts in WANTED.items() for text in texts]
)
def test_what_is_decorated_or_by_cases_is_judged(latex, wanted):
    verdict = judge(latex, repair=False)
    assert verdict.verdict == wanted, verdict.reason


REFUSED = {
    r"y = \begin{cases} x & \text{training} \\ \beta & \text{otherwise} \end{cases}": "'training'?",
    r"\mu = \begin{cases} 1 & i = j \\ 2 & i = j \end{cases}": "do not exclude one another",
    r"\mu = \begin{cases} 1 & i = j \\ 2 & i \neq k \end{cases}": "do not exclude one another",
    r"\mu = \begin{cases} 1 & i = j \\ 2 & j = k \\ 3 & i = k \end{cases}": "if there are two",
    r"\mu = 1 + \begin{cases} 1 \\ 2 \end{cases}": "a condition belongs behind &",
    r"\mu = \begin{cases} 1 & i = j \\ 2": r"\begin without \end",
    r"y_i = \gamma \underbrace{x_i - \mu}_{c_i}": "put it in brackets (at character 14)",
    r"\mu \stackrel{!}{=} 0": "what is '!' over a relation sign?",
    r"y_i = \textcolor{red}": "ends too early",
}


@pytest.mark.parametrize("latex", REFUSED)
def test_what_cannot_be_taken_apart_is_refused(latex):
    verdict = judge(latex)
    assert verdict.verdict == "undecided"
    assert REFUSED[latex] in verdict.reason
