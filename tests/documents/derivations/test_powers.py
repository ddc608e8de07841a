"""Powers of one base are gathered where a root says that it is positive."""

from fractions import Fraction

from bncheck.documents.derivations.powers import gathered
from bncheck.symbolic.expression import Symbol, power
from bncheck.symbolic.printers.formula import latex
from bncheck.symbolic.vocabulary import eps, std, var

a, b = Symbol("a"), Symbol("b")


def test_a_root_and_a_whole_power():
    found = gathered((var() + eps) ** -2 * a * std())
    assert found == a * power(var() + eps, Fraction(-3, 2))
    assert latex(found) == r"a \left(\sigma^2 + \epsilon\right)^{-3/2}"


def test_what_may_be_0_is_left():
    assert gathered(a * b * a**-1) == a * b * a**-1


def test_within_sums():
    inner = (var() + eps) ** -1 * std()
    assert latex(gathered(1 + inner)) == r"\frac{1}{\sqrt{\sigma^2 + \epsilon}} + 1"
