"""Derivatives of derivatives: what they cost is a count of parts, not of places."""

from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.expression import ZERO, Delta, Index, Symbol, i, power
from bncheck.symbolic.normal import equal
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import batchnorm, derivative, eps, gradient, std, x, xhat
from bncheck.symbolic.work import limited

J = Index("j")


def nested(body, times):
    for _ in range(times):
        body = gradient(body, x, J)
    return body


def cost(times):
    with limited(10**9) as work:
        tree = without_derivatives(nested(batchnorm() ** 3 * xhat() ** 2, times))
    return work.steps, len(list(walk(tree)))


def test_six_derivatives_of_a_product_cost_no_more_than_their_parts():
    """Written out, each is several times as long as the one before: 50,000 nodes, and minutes."""
    costs = [cost(times) for times in range(1, 7)]
    assert max(costs) == costs[-1]
    assert costs[-1][0] < 400_000
    assert costs[-1][1] < 12_000


def test_derivatives_of_derivatives_are_right():
    s = std()
    rate = s
    for _ in range(6):
        rate = derivative(rate, eps, 1)
    assert equal(rate, -945 * power(s, -11) / 64)
    mixed = gradient(gradient(xhat(), x, J), x, Index("k"))
    assert equal(mixed, gradient(gradient(xhat(), x, Index("k")), x, J))


def test_an_inner_sum_does_not_capture_the_index_of_a_derivative():
    own = gradient(xhat(), x, i)  # the place of the entry, and of what moves
    other = gradient(xhat(), x, J)[i]
    assert not equal(own, other)
    assert without_derivatives(derivative(x, x, Delta(i, J))) == Delta(i, J)
    assert without_derivatives(derivative(Symbol("a"), x, Delta(i, J))) == ZERO
