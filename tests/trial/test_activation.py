"""Behind an activation: where the slope is open dy is 0, and wrong slopes are seen elsewhere."""

from dataclasses import replace

import numpy as np
import pytest
from correct import CORRECT

from bncheck import Case, Gradients, verify
from bncheck.trial.activation import ACTIVATIONS, asked, fused, reaching

RELU, RELU6 = ACTIVATIONS["relu"], ACTIVATIONS["relu6"]
Z = np.array([[-2.0, 0.5], [1e-9, 7.0], [3.0, np.nan]])


def case(dy):
    x, ones = np.zeros((3, 2)), np.ones(2)
    return Case(x=x, dy=dy, gamma=ones, beta=ones, running_mean=ones, running_var=ones)


def test_a_slope_that_rounding_may_turn_is_not_asked_for():
    dy = np.ones((3, 2))
    given = asked(case(dy), RELU, Z, np.full((3, 2), 1e-6))
    np.testing.assert_array_equal(given.dy, [[1, 1], [0, 1], [1, 0]])
    np.testing.assert_array_equal(dy, 1)  # the caller's is left alone


def test_what_reaches_z_is_exact():
    dy = np.asfortranarray(np.full((3, 2), 0.1, np.float32))
    dy.flags.writeable = False
    given = reaching(case(dy), RELU6, Z)
    np.testing.assert_array_equal(given.dy != 0, [[False, True], [True, False], [True, False]])
    assert (given.dy.dtype, given.dy.flags.f_contiguous) == (np.float32, True)
    assert not given.dy.flags.writeable


def test_a_case_without_open_slopes_is_the_same_case():
    given = case(np.zeros((3, 2)))
    assert reaching(given, RELU, Z) is given


@pytest.mark.parametrize("name", ["relu", "relu6"])
@pytest.mark.parametrize("algorithm", CORRECT[:3], ids=lambda i: i.name)
def test_right_layers_behind_it_hold(name, algorithm):
    report = verify(promising(fused(algorithm, ACTIVATIONS[name]), name), **QUICK)
    assert report.exit_code == 0, [f"{f.law} {f.verdict}" for f in report.findings if f.case]


@pytest.mark.parametrize(
    "slope",
    [
        lambda z, dy: dy,  # none at all
        lambda z, dy: np.where(z < 0, dy, 0),  # the other side
        lambda z, dy: np.where(z > 0.1, dy, 0),  # another kink
        lambda z, dy: np.where(z > 0, 2 * dy, 0),
    ],
)
def test_a_wrong_slope_is_seen(slope):
    def make(given):
        layer, seen = CORRECT[0].make(given), []

        def train(x):
            z = layer.train(x)
            seen[:] = [z]
            return np.maximum(z, 0)

        def backward(dy):
            return layer.backward(slope(seen[0], dy).astype(dy.dtype))

        return replace(layer, train=train, backward=backward)

    made = replace(CORRECT[0], make=make, abilities=frozenset({"backward"}))
    report = verify(promising(made, "relu"), laws=("B01",), **QUICK)
    assert report.exit_code == 1


def test_gradients_are_those_of_the_layer_for_what_passes():
    given = case(np.ones((3, 2)))
    layer = fused(CORRECT[0], RELU).make(given)
    y = layer.train(np.array([[1.0, 2.0], [3.0, 2.5], [-4.0, 0.0]]))
    assert (y >= 0).all()
    found = layer.backward(np.ones((3, 2)))
    assert isinstance(found, Gradients)
    np.testing.assert_array_equal(found.dbeta, (y > 0).sum(0))


QUICK = {"budget": "quick", "dtypes": ("float32",), "save": None, "shrink": False}


def promising(given, name):
    convention = replace(given.convention, activation=name)
    able = given.abilities - {"jvp", "double_backward", "adding"}
    domain = given.domain.limited(convention)
    return replace(given, convention=convention, abilities=able, domain=domain)
