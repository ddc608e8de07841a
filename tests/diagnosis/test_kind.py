"""A wrong dtype is one finding, named, and the numbers are compared all the same."""

import pathlib

import numpy as np
import pytest

from bncheck.diagnosis.comparing import compare
from bncheck.diagnosis.prediction import Prediction
from bncheck.diagnosis.scripts import Answer
from bncheck.engine import verify
from bncheck.model import Gradients, Implementation, Layer

INPUTS = pathlib.Path(__file__).parents[1] / "support" / "street_inputs"
FEW = ("F00", "F01", "F05", "B01", "B03", "X01", "X54", "P0*")


def wrong(report):
    return {f.law for f in report.findings if f.verdict in ("fails", "error")}


def causes(report):
    return [cause["deviation"] for cause in report.causes]


def checked(target, dtype="float32"):
    options = {"budget": "quick", "dtypes": (dtype,), "laws": FEW, "save": None, "shrink": False}
    return verify(target, **options)


def returning(dtype):
    """Right, computed in float64, with every answer in one dtype."""

    def make(case):
        wide = {n: np.asarray(getattr(case, n), np.float64) for n in ("gamma", "beta")}
        kept = {}

        def train(x):
            axes, shape = (0, *range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
            centred = np.asarray(x, np.float64)
            centred = centred - centred.mean(axes, keepdims=True)
            inverse = 1 / np.sqrt((centred**2).mean(axes, keepdims=True) + case.eps)
            scale = wide["gamma"].reshape(shape)
            kept.update(axes=axes, xhat=centred * inverse, scale=scale * inverse)
            return (scale * kept["xhat"] + wide["beta"].reshape(shape)).astype(dtype)

        def backward(dy):
            axes, xhat, dy = kept["axes"], kept["xhat"], np.asarray(dy, np.float64)
            mean, q = (v.mean(axes, keepdims=True) for v in (dy, dy * xhat))
            answers = kept["scale"] * (dy - mean - xhat * q), (dy * xhat).sum(axes), dy.sum(axes)
            return Gradients(*(a.astype(dtype) for a in answers))

        return Layer(train=train, backward=backward)

    return Implementation(f"{dtype} out", make, frozenset({"backward"}))


@pytest.mark.parametrize(
    ("out", "given", "name"),
    [
        ("float64", "float32", "wrong-dtype"),
        ("float32", "float64", "wrong-dtype-narrow"),
        ("float16", "float32", "wrong-dtype-narrow"),
    ],
)
def test_right_numbers_in_another_dtype_fail_one_law(out, given, name):
    report = checked(returning(out), given)

    assert wrong(report) == {"P03"}
    assert causes(report) == [name]
    assert f"y is {out}" in report.causes[0]["text"]
    assert list(report.causes[0]["explains"]) == ["P03"]


def test_an_output_that_a_helper_made_wide():
    report = checked(str(INPUTS / "ones_dtype.py"))

    assert (wrong(report), causes(report)) == ({"P03"}, ["wrong-dtype"])
    assert "dx is float64 for float32" in report.causes[0]["text"]


def test_it_hides_nothing_else():
    report = checked(str(INPUTS / "y8_float64_out_and_bug.py"))

    assert {"P03", "F00"} <= wrong(report)
    assert causes(report) == ["wrong-dtype", "eps-outside-root"]


@pytest.mark.parametrize(("off", "holds"), [(0.0, True), (2.0**-25, True), (2.0**-20, False)])
def test_a_narrower_answer_may_be_off_by_its_own_rounding(off, holds):
    exact = np.full((2, 1), 1.0)
    predicted = Prediction(
        Answer({"y": exact.astype(np.longdouble)}), Answer({"y": exact}), {"y": np.zeros((2, 1))}
    )
    got = Answer({"y": np.full((2, 1), 1 - off).astype(np.float32)})

    assert compare(got, predicted)[0].holds is holds
