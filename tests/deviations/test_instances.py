"""Deviations of running statistics that samples share: seen with two samples, never with one."""

import numpy as np
import pytest

from bncheck.cases import Recipe, Values, build
from bncheck.deviations import BY_NAME, REFERENCE, implementation
from bncheck.deviations.instances import DEVIATIONS
from bncheck.model import NORMS
from bncheck.model.arrays import flatten

INSTANCE = NORMS["instance"]
RECIPE = Recipe(
    dtype="float64",
    shape=(7, 6, 2),
    x=Values((3, -1, 7, 2, 0, -6, 5), "noise", (1, -2, 2), (3.0, -1.0)),
    running_mean=(2.0, -3.0),
    running_var=(4.0, 9.0),
    momentum=0.25,
)


def kept(rules, norm):
    case = build(RECIPE, norm)
    layer = rules.make(case)
    y = layer.train(case.x)
    return case, y, layer.state()


def right(norm):
    return implementation(REFERENCE, "right", norm=norm)


def test_the_reference_averages_over_the_samples():
    case, _, state = kept(right(INSTANCE), INSTANCE)
    s, m = case.norm.samples, case.m
    assert s > 1
    x = flatten(case.x).reshape(m, s, -1)
    mean, var = x.mean((0, 1)), x.var(0, ddof=1).mean(0)
    assert np.allclose(state.mean, 0.75 * case.running_mean + 0.25 * mean, rtol=1e-12)
    assert np.allclose(state.var, 0.75 * case.running_var + 0.25 * var, rtol=1e-12)


@pytest.mark.parametrize("name", [d.name for d in DEVIATIONS])
def test_each_shows_with_several_samples_only(name):
    for norm, several in ((INSTANCE, True), (INSTANCE.simple, False)):
        _, y, state = kept(BY_NAME[name].on(INSTANCE), norm)
        _, true_y, true = kept(right(INSTANCE), norm)
        assert (y == true_y).all()
        assert np.allclose(state.var, true.var, rtol=1e-9) != several
