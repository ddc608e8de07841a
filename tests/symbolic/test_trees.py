"""Walks over trees, in which one object may stand in many places."""

from bncheck.symbolic.expression import Power, Symbol, add, mul
from bncheck.symbolic.trees import length, rewritten, shared, substitute, walk

A, B = Symbol("a"), Symbol("b")


def doubled(times):
    """A tree of 2^times leaves that is a chain of few objects."""
    tree = A
    for _ in range(times):
        tree = Power(add(mul(B, tree), tree), 2)
    return tree


def test_an_object_that_stands_in_many_places_is_met_once():
    tree = doubled(60)
    assert len(list(walk(tree))) == 2 + 3 * 60
    assert length(doubled(2)) == 1 + 2 + 1 + 2 * length(doubled(1))
    assert length(tree) > 2**60


def test_equal_parts_that_are_two_objects_are_both_met():
    tree = add(mul(A, B), Power(mul(A, B), 2))
    assert len([node for node in walk(tree) if node == mul(A, B)]) == 2
    assert len([node for node in walk(*shared(tree)) if node == mul(A, B)]) == 1


def test_each_part_is_rewritten_once():
    asked = []
    assert rewritten(doubled(60), lambda node: asked.append(node)) is not None
    assert len(asked) == 2 + 3 * 60


def test_a_symbol_is_replaced_wherever_it_stands():
    assert substitute(doubled(2), "b", A) == Power(
        add(mul(A, Power(add(mul(A, A), A), 2)), Power(add(mul(A, A), A), 2)), 2
    )
