"""A target that writes to its inputs: one law says so, and all others try it on copies."""

from dataclasses import replace

import numpy as np
import pytest
from correct import CORRECT

from bncheck import verify
from bncheck.cases import Recipe, Values, build
from bncheck.trial.shelter import ARRAYS, sheltered, writes
from bncheck.trial.trial import Guard

CASE = Recipe(dtype="float64", shape=(3, 2), x=Values((1, -2, 5)), dy=Values((2, 1, -1)))


def writing(name):
    """A right layer that leaves 7 in one of the arrays that it is given."""

    def make(case):
        layer = CORRECT[0].make(case)

        def train(x):
            y = layer.train(x)
            (x if name == "x" else getattr(case, name))[...] = 7
            return y

        def backward(dy):
            found = layer.backward(dy)
            dy[...] = 7
            return found

        if name == "dy":
            return replace(layer, backward=backward)
        return replace(layer, train=train)

    return replace(CORRECT[0], make=make)


@pytest.mark.parametrize("name", ARRAYS)
def test_writing_is_seen_and_copies_are_what_is_written_to(name):
    case = build(CASE)
    assert writes(writing(name), (build(CASE),), Guard())
    assert not writes(sheltered(writing(name)), (case,), Guard())
    for array in ARRAYS:
        np.testing.assert_array_equal(getattr(case, array), getattr(build(CASE), array))


def test_what_reads_only_is_not_seen_to_write():
    assert not writes(CORRECT[0], (build(CASE),), Guard())


def test_what_raises_is_not_seen_to_write():
    def make(case):
        raise ValueError

    assert not writes(replace(CORRECT[0], make=make), (build(CASE),), Guard())


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("x", "mutates-input"),
        ("dy", "mutates-cotangent"),
        ("gamma", "mutates-parameters"),
        ("running_mean", "mutates-running-statistics"),
    ],
)
def test_one_fault_is_one_finding(name, cause):
    report = verify(
        writing(name), budget="quick", dtypes=("float32",), save=None, shrink=False, seed=1
    )
    failing = {f.law for f in report.findings if f.verdict in ("fails", "error")}
    assert {"P01"} <= failing <= {"P01", "P05"}
    assert [c["deviation"] for c in report.causes] == [cause]


def test_what_is_wrong_besides_is_named_besides():
    def doubled(case):
        layer = writing("x").make(case)
        return replace(layer, backward=lambda dy: _without_gamma(layer.backward(dy), case))

    report = verify(
        replace(CORRECT[0], make=doubled),
        budget="quick",
        dtypes=("float64",),
        save=None,
        shrink=False,
    )
    assert [c["deviation"] for c in report.causes] == ["mutates-input", "missing-gamma"]


def _without_gamma(found, case):
    gamma = case.gamma.reshape((1, -1) + (1,) * (found.dx.ndim - 2))
    return replace(found, dx=np.where(gamma == 0, found.dx, found.dx / np.where(gamma, gamma, 1)))
