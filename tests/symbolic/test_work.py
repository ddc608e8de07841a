"""A bound on work that is a count."""

import random

import pytest

from bncheck.symbolic.algebra import atom, constant
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.claims.enclosures import Page
from bncheck.symbolic.claims.quotients import rooted
from bncheck.symbolic.expression import i
from bncheck.symbolic.trees import substitute
from bncheck.symbolic.vocabulary import eps, var, xhat
from bncheck.symbolic.work import NODE, STEPS, TooLarge, limited

A, B, C = (atom("scalar", name) for name in "abc")


def test_additions_are_counted_and_limited():
    """A count of products alone let a formula of 43,000 terms add for minutes."""
    with limited(1) as work:
        total = constant(0)
        for _ in range(20):
            total = total + A
        assert (work.products, work.steps) == (0, 1 + 2 * 19)
        for _ in range((STEPS - work.steps) // 2):
            total = total + A
        with pytest.raises(TooLarge, match=f"smaller steps.*more than {STEPS} steps"):
            total + A


def test_blocks_count_for_themselves():
    with limited(2) as outer:
        with limited(9) as inner:
            assert ((A + B) * (A + C)).terms
        assert (outer.products, inner.products) == (0, 4)
        with pytest.raises(TooLarge, match="more than 2 products of terms"):
            (A + B) * (A + C)


@pytest.mark.parametrize(
    "handled",
    [
        without_derivatives,
        rooted,
        lambda tree: substitute(tree, "eps", eps),
        lambda tree: Page(Point(random.Random(1), {"m": 2}), 64).value(tree, {i: 1}),
        lambda _: evaluate(var(), {}, Scene(Point(random.Random(1), {"m": 2}))),
    ],
    ids=["differentiated", "rooted", "substituted", "enclosed", "evaluated"],
)
def test_nodes_are_counted(handled):
    tree = (xhat() + var()) ** 2
    with limited(1000) as work:
        handled(tree)
    assert work.steps >= 5 * NODE
    with pytest.raises(TooLarge, match="steps"), limited(1):
        handled(tree)
