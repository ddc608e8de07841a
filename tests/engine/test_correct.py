"""No false alarm: every correct algorithm passes every law. One seed, quick; more by
``python benchmarks/soundness.py``, whose figures are in ``docs/figures.md``."""

from dataclasses import replace

import numpy as np
import pytest
from correct import CORRECT, PROMISED
from correct_relatives import CORRECT_RELATIVES, compact, relative

from bncheck.engine import verify

TARGETS = [
    pytest.param(implementation, dtype, id=f"{implementation.name}-{dtype}")
    for implementation in (*CORRECT, *PROMISED)
    for dtype in implementation.domain.dtypes
]


@pytest.mark.rows(20)
@pytest.mark.parametrize(("implementation", "dtype"), TARGETS)
def test_a_correct_algorithm_is_not_blamed(implementation, dtype):
    report = verify(implementation, budget="quick", save=None, dtypes=(dtype,))

    wrong = [(f.law, f.reason, f.case) for f in report.findings if f.verdict in ("fails", "error")]
    assert wrong == []
    assert report.exit_code == 0
    assert sum(f.verdict == "holds" for f in report.findings) > 60


RELATIVES = [
    pytest.param(implementation, dtype, id=f"{implementation.name}-{dtype}")
    for of_norm in CORRECT_RELATIVES.values()
    for implementation in of_norm
    for dtype in implementation.domain.dtypes
]


@pytest.mark.rows(10)
@pytest.mark.parametrize(("implementation", "dtype"), RELATIVES)
def test_a_correct_relative_is_not_blamed(implementation, dtype):
    report = verify(implementation, budget="smoke", save=None, dtypes=(dtype,))
    wrong = [(f.law, f.reason, f.case) for f in report.findings if f.verdict in ("fails", "error")]
    assert (wrong, report.exit_code) == ([], 0)
    assert sum(f.verdict == "holds" for f in report.findings) > 5


@pytest.mark.parametrize("norm", ["layer", "rms", "group"])
def test_a_relative_with_gamma_in_front_of_the_means_is(norm):
    def in_front(d, inv, gamma, dy, total, centred):
        return gamma * compact(d, inv, 1 + 0 * gamma, dy, total, centred)

    wrong = relative(norm, "in front", backward=in_front)
    report = verify(wrong, budget="smoke", laws=("B01",), save=None, dtypes=("float32",))
    assert [(f.law, f.verdict) for f in report.findings] == [("B01", "fails")]


def usual(array):
    """Take an array only if its strides are those of a new one, along axes of length 1 too."""
    if array.strides != np.empty(array.shape, array.dtype).strides:
        raise ValueError(f"shape {array.shape}, strides {array.strides}")
    return array


def test_who_takes_no_strides_is_given_arrays_as_new_ones():
    given = next(i for i in CORRECT if "double_backward" in i.abilities)

    def make(case):
        usual(case.x), usual(case.gamma), usual(case.running_mean)
        layer = given.make(case)
        methods = ("train", "eval", "backward", "jvp", "double_backward")
        found = {name: getattr(layer, name) for name in methods}
        return replace(layer, **{name: taking(f) for name, f in found.items() if f is not None})

    def taking(function):
        return lambda *arrays: function(*map(usual, arrays))

    target = replace(given, make=make, domain=replace(given.domain, strided=False))
    report = verify(target, budget="quick", save=None, dtypes=("float32",))
    wrong = [(f.law, f.reason, f.case) for f in report.findings if f.verdict in ("fails", "error")]
    assert wrong == []
    assert report.exit_code == 0


@pytest.mark.parametrize("law", ["P06", "X26"])
def test_a_debiased_average_of_weight_zero_may_be_anything(law):
    """The average of no batches is 0/0: seen with haiku and equinox at momentum 1."""
    (target,) = (i for i in CORRECT if i.name == "debiased, haiku's weights")
    report = verify(target, laws=(law,), budget="standard", save=None, dtypes=("float32",))
    assert [f.verdict for f in report.findings] == ["holds"]
