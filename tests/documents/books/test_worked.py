from fractions import Fraction

from book_supplies import parts

from bncheck.documents.books.worked import BETA, DY, EPS, GAMMA, X, example, value
from bncheck.documents.model import Table
from bncheck.symbolic import vocabulary as v


def by_hand():
    """The batch again, with nothing but fractions."""
    mu = Fraction(sum(X), len(X))
    var = sum((x - mu) ** 2 for x in X) / len(X)
    s = Fraction(3)
    assert s * s == var + EPS
    xhat = [(x - mu) / s for x in X]
    mean = Fraction(sum(DY), len(DY))
    along = sum(d * h for d, h in zip(DY, xhat, strict=True)) / len(DY)
    dx = [GAMMA / s * (d - mean - h * along) for d, h in zip(DY, xhat, strict=True)]
    return [GAMMA * h + BETA for h in xhat], dx


def test_the_numbers_are_those_that_come_out_by_hand():
    y, dx = by_hand()
    assert [value(v.batchnorm(), place) for place in (1, 2, 3, 4)] == y
    assert [value(v.backward(), place) for place in (1, 2, 3, 4)] == dx


def test_the_table_shows_them():
    [table] = parts(tuple(example()), Table)
    _, dx = by_hand()
    assert [row[-1][0].tex for row in table.rows] == [str(each) for each in dx]
    assert {len(row) for row in table.rows} == {len(table.head)}
