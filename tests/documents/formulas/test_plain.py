import pytest
from our_formulas import everything

from bncheck.documents.formulas import plain
from bncheck.documents.formulas.reading import read, read_lines


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\sqrt{\sigma^2 + \epsilon}", "sqrt(var + eps)"),
        (r"\hat{x}_i", "xhat_i"),
        (r"\sum_{i=1}^{m} x_i", "sum_{i=1..m} x_i"),
        (r"\frac{\partial L}{\partial \hat{x}_i}", "dL/dxhat_i"),
        (r"\frac{1}{m} \sum_i dy_i", "(1/m) sum_i dy_i"),
        (r"\frac{x_i - \mu}{2 (a + b)}", "(x_i - mu) / (2 (a + b))"),
        (r"-(\sigma^2 + \epsilon)^{-3/2}", "-(var + eps)^(-3/2)"),
        (r"\mathcal{B} \in \mathbb{R}^{m \times d}", "B in R^(m * d)"),
        (r"x^{(k)} \le \|x\|", "x^(k) <= ||x||"),
        (r"\mu_{\mathrm{run}} \leftarrow x'", "mu_run <- x'"),
        (r"\begin{cases} 1 & x \\ 0 & y \end{cases}", "{1 x; 0 y}"),
        (r"\max_i |x_i|, \dots", "max_i |x_i|, ..."),
    ],
)
def test_how_formulas_are_spelled(tex, text) -> None:
    assert plain.write(read(tex)) == text


def test_all_our_formulas_are_spelled_in_ascii() -> None:
    lines = [plain.write(row) for tex in everything() for row in read_lines(tex)]
    assert all(line.isascii() and line and "?" not in line for line in lines)
