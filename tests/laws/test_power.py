"""Detection power: what a run says it would have seen, it sees; what cannot be seen is counted."""

from dataclasses import replace

import numpy as np
import pytest
from correct import CORRECT

from bncheck.cases import Recipe, Values
from bncheck.engine import verify
from bncheck.engine.measure import measure
from bncheck.engine.target import Target
from bncheck.laws import LAWS
from bncheck.model import Gradients
from bncheck.trial.residuals import near, same, zero
from bncheck.trial.trial import Guard
from bncheck.truth.rounding import Ball

REFERENCE = CORRECT[0]
BY_ID = {law.id: law for law in LAWS}
GENERAL = Recipe(
    shape=(16, 3),
    x=Values((3, -1, 7, 2), "noise", (0, 1, -1), (1.0, -2.0, 0.5)),
    dy=Values((1, 5, -3), "noise"),
    gamma=(1.5, -2.0, 0.5),
    beta=(0.5, -1.0, 2.0),
)


def off_by(relative, output):
    """The reference, with one entry of each channel off by so much of the largest."""

    def wrong(array):
        array = np.array(array, np.float64)
        array[0] += relative * np.abs(array).max(0)
        return array.astype(np.float32)

    def make(case):
        layer = REFERENCE.make(case)

        def train(x):
            y = layer.train(x)
            return wrong(y) if output == "y" else y

        def backward(dy):
            given = layer.backward(dy)
            return (
                Gradients(wrong(given.dx), given.dgamma, given.dbeta) if output == "dx" else given
            )

        return replace(layer, train=train, backward=backward)

    return replace(REFERENCE, make=make)


def measured(made, law, recipe=GENERAL):
    target = Target(made, made.convention, Guard())
    return measure(target, recipe.plain(), [BY_ID[law]], confirm=True, explain=False)[0]


@pytest.mark.parametrize(("law", "output"), [("F00", "y"), ("B01", "dx")])
def test_an_error_of_the_size_that_is_told_is_seen_and_a_tiny_one_is_not(law, output):
    power = measured(REFERENCE, law)["sees"]
    assert 0 < power < 1e-3
    # the entry may already be off by the bound the other way
    assert measured(off_by(2.5 * power, output), law)["fails"]
    assert not measured(off_by(power / 1000, output), law)["fails"]


@pytest.mark.parametrize(
    "blinding",
    [
        {"dy": Values((1,), "constant")},  # dx = 0 whatever the statistics
        {"x": Values((3,), "constant"), "dy": Values((1,), "constant")},
        {"gamma": (0.0,)},
        {"x": Values((1, -1), "explicit", (0,), (2.0**23,))},  # rounding may take it all
    ],
)
def test_cases_that_cannot_see_an_input_gradient_are_told(blinding):
    assert not measured(REFERENCE, "B04", replace(GENERAL, **blinding))["sees"] < 1


def test_blind_examples_are_counted_for_each_law():
    report = verify(REFERENCE, budget="quick", laws=("B03", "X03"), dtypes=("float32",), save=None)
    found = {f.law: f for f in report.findings}
    assert 0 < found["B03"].blind < found["B03"].examples
    assert 0 < found["B03"].sees < 1e-4
    assert (found["X03"].sees, found["X03"].blind) == (0.0, 0)


def test_every_law_could_have_failed():
    """On some example of a quick run, each law would have seen an error below one in a hundred."""
    report = verify(REFERENCE, budget="quick", dtypes=("float32",), save=None)
    dull = {f.law: f.sees for f in report.findings if f.examples and not f.sees < 1e-2}
    assert dull == {}


def test_power_is_that_of_the_best_channel_at_its_worst_entry():
    expected = np.array([[1.0, 10.0], [2.0, 20.0]])
    bound = np.array([[1e-3, 1e-3], [4e-3, 1e-3]])
    assert near("t", expected, expected, bound).sees == pytest.approx(1e-3 / 20)
    assert near("t", expected, expected, bound, signal=np.array([1.0, 1.0])).sees == 1e-3
    assert same("t", expected, expected).sees == 0
    assert near("t", expected, expected, np.full((2, 2), np.inf)).sees is None
    nothing = Ball(np.zeros(2), np.full(2, 1e-3))
    assert zero("t", nothing, terms=np.array([0.5, 0.1])).sees == pytest.approx(2e-3)
    assert near("t", np.zeros(2), np.zeros(2), 1e-3).sees == np.inf
