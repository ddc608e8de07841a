"""A function that only updates running statistics is called where a law reads them."""

import runpy
from pathlib import Path
from types import ModuleType

import numpy as np

from bncheck import verify
from bncheck.cases import Recipe, Values, build
from bncheck.targets import adapt
from bncheck.trial.trial import Trial

EXAMPLE = Path(__file__).parents[3] / "examples" / "numpy_layer.py"
CASE = build(Recipe(dtype="float64", shape=(3, 2), x=Values((1, -2, 5)), dy=Values((2, 1, -1))))


def module(update):
    """The example with another update."""
    names = runpy.run_path(str(EXAMPLE))
    made = ModuleType("mine")
    for name in ("CONVENTION", "forward", "backward", "infer", "infer_backward"):
        setattr(made, name, names[name])
    own = names["update"]

    def updating(x, running_mean, running_var, momentum):
        return update(own, x, running_mean, running_var, momentum)

    made.update = updating
    return made


def test_it_is_left_out_where_nobody_can_read_what_it_does():
    seen = []
    given = adapt(module(lambda own, x, *rest: (seen.append(x.shape), own(x, *rest))[1]), name="m")
    trial = Trial(CASE, given, given.convention)
    seen.clear()
    without = trial.train(CASE)
    assert not seen
    with_state = trial.train(CASE, state=True)
    assert seen == [(3, 2)]
    np.testing.assert_array_equal(without.y, with_state.y)
    np.testing.assert_array_equal(without.gradients.dx, with_state.gradients.dx)
    layer = given.make(CASE)
    layer.train(CASE.x)
    assert len(seen) == 2
    assert (layer.state().mean == with_state.state.mean).all()


def test_what_it_does_wrong_is_found():
    def writing(own, x, *rest):
        new = own(x, *rest)
        x -= x.dtype.type(1)
        return new

    def raising(own, x, mean, var, momentum):
        if np.isnan(mean).any():
            raise ValueError("NaN in the running mean")
        return own(x, mean, var, momentum)

    for update, law in ((writing, "P01"), (raising, "I16")):
        report = verify(module(update), laws=[law], budget="quick", save=None)
        assert {f.verdict for f in report.findings if f.law == law} & {"fails", "error"}
