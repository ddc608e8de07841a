"""Layers that refuse values of eps or momentum: right ones are not blamed, and it is said."""

import math
from dataclasses import replace

import pytest
from correct import CORRECT

from bncheck import verify
from bncheck.model import Domain
from bncheck.targets.common import limits

REFERENCE = CORRECT[0]


def refusing(condition, error=ValueError):
    """The reference, whose constructor refuses cases on which the condition does not hold."""

    def make(case):
        if not condition(case):
            raise error("out of range")
        return REFERENCE.make(case)

    return replace(REFERENCE, make=make)


STYLES = [
    (lambda c: c.momentum is None or 0 < c.momentum < 1, "momentum 0 and 1: it raised ValueError"),
    (lambda c: c.momentum != 1, "momentum 1: it raised ValueError"),
    (lambda c: c.eps <= 1e-2, "eps above 0.01: it raised ValueError"),
    (lambda c: c.eps >= 1e-8, "eps below 1e-08: it raised ValueError"),
]


@pytest.mark.parametrize(("condition", "told"), STYLES)
def test_what_is_refused_is_left_out_and_said(condition, told):
    made = limits.observed(refusing(condition))
    assert [u.removesuffix(": out of range") for u in made.untried] == [told]
    report = verify(made, budget="quick", dtypes=("float32",), save=None)
    assert report.ok
    assert told in " ".join(report.untried)


def test_all_four_at_once():
    def condition(case):
        return all(holds(case) for holds, _ in STYLES)

    made = limits.observed(refusing(condition, AssertionError))
    assert (made.domain.least_eps, made.domain.most_eps) == (1e-8, 1e-2)
    assert not made.domain.momentum_ends
    assert verify(made, budget="quick", dtypes=("float64",), save=None).ok


def test_another_error_is_no_refusal():
    assert limits.observed(refusing(lambda c: c.eps < 1, ZeroDivisionError)).untried == ()


def test_a_root_of_a_negative_number_is_no_refusal():
    def make(case):
        math.sqrt(1 - case.momentum - 2.0**-20)
        return REFERENCE.make(case)

    assert limits.observed(replace(REFERENCE, make=make)).untried == ()


def test_one_that_refuses_the_usual_values_is_left_to_the_laws():
    never = refusing(lambda c: False)
    assert limits.observed(never) == never


def test_a_right_layer_is_as_it_was():
    assert limits.observed(REFERENCE).domain == REFERENCE.domain


def test_a_domain_says_what_is_given_where_something_is_wanted():
    limited = Domain(least_eps=1e-8, most_eps=1e-2, momentum_ends=False)
    assert [limited.eps(e) for e in (0.0, 1e-5, 1.0)] == [1e-8, 1e-5, 1e-2]
    assert [limited.momentum(m) for m in (0.0, 0.1, 1.0, None)] == [0.5, 0.1, 0.5, None]
