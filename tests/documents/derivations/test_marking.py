"""Marks stand on what a rule changes, and on no more."""

from bncheck.documents.derivations.marking import changed, marked
from bncheck.symbolic.expression import Named, Symbol
from bncheck.symbolic.printers.factors import MARK
from bncheck.symbolic.printers.formula import latex
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import beta, gamma, m, mean, mu, square, total, x

a, b, c = Symbol("a"), Symbol("b"), Symbol("c")


def marks(before, after):
    """Return what is marked, as LaTeX."""
    nodes = walk(marked(before, after))
    return [latex(n.body) for n in nodes if isinstance(n, Named) and n.name == MARK]


def test_one_term_of_a_sum():
    assert marks(a + square(b) + c, a + b * b + c) == ["b^{2}"]


def test_deep_in_a_quotient():
    before = (a + total(x * mu())) / m
    assert marks(before, (a + total(x * b)) / m) == [r"\mu"]


def test_a_sign_stays_outside():
    shown = latex(marked(a - b * c, a - gamma))
    assert shown == r"a - \mark{b c}"


def test_a_bar_stays_where_it_is():
    before = a * (1 / (b + c)) * m
    assert latex(marked(before, a * m)) == r"\frac{a m}{\mark{b + c}}"


def test_where_all_changes_nothing_is_marked():
    assert marks(mean(x), mu()) == []
    assert marks(a, a) == []


def test_several_terms():
    assert sorted(marks(a + b + c + beta, a + gamma + beta)) == ["b", "c"]


def test_marks_do_not_change_what_is_printed():
    pairs = ((a + square(b) + c, a + b * b + c), ((a + total(x - mu())) / m, (a + total(x)) / m))
    for before, after in pairs:
        shown = latex(marked(before, after))
        assert r"\mark{" in shown
        for part in marks(before, after):
            shown = shown.replace(rf"\mark{{{part}}}", part)
        assert shown == latex(before)


def test_the_change_itself():
    assert changed(a + square(b), a + square(c)) == (b, c)
