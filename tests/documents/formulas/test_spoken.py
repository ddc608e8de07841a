import pytest
from our_formulas import everything

from bncheck.documents.formulas.reading import read, read_lines
from bncheck.documents.formulas.spoken import say


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\hat{x}_i", "x hat sub i"),
        (r"\sigma^2 + \epsilon", "sigma squared plus epsilon"),
        (r"\sum_{i=1}^m x_i", "the sum over i from 1 to m of x sub i"),
        (r"\frac{\gamma}{s}", "gamma over s"),
        (
            r"\frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}} = 1",
            "the fraction x sub i minus mu over the square root of sigma squared plus epsilon, "
            "end root, end fraction, equals 1",
        ),
        (
            r"\frac{\partial L}{\partial x_i} = 0",
            "the partial derivative of capital L by x sub i, equals 0",
        ),
        (r"(a + b)^2 c", "the quantity a plus b, end quantity, squared c"),
        (
            r"\mathrm{D}_{x_i \to v_i} y_j",
            "the derivative, where x sub i moves by v sub i, of y sub j",
        ),
        (r"\|x\| \le -2", "the norm of x, end norm, is at most negative 2"),
        (r"\mathbf{W}^\top x^{-1}", "bold capital W transposed x to the power negative 1"),
    ],
)
def test_how_formulas_are_said(tex, said) -> None:
    assert say(read(tex)) == said


def test_all_our_formulas_are_said_in_words() -> None:
    for tex in everything():
        for row in read_lines(tex):
            said = say(row)
            assert said.isascii(), said
            assert ",," not in said
            assert not set(said) & set("\\{}^_")
