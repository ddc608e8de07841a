"""Layouts that are not read: what a kernel with nothing but an address sees."""

from dataclasses import replace

import numpy as np
import pytest

from bncheck import verify
from bncheck.cases import Recipe, Values, build, lay_out
from bncheck.deviations import BY_NAME
from bncheck.deviations.layer import make
from bncheck.deviations.reference import REFERENCE
from bncheck.diagnosis.prediction import widened

FLAT = """
import numpy as np


def flat(a):
    whole = a
    while isinstance(whole.base, np.ndarray):
        whole = whole.base
    start = (a.ctypes.data - whole.ctypes.data) // a.itemsize
    return whole.ravel("K")[start : start + a.size].reshape(a.shape)


def forward(x, gamma, beta, eps):
    if all(s >= 0 for s in x.strides):
        x = flat(x)
    axes, shape = (0, *range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
    centred = x - x.mean(axes, keepdims=True)
    inverse = 1 / np.sqrt((centred**2).mean(axes, keepdims=True) + x.dtype.type(eps))
    return centred * inverse * gamma.reshape(shape) + beta.reshape(shape)
"""


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_kernel_that_reads_from_a_pointer_is_named(tmp_path, dtype):
    (tmp_path / "kernel.py").write_text(FLAT)
    report = verify(
        str(tmp_path / "kernel.py"), budget="quick", dtypes=(dtype,), save=None, shrink=False
    )
    assert [c["deviation"] for c in report.causes] == ["ignores-strides-by-pointer"]


def test_slices_and_repeated_samples_are_memory_too():
    from bncheck.deviations.layout import _from_pointer

    x = np.arange(1.0, 13.0).reshape(4, 3)
    assert _from_pointer(lay_out(x, "C")).tolist() == x.tolist()
    assert _from_pointer(lay_out(x, "F")).ravel().tolist() == x.T.ravel().tolist()
    assert _from_pointer(lay_out(x, "broadcast")).tolist() == x.tolist()
    assert _from_pointer(lay_out(x, "sliced")).ravel()[:6].tolist() == [1, 0, 2, 0, 3, 0]
    # before the first value of a reversed array lies the rest of it, behind it nothing
    assert _from_pointer(lay_out(x, "reversed")).tolist() == x.tolist()


@pytest.mark.parametrize("norm", ["layer", "rms", "group", "instance"])
@pytest.mark.parametrize(
    "name", ["ignores-strides", "ignores-strides-by-pointer", "ignores-strides-of-dy"]
)
def test_in_a_relative_the_memory_is_that_of_its_user(name, norm):
    """Arrays that are contiguous for the user of a norm are read right by who ignores strides."""
    draws = {"x": Values(digits=(3, -1, 7, 2, 0)), "dy": Values(digits=(2, -3, 5, 1))}
    recipe = Recipe(dtype="float32", shape=(6, 4, 3), norm=norm, **draws)
    case, turned = build(recipe), build(replace(recipe, layout="F", dy_layout="F"))
    right, wrong = REFERENCE, BY_NAME[name].change(REFERENCE)

    def answers(rules, of):
        layer = make(rules, of)
        return layer.train(of.x), layer.backward(of.dy).dx

    assert all(map(np.array_equal, answers(right, case), answers(wrong, case)))
    assert not all(map(np.array_equal, answers(right, turned), answers(wrong, turned)))
    wide = widened(turned, replace(recipe, layout="F", dy_layout="F"))
    for doubled, own in ((wide.x, turned.x), (wide.dy, turned.dy)):
        assert doubled.strides == tuple(2 * stride for stride in own.strides)
