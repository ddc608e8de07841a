"""The normal form's polynomials: denominators are cleared, and looked up cheaply."""

from fractions import Fraction

import pytest

from bncheck.symbolic import power_sums
from bncheck.symbolic.algebra import Denominator, Polynomial, atom, constant, inverse
from bncheck.symbolic.algebra import without_inverses as cleared
from bncheck.symbolic.expression import Delta, Element, Sum, i, j, sqrt
from bncheck.symbolic.normal import equal
from bncheck.symbolic.work import TooLarge, limited


def size(value):
    """The absolute value."""
    return sqrt(value**2)


A, B, C = (atom("scalar", name) for name in "abc")
ONE = constant(1)


def test_denominators_are_cleared_up_to_their_highest_powers():
    under = B + ONE
    assert cleared(A * inverse(under) + C * inverse(under) ** 2) == A * under + C
    assert cleared(A * inverse(under) - A * inverse(under)).terms == {}
    other = C - ONE
    both = cleared(A * inverse(under) - B * inverse(other))
    assert both in (A * other - B * under, B * under - A * other)
    assert cleared(A * inverse(under * other) + ONE) == A + under * other


def test_a_denominator_within_a_denominator():
    inner = inverse(A + ONE)
    outer = inverse(B + inner)  # 1 / (b + 1 / (a + 1)) = (a + 1) / (a b + b + 1)
    assert cleared(outer * (A * B + B + ONE) - (A + ONE)).terms == {}


def test_the_hash_of_a_denominator_is_found_once(monkeypatch):
    asked = []

    class Counted(Fraction):
        def __hash__(self):
            asked.append(self)
            return super().__hash__()

    terms = Denominator([((), Counted(1, 3)), ((("scalar", "a"), 1), Counted(2, 3))])
    assert hash(terms) == hash(terms) == hash(tuple(terms))
    first = len(asked)
    assert first == 4  # two for each of the two that were made
    hash(terms)
    assert len(asked) == first
    assert Denominator(terms) == terms == tuple(terms)
    assert isinstance(inverse(A + ONE), Polynomial)


@pytest.mark.parametrize(
    "read", [power_sums.with_equal_indices, lambda p: power_sums.total(p, "i", "n")]
)
def test_each_term_is_collected_once(read, monkeypatch):
    """A mutation of 43,000 terms took minutes: each was added to a copy of all before it."""
    wide = {((("scalar", f"a{k}"), 1),): Fraction(1) for k in range(50)}
    handled = []
    collect = power_sums.collect

    def counting(terms):
        terms = list(terms)
        handled.append(len(terms))
        return collect(terms)

    monkeypatch.setattr(power_sums, "collect", counting)
    monkeypatch.setattr(Polynomial, "__add__", lambda *_: pytest.fail("a sum made term by term"))
    assert len(read(Polynomial(wide)).terms) == 50
    assert handled == [50]


def test_orders_of_dummies_are_counted():
    p = atom("element", "x", ((1, "i"),))
    with limited(1000) as one:
        power_sums.total(p, "i", "m")
    inner = atom("sum", ("m", "m", "m"), ((("w", ((0, 0), (0, 1), (0, 2), (1, "i"))), 1),))
    with limited(1000) as four:
        power_sums.total(inner, "i", "m")
    assert four.steps - one.steps == power_sums.ORDER * (24 - 1)
    with pytest.raises(TooLarge, match="steps"), limited(1):
        power_sums.total(inner, "i", "m")


ENTRY = Element("x", (i,))


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (Sum(i, size(ENTRY)) ** 2, Sum(i, ENTRY) ** 2, False),
        (Sum(i, size(ENTRY) * ENTRY), Sum(i, ENTRY**2), False),
        (Sum(i, size(ENTRY)), Sum(j, size(ENTRY[j])), True),
        (Sum(i, size(ENTRY)) ** 2, Sum(i, Sum(j, size(ENTRY) * size(ENTRY[j]))), True),
        (Sum(i, Delta(i, j) * size(ENTRY)), size(ENTRY[j]), True),
        (Delta(i, j) * size(ENTRY), Delta(i, j) * size(ENTRY[j]), True),
        (Sum(i, size(2 * ENTRY)), 2 * Sum(j, size(ENTRY[j])), True),
    ],
)
def test_the_sign_of_an_entry_belongs_to_its_index(left, right, verdict):
    """A sign was taken out of the sum over its index, so that (sum |x|)^2 was (sum x)^2."""
    assert equal(left, right) is verdict
