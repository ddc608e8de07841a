"""Layers that flush subnormal numbers to zero are told so, and not blamed."""

from dataclasses import replace

import numpy as np
import pytest
from correct import CORRECT

from bncheck import verify
from bncheck.engine.flushing import flushes
from bncheck.model import Domain
from bncheck.trial.trial import Guard

REFERENCE = CORRECT[0]


def flushing(of_input):
    def flushed(a):
        return np.where(np.abs(a) < np.finfo(a.dtype).tiny, 0, a).astype(a.dtype)

    def make(case):
        layer = REFERENCE.make(case)
        if of_input:
            return replace(layer, train=lambda x: layer.train(flushed(x)))
        return replace(layer, train=lambda x: flushed(layer.train(x)))

    return replace(REFERENCE, make=make)


@pytest.mark.parametrize(("dtype", "told"), [("float32", "2^-128"), ("float64", "2^-1024")])
def test_one_that_flushes_is_told(dtype, told):
    (warning,) = flushes(flushing(of_input=True), Guard(), dtype)
    assert f"in {dtype}, x of {told} comes out as 0" in warning
    report = verify(flushing(of_input=True), budget="quick", dtypes=(dtype,), save=None)
    assert report.ok
    assert report.warnings == (warning,)


@pytest.mark.parametrize("other", CORRECT[::3], ids=lambda i: i.name)
def test_one_that_does_not_is_not(other):
    assert flushes(other, Guard(), other.domain.dtypes[-1]) == ()


def test_results_that_are_normal_numbers_are_asked_for():
    assert flushes(flushing(of_input=False), Guard(), "float32") == ()


def test_an_eps_that_is_too_large_to_see_it_says_nothing():
    large = replace(flushing(of_input=True), domain=Domain(fixed_eps=0.5))
    assert flushes(large, Guard(), "float32") == ()


def test_one_that_answers_zero_anyway_is_not_told_so():
    def make(case):
        layer = REFERENCE.make(case)
        return replace(layer, train=lambda x: layer.train((x + 1).astype(x.dtype)))

    assert flushes(replace(REFERENCE, make=make), Guard(), "float32") == ()
