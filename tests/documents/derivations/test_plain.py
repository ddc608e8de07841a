"""Formulas in plain text, as LaTeX."""

import pytest

from bncheck.documents.derivations.plain import latex
from bncheck.documents.derivations.tokens import tokens
from bncheck.documents.formulas.reading import read
from bncheck.errors import NotSupported


def written(text):
    """Return the LaTeX of all of a text."""
    among = tokens(text)
    assert among[-1].end == len(text)
    return latex(among)


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("m >= 1", r"m \ge 1"),
        ("var + eps > 0", r"\sigma^2 + \epsilon > 0"),
        ("gamma / s (a - b)", r"\frac{\gamma}{s} (a - b)"),
        ("a / b c", r"\frac{a}{b} c"),
        ("(a - b) / (2 c)", r"\frac{a - b}{2 c}"),
        ("(var + eps)^(-3/2)", r"(\sigma^2 + \epsilon)^{-3/2}"),
        ("var^2", r"(\sigma^2)^{2}"),
        ("x_i xhat_j", r"x_{i} \hat{x}_{j}"),
        ("dL/dx_j = 0", r"\frac{\partial L}{\partial x_{j}} = 0"),
        ("dy_i", r"\frac{\partial L}{\partial y_{i}}"),
        ("sqrt(var + eps)", r"\sqrt{\sigma^2 + \epsilon}"),
        ("sum_{k=1}^t w_k", r"\sum_{k = 1}^{t} w_{k}"),
        ("sum xhat^2 = m rho", r"\sum \hat{x}^{2} = m \rho"),
        ("<x, dL/dx> + 2 eps", r"\langle x, \frac{\partial L}{\partial x} \rangle + 2 \epsilon"),
        ("|J a|^2 <= |a|^2", r"|J a|^{2} \le |a|^{2}"),
        ("mean(dy xhat)", r"\mathrm{mean}(\frac{\partial L}{\partial y} \hat{x})"),
        ("var(a x) + eps", r"\mathrm{var}(a x) + \epsilon"),
        ("dL/dx 2 a / m", r"\frac{2 a}{m} \frac{\partial L}{\partial x}"),
        ("(1 / b + c) / m", r"\frac{1}{m} (\frac{1}{b} + c)"),
        ("sum dy (a - b) / c", r"\sum \frac{a - b}{c} \frac{\partial L}{\partial y}"),
        ("1 / 2 m", r"\frac{1}{2} m"),
        ("hi lo", r"\mathrm{hi} \cdot \mathrm{lo}"),
        ("-dx_2", r"-\frac{\partial L}{\partial x_{2}}"),
        ("w_{n+1}", r"w_{n + 1}"),
        ("v' H_x v", "v' H_{x} v"),
    ],
)
def test_what_is_read(text, tex):
    assert written(text) == tex
    read(tex)  # and the layout knows every sign of it


@pytest.mark.parametrize("text", ["a +", "(a", "a)", "a / / b", "^2", "sqrt a", "a ^", "|a"])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(NotSupported):
        latex(tokens(text))
