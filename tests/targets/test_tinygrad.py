"""``tinygrad.nn.BatchNorm`` on inputs whose outputs are exact in binary."""

import numpy as np
import pytest
from exact_batch import DY, SIGNS, check_steps, close, exact_case

from bncheck import verify
from bncheck.errors import TargetError
from bncheck.targets import adapt, load

nn = pytest.importorskip("tinygrad.nn", reason="needs tinygrad")

pytestmark = pytest.mark.tinygrad

NAME = "tinygrad.nn:BatchNorm"
try:
    adapt(load(NAME), name=NAME)
except TargetError as error:  # tinygrad is there, but no compiler
    pytest.skip(str(error), allow_module_level=True)


def dyadic(rank, dtype="float32"):
    return exact_case(rank, dtype, momentum=0.25)


@pytest.mark.parametrize(
    ("rank", "dtype"),
    [*((rank, "float32") for rank in (2, 3, 4, 5)), (2, "float64"), (4, "float64")],
)
def test_layer(rank, dtype):
    implementation = adapt(load(NAME), name=NAME)
    assert implementation.defaults == {"eps": 1e-5, "momentum": 0.1}
    # momentum 1/4 weighs the new; the variance 1 becomes 4/3
    case = dyadic(rank, dtype)
    check_steps(implementation, case, [0.75, 0], np.array([0.75, 9.75]) + 1 / 3)


def test_instances_are_copied():
    given = nn.BatchNorm(2)
    implementation = adapt(given, name="mine")
    assert implementation.domain.channels == 2
    layer = implementation.make(dyadic(2))
    layer.train(dyadic(2).x)
    assert given.running_mean.numpy().tolist() == [0, 0]
    assert given.num_batches_tracked.item() == 0


def test_settings_of_an_instance():
    given = nn.BatchNorm(2, affine=False, track_running_stats=False)
    implementation = adapt(given, name="mine")
    assert not implementation.domain.affine
    assert implementation.abilities == {"backward"}
    layer = implementation.make(dyadic(2))
    close(layer.train(dyadic(2).x), SIGNS / 2)
    close(layer.backward(dyadic(2).dy).dx, (DY - 1 - SIGNS / 4) / 2)


def test_other_layers():
    with pytest.raises(TargetError) as caught:
        adapt(nn.LayerNorm, name="mine")
    assert str(caught.value) == "mine is a LayerNorm, but should be a tinygrad.nn.BatchNorm"


def test_without_a_compiler(monkeypatch):
    def realize(*tensors):
        raise RuntimeError("no usable devices")

    monkeypatch.setattr("tinygrad.Tensor.realize", realize)
    with pytest.raises(TargetError) as caught:
        adapt(nn.BatchNorm, name="mine")
    assert str(caught.value) == (
        "mine cannot be run on tinygrad's device CPU: no usable devices; it needs clang, or what "
        "CC names"
    )


def test_verify():
    """Laws that see few cases: every shape is compiled anew, which takes a second or so."""
    laws = ("F12", "B16", "I03", "P06")
    report = verify(NAME, laws=laws, dtypes=("float32",), budget="quick", save=None)
    assert {f.law: f.verdict for f in report.findings} == dict.fromkeys(laws, "holds")
    assert report.observed["one_value"] == "raises"
