"""``keras.layers.BatchNormalization`` on inputs whose outputs are exact in binary.

With the backend that ``KERAS_BACKEND`` names.
"""

import warnings

import numpy as np
import pytest
from exact_batch import BETA, DY, GAMMA, SIGNS, exact_case, shaped

from bncheck import verify
from bncheck.adapters import adapt, load
from bncheck.errors import TargetError

try:
    with warnings.catch_warnings():  # what a backend itself uses that is deprecated
        warnings.simplefilter("ignore")
        import keras
except ImportError as error:
    pytest.skip(f"needs Keras and a backend: {error}", allow_module_level=True)

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

BACKEND = keras.backend.backend()
NAME = "keras.layers:BatchNormalization"

# an inverse square root and its second use round a few times, near numbers below 16; in float64
# Keras computes in float32, too
ROUNDINGS = 16 * 16 * 2.0**-24


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_layer(rank, axis, dtype):
    target = load(NAME) if axis == -1 else keras.layers.BatchNormalization(axis=axis)
    implementation = adapt(target, name=NAME)
    assert implementation.convention.channel_axis == axis
    assert ("backward" in implementation.abilities) == (BACKEND in ("torch", "jax", "tensorflow"))
    case = exact_case(rank, dtype)

    def close(got, expected):
        assert got.shape == np.shape(expected)
        assert np.max(abs(got - expected)) <= ROUNDINGS

    layer = implementation.make(case)
    y = layer.train(case.x)
    assert y.dtype == dtype
    close(y, shaped(SIGNS * [1, 2] + BETA, rank))
    if layer.backward is not None:
        got = layer.backward(case.dy)
        close(got.dx, shaped(GAMMA / 2 * (DY - 1 - SIGNS / 4), rank))
        close(got.dgamma, [2, 2])
        close(got.dbeta, [4, 4])
    # momentum 3/4 weighs the old
    close(layer.state().mean, [0.75, 0])
    close(layer.state().var, [1, 10])
    layer = implementation.make(case)
    close(layer.eval(case.x), shaped(SIGNS - [1, 0] + BETA, rank))
    if layer.backward is not None:
        close(layer.backward(case.dy).dx, case.dy)
    close(layer.state().mean, case.running_mean)


def test_settings_of_an_instance():
    implementation = adapt(keras.layers.BatchNormalization(scale=False), name="mine")
    assert not implementation.domain.affine
    layer = implementation.make(exact_case(2, "float32"))
    layer.train(SIGNS.astype(np.float32))
    if layer.backward is not None:
        got = layer.backward(DY.astype(np.float32))
        assert got.dgamma is None
        assert np.max(abs(got.dbeta - [4, 4])) <= ROUNDINGS


def test_other_layers():
    with pytest.raises(TargetError) as caught:
        adapt(keras.layers.LayerNormalization, name="mine")
    assert str(caught.value) == (
        "mine is a LayerNormalization, but should be a keras.layers.BatchNormalization"
    )


@pytest.mark.skipif(BACKEND not in ("torch", "numpy"), reason="a fault of these backends")
def test_one_pass_variance_is_found():
    report = verify(NAME, laws=("F00", "X05"), dtypes=("float32",), budget="quick", save=None)
    assert {f.law: f.verdict for f in report.findings} == {"F00": "fails", "X05": "holds"}
    assert "one-pass-variance" in {cause["deviation"] for cause in report.causes}


@pytest.mark.skipif(BACKEND == "tensorflow", reason="it computes float64 in float64")
def test_float64_is_computed_in_float32():
    report = verify(NAME, laws=("I01",), dtypes=("float64",), budget="quick", save=None)
    assert [f.verdict for f in report.findings] == ["fails"]
    assert "single-precision-inside" in {cause["deviation"] for cause in report.causes}
