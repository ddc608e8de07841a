"""Bounds of float64 layers told in float64: above those in long double, and no digit more."""

from dataclasses import replace

import numpy as np
import pytest

from bncheck.cases import REGIMES, build
from bncheck.cases.drawing import Block, draw
from bncheck.model import Convention
from bncheck.model.formats import format_of
from bncheck.model.norm import NORMS
from bncheck.truth import oracle
from bncheck.truth.oracle.evaluate import long_is_wider
from bncheck.truth.rounding import (
    Algorithms,
    Ball,
    careful_output_bound,
    inference_bounds,
    narrow,
    training_bounds,
)

TRAINING = ("mean", "var", "inv", "xhat", "y", "dx", "dgamma", "dbeta")
INFERENCE = ("y", "dx", "dgamma", "dbeta")
WIDE = pytest.mark.skipif(not long_is_wider(), reason="no dtype is wider than float64")


def recipes():
    for regime in REGIMES:
        if not regime.least:
            yield from draw(Block(regime, format_of("float64"), "", 1, 3))


def in_long_double(monkeypatch, evaluate):
    with monkeypatch.context() as patched:
        patched.setattr("bncheck.truth.rounding.training.is_told_narrow", lambda *_: False)
        patched.setattr("bncheck.truth.rounding.inference.is_told_narrow", lambda *_: False)
        found = evaluate()
        _ = found.dx
        return found


def compare(told, wide, names):
    for name in names:
        ours, theirs = getattr(told, name), getattr(wide, name)
        assert (ours >= theirs).all(), name
        # nothing is lost to overflow, and nothing is looser by more than is derived
        assert (np.isinf(ours) == np.isinf(theirs)).all(), name
        # below that, 8 eta are seen
        assert (ours <= theirs * (1 + 2.0**-30))[theirs >= 1e-290].all(), name


@WIDE
@pytest.mark.parametrize("variance", [None, "shifted", "one-pass"])
def test_no_bound_is_below_that_in_long_double(variance, monkeypatch):
    # small cases too: what is derived holds for them
    monkeypatch.setattr(narrow, "_LEAST_SIZE", 0)
    formats = Algorithms.of("float64", Convention(variance=variance))
    tried = 0
    for recipe in recipes():
        if recipe.size > 70_000:
            continue
        for norm in NORMS.values():
            case = build(recipe, norm)
            with np.errstate(all="ignore"):
                values = oracle.training(case)
                if not narrow.is_told_narrow(values, formats):
                    continue
                told = training_bounds(values, formats)
                assert told.y.dtype == told.dx.dtype == np.float64
                bare = replace(values)
                wide = in_long_double(monkeypatch, lambda v=bare: training_bounds(v, formats))
                compare(told, wide, TRAINING)
                if norm.name == "batch":
                    fixed = oracle.inference(case)
                    if narrow.is_told_narrow(fixed, formats):
                        told = inference_bounds(fixed, formats)
                        wide = in_long_double(
                            monkeypatch, lambda v=fixed: inference_bounds(replace(v), formats)
                        )
                        compare(told, wide, INFERENCE)
                        tried += 1
            tried += 1
    assert tried > 300


@WIDE
def test_wherever_they_are_used_they_are_no_smaller(monkeypatch):
    # beyond the cases that take them: subnormal numbers, huge ones, no eps
    monkeypatch.setattr(narrow, "_LEAST_SIZE", 0)
    monkeypatch.setattr(narrow, "_LEAST_X", 0.0)
    monkeypatch.setattr(narrow, "_LEAST_W", 0.0)
    formats = Algorithms.of("float64", Convention())
    tried = 0
    for recipe in recipes():
        if recipe.size > 3000:
            continue
        case = build(recipe, NORMS["batch"])
        with np.errstate(all="ignore"):
            values = oracle.training(case)
            if not narrow.is_told_narrow(values, formats):
                continue
            told = training_bounds(values, formats)
            wide = in_long_double(
                monkeypatch, lambda v=values: training_bounds(replace(v), formats)
            )
            for name in TRAINING:
                assert (getattr(told, name) >= getattr(wide, name)).all(), (name, recipe)
        tried += 1
    assert tried > 40


@WIDE
def test_small_cases_and_other_formats_stay_in_long_double():
    formats = Algorithms.of("float64", Convention())
    cases = [build(r, NORMS["batch"]) for r in recipes() if r.size < 20_000]
    with np.errstate(all="ignore"):
        all_values = [oracle.training(case) for case in cases]
    told = [v for v in all_values if narrow.is_told_narrow(v, formats)]
    assert min(v.x.size for v in told) >= 512
    values = told[0]
    float32 = Algorithms.of("float32", Convention())
    assert training_bounds(values, float32).y.dtype == np.longdouble
    least = careful_output_bound(values, formats, least=True)
    assert least.dtype == np.float64


@WIDE
def test_radii_in_float64_are_widened_before_they_are_added_up():
    mid, rad = np.longdouble([1.0, 2.0]), np.array([2.0**-60, 2.0**-113])
    both = Ball(mid, rad) + Ball(mid, np.longdouble(rad) * 2.0**-53)
    assert both.rad.dtype == np.longdouble
    assert (both.rad >= np.longdouble(rad) * (1 + np.longdouble(2.0**-53))).all()
