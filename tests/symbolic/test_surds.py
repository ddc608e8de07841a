r"""Roots that no unknown can be solved from: what is proved of them, and what is not."""

import pytest

from bncheck.errors import NotSupported
from bncheck.symbolic.algebra import constant
from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.expression import Delta, Element, Sum, Symbol, as_expr, i, j, k, sqrt
from bncheck.symbolic.factors import root_of_square
from bncheck.symbolic.normal import Normalizer, equal
from bncheck.symbolic.surds import MAX_NUMBER
from bncheck.symbolic.vocabulary import eps, mu, x

A, B = Symbol("a"), Symbol("b")


def number(value):
    return sqrt(as_expr(value))


def size(value):
    return sqrt(value**2)


@pytest.mark.parametrize(
    ("formula", "conditions"),
    [
        (r"\sqrt{x_i^2} = |x_i|", ()),
        (r"\sqrt{\sigma^4} = \sigma^2", ()),
        (r"\sqrt{(x_i - \mu)^2} = |x_i - \mu|", ()),
        (r"|x_i - \mu| = |\mu - x_i|", ()),
        (r"\sqrt{x_i^2 - 2 x_i \mu + \mu^2} = |x_i - \mu|", ()),
        (r"\sqrt{(x_i + \mu)^2 - 4 x_i \mu} = |x_i - \mu|", ()),
        (r"\sqrt{\mu^2 + 2 \mu \sigma^2 + \sigma^4} = |\mu + \sigma^2|", ()),
        (r"\sqrt{(\sigma^2 - \epsilon)^2} = |\epsilon - \sigma^2|", ()),
        (r"\sqrt{1 + 2 \epsilon + \epsilon^2} = 1 + \epsilon", ()),
        (r"|\hat{x}_i| = \frac{|x_i - \mu|}{\sqrt{\sigma^2 + \epsilon}}", ()),
        (r"\sqrt{(\gamma \hat{x}_i)^2} = |\gamma| |\hat{x}_i|", ()),
        (r"\sqrt{x_i^2 + \epsilon} \sqrt{x_i^2 + \epsilon} = x_i^2 + \epsilon", ()),
        (r"(\sqrt{x_i^2 + \epsilon})^3 = (x_i^2 + \epsilon) \sqrt{x_i^2 + \epsilon}", ()),
        (r"\sqrt{x_i^2 + \epsilon} \sqrt{x_j^2 + \epsilon}"
         r" = \sqrt{(x_i^2 + \epsilon) (x_j^2 + \epsilon)}", ()),
        (r"(\sqrt{x_i^2 + \epsilon} + x_i) (\sqrt{x_i^2 + \epsilon} - x_i) = \epsilon", ()),
        (r"\sum_{i=1}^m |x_i - \mu| = \sum_{k=1}^m \sqrt{(\mu - x_k)^2}", ()),
        (r"(\sum_{i=1}^m |x_i - \mu|)^2 = \sum_{i=1}^m \sum_{j=1}^m |x_i - \mu| |x_j - \mu|", ()),
        (r"\sum_{i=1}^m |x_i - \mu| |x_i - \mu| = m \sigma^2", ()),
        (r"\sqrt{\sqrt{\sigma^2 + \epsilon}} \sqrt{\sqrt{\sigma^2 + \epsilon}}"
         r" = \sqrt{\sigma^2 + \epsilon}", ()),
        (r"\sqrt{2} \sqrt{\sigma^2 + \epsilon} = \sqrt{2 \sigma^2 + 2 \epsilon}", ()),
        (r"\sqrt{\sigma^4 + 2 \epsilon \sigma^2 + \epsilon^2} = \sigma^2 + \epsilon", ()),
        (r"\sqrt{\frac{\sigma^2}{\sigma^2 + \epsilon}}"
         r" = \frac{\sqrt{\sigma^2}}{\sqrt{\sigma^2 + \epsilon}}", ()),
        (r"\sqrt{\frac{m}{m - 1}} \sqrt{\sigma^2}"
         r" = \sqrt{\frac{1}{m - 1} \sum_{i=1}^m (x_i - \mu)^2}", ("m > 1",)),
        (r"\sqrt{2} \sqrt{3} = \sqrt{6}", ()),
        (r"\frac{\sqrt{8}}{2} = \sqrt{2}", ()),
        (r"\frac{1}{\sqrt{2}} = \frac{\sqrt{2}}{2}", ()),
        (r"\sqrt{a} \sqrt{a} = a", ("a >= 0",)),
        (r"\sqrt{a b} = \sqrt{a} \sqrt{b}", ("a b >= 0", "a >= 0", "b >= 0")),
    ],
)  # fmt: skip
def test_what_is_right_of_roots_is_proved(formula, conditions):
    verdict = judge(formula)
    assert verdict.verdict == ("true-if" if conditions else "true"), verdict
    assert verdict.conditions == conditions
    assert verdict.counterexample is None


