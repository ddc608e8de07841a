"""The backward theorem, and that each checker by itself refuses it with one sign flipped."""

import pytest

from bncheck.symbolic.checkers import normal_form, rationals, small_sizes
from bncheck.symbolic.expression import j
from bncheck.symbolic.library import load
from bncheck.symbolic.theorem import check
from bncheck.symbolic.vocabulary import (
    backward,
    dy,
    gamma,
    gradient,
    inner,
    loss,
    mean,
    std,
    total,
    xhat,
)


def test_backward_is_proved():
    assert [c for c in check(load("b01_backward").theorem) if c.refuted] == []


@pytest.mark.parametrize("checker", [normal_form, rationals, small_sizes])
@pytest.mark.parametrize(
    "forged",
    [
        gamma / std() * (dy - mean(dy) + xhat() * mean(dy * xhat())),
        gamma / std() * (dy + mean(dy) - xhat() * mean(dy * xhat())),
        gamma / std() * (dy - xhat() * mean(dy * xhat())),
        gamma / std() * (dy - total(dy) - xhat() * mean(dy * xhat())),
        gamma / std() * (dy - mean(dy) - xhat() * inner(dy, xhat())),
        gamma / std() ** 2 * (dy - mean(dy) - xhat() * mean(dy * xhat())),
    ],
)
def test_each_checker_alone_refuses_a_forgery(checker, forged):
    true = gradient(loss(), at=j)
    assert checker.refutation(true, backward()[j]) is None
    assert checker.refutation(true, forged[j])
