"""Rules in words that say what they do here."""

from bncheck.documents.derivations.rules import PLAIN, words
from bncheck.symbolic.expression import j, vector
from bncheck.symbolic.theorem import RULES
from bncheck.symbolic.vocabulary import (
    backward,
    batchnorm,
    derivative,
    gamma,
    gradient,
    loss,
    mean,
    mu,
    std,
    var,
    x,
    xhat,
)


def test_every_rule_has_words():
    assert PLAIN.keys() == RULES


def test_a_definition_names_what_is_defined():
    assert words("definition", mean(x), mu(), []) == (
        "definition of the mean, read from right to left"
    )
    assert words("definition", xhat() + 1, (x - mu()) / std() + 1, []) == (
        "definition of the normalized values"
    )


def test_a_chain_rule_names_what_moves():
    said = words("chain rule", gradient(loss(), x, j), gamma, [])
    assert said == "chain rule: x moves the mean, the variance and the normalized values"
    assert words("chain rule", gradient(loss(), var()), gamma, []) == (
        "chain rule: the variance moves the normalized values"
    )


def test_what_is_put_in_is_named_if_it_was_derived():
    shown = [("first", mean(x), gamma)]
    assert words("substitute", mean(x) + 1, gamma + 1, shown) == (
        "first, as derived above, is put in"
    )
    assert words("substitute", mean(x) + 1, gamma + 1, []) == PLAIN["substitute"]
    assert "B01" in words("substitute", gradient(loss(), x, j), backward()[j], [])
    moved = derivative(batchnorm(), x, vector("v"))
    assert "B12" in words("substitute", moved, backward(vector("v")), [])


def test_a_derivative_is_linear_and_a_sum_takes_constants_out():
    assert "derivative" in words("linearity", gradient(loss(), gamma), gamma, [])
    assert words("linearity", mean(gamma * x), gamma * mean(x), []) == PLAIN["linearity"]