@pytest.mark.parametrize(
    ("formula", "conditions"),
    [
        (r"\sqrt{x_i^2} = x_i", ("x_i >= 0",)),
        (r"\sqrt{x_i^6} = x_i^3", ("x_i >= 0",)),
        (r"\sqrt{(x_i - \mu)^2} = x_i - \mu", ("x_i - mu >= 0",)),
        (r"\sqrt{(\sigma^2 - \epsilon)^2} = \sigma^2 - \epsilon", ("sigma^2 - eps >= 0",)),
        (r"\sqrt{\gamma^2 (\sigma^2 + \epsilon)} = \gamma \sqrt{\sigma^2 + \epsilon}",
         ("gamma >= 0",)),
        (r"\sqrt{\mu^2} = \mu", ("mu >= 0",)),
        (r"\sqrt{\sigma^2 + \epsilon} = \sqrt{\sigma^2} + \sqrt{\epsilon}", ()),
        (r"\sqrt{\sigma^4 + \epsilon^2} = \sigma^2 + \epsilon", ()),
        (r"\sqrt{\sum_{i=1}^m x_i^2} = \sum_{i=1}^m |x_i|", ()),
        (r"|x_i + x_j| = |x_i| + |x_j|", ()),
        (r"\sqrt{x_i^2 + \epsilon} = x_i + \epsilon", ()),
        (r"\sqrt{x_i^2 + \epsilon} = \sqrt{x_j^2 + \epsilon}", ()),
        (r"\sqrt{2} + \sqrt{3} = \sqrt{5}", ()),
        (r"\sqrt{2} \sqrt{3} = \sqrt{5}", ()),
    ],
)  # fmt: skip
def test_what_is_wrong_of_roots_has_a_counterexample(formula, conditions):
    verdict = judge(formula, repair=False)
    assert verdict.verdict == ("true-if" if conditions else "false"), verdict
    assert verdict.conditions == conditions
    assert verdict.counterexample is not None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (size(A), A),
        (size(A - B), A - B),
        (sqrt(A - B), sqrt(B - A)),
        (sqrt(A * B), A * B),
        (sqrt(A**2 + B**2), A + B),
        (sqrt(x**2 + eps), sqrt(x[j] ** 2 + eps)),
        (Sum(i, size(x - mu())), Sum(i, x - mu())),
        (Sum(i, size(x - mu())) ** 2, Sum(i, (x - mu()) ** 2)),
        (Sum(i, sqrt(x**2 + eps) * x), sqrt(x**2 + eps) * Sum(i, x)),
        (sqrt(x**2 + x[j] + eps), sqrt(x[j] ** 2 + x + eps)),
        (number(2), number(3)),
        (number(2) + number(3), number(5)),
    ],
)
def test_what_is_not_equal_is_not_proved(left, right):
    """What is left with such a root in it proves nothing: not that the sides differ, either."""
    assert not _proved(left, right)


def _proved(left, right):
    try:
        return equal(left, right)
    except NotSupported:
        return False


def test_a_root_belongs_to_its_indices():
    root = sqrt((x - x[j]) ** 2 + eps)
    assert equal(root, sqrt((x[j] - x) ** 2 + eps))
    assert equal(Delta(i, j) * sqrt(x**2 + eps), Delta(i, j) * sqrt(x[j] ** 2 + eps))
    assert equal(Sum(k, Delta(k, j) * sqrt(x[k] ** 2 + eps)), sqrt(x[j] ** 2 + eps))
    assert equal(Sum(i, sqrt(x**2 + eps) ** 2), Sum(i, x**2) + Symbol("m", True) * eps)


def test_entries_that_are_the_same_under_a_delta_are_multiplied():
    """Two factors of a sum that became one entry counted once: w_ki w_kj was w_ki."""
    at_i, at_j = Element("w", (k, i)), Element("w", (k, j))
    product = Delta(i, j) * Sum(k, at_i * at_j)
    assert equal(product, Delta(i, j) * Sum(k, at_i**2))
    assert not equal(product, Delta(i, j) * Sum(k, at_i))


def test_the_root_of_a_square_is_found_up_to_its_sign():
    read = Normalizer().form
    form = read((A - 2 * B + 3) ** 2)
    found = root_of_square(form)
    assert found is not None
    assert found**2 == form
    assert found in (read(A - 2 * B + 3), read(2 * B - A - 3))
    for other in ((A - B) * (A + B), A**2 + B**2, A**2 + 2 * A * B + 4 * B**2, 2 * (A - B) ** 2):
        assert root_of_square(read(other)) is None
    assert root_of_square(constant(4)) is None  # a number has a root of its own


def test_a_number_that_is_too_large_to_take_apart_is_not_looked_at():
    with pytest.raises(NotSupported, match="number as large as"):
        equal(number(MAX_NUMBER + 1), number(MAX_NUMBER + 1) + 1)
