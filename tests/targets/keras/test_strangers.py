"""Layers of Keras that somebody wrote; with the backend that ``KERAS_BACKEND`` names."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from bncheck import verify
from bncheck.errors import TargetError
from bncheck.targets import adapt, load
from bncheck.targets.common import probing

try:
    with warnings.catch_warnings():  # what a backend itself uses that is deprecated
        warnings.simplefilter("ignore")
        import keras
except ImportError as error:
    pytest.skip(f"needs Keras and a backend: {error}", allow_module_level=True)

from bncheck.targets.keras.backends import chosen

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

BACKEND = keras.backend.backend()
INPUTS = Path(__file__).parents[2] / "support" / "street_inputs"


class Other(keras.layers.Layer):
    """Right; other names, an eps that cannot be set, and one that is not in use."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.eps = 0.5

    def build(self, shape):
        def weight(start, **how):
            return self.add_weight(shape=(1, shape[-1]), initializer=start, **how)

        self.mults, self.adds = weight("ones"), weight("zeros")
        self.means, self.vars = (weight(s, trainable=False) for s in ("zeros", "ones"))

    def call(self, x, training=False):
        axes = tuple(range(len(x.shape) - 1))
        if training:
            mean = keras.ops.mean(x, axes)
            var = keras.ops.mean(keras.ops.square(x - mean), axes)
            self.means.assign(0.75 * self.means + 0.25 * mean)
            self.vars.assign(0.75 * self.vars + 0.25 * var)
        else:
            mean, var = self.means[0], self.vars[0]
        return self.mults[0] * (x - mean) / keras.ops.sqrt(var + 1e-3) + self.adds[0]


class Nested(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.bn = keras.layers.BatchNormalization()

    def call(self, x, training=False):
        return self.bn(x, training=training)


@pytest.mark.parametrize(("target", "fixed"), [(Other, (1e-3, 0.25)), (Nested, (1e-3, None))])
def test_a_right_layer_is_understood(target, fixed):
    found = adapt(target, name="mine")
    assert found.domain.ranks == (2, 3, 4, 5)
    assert found.domain.fixed_eps == pytest.approx(fixed[0])
    if target is Other:
        assert found.domain.fixed_momentum == pytest.approx(fixed[1])
    assert {"eval", "running", "state_before_step"} <= found.abilities
    assert ("backward" in found.abilities) == (BACKEND in ("torch", "jax", "tensorflow"))
    case = probing.case(4, dtype=np.float32, eps=1e-3)
    layer = found.make(case)
    layer.train(case.x)
    if layer.backward is not None:
        got = layer.backward(case.dy)
        assert got.dgamma.shape == got.dbeta.shape == (3,)
    assert layer.state().mean.shape == (3,)


def test_a_wrong_layer_has_its_name():
    target = f"{INPUTS}/u6_keras_custom.py:MyBatchNorm"
    report = verify(
        adapt(load(target), name="mine"),
        budget="quick",
        laws=("F00", "I0*", "I14"),
        dtypes=("float32",),
        save=None,
    )
    wrong = {f.law for f in report.findings if f.verdict in ("fails", "error")}
    assert {"I03", "I05"} <= wrong
    assert "F00" not in wrong
    assert [c["deviation"] for c in report.causes] == ["running-std"]


def test_layers_of_another_kind_are_refused():
    with pytest.raises(TargetError, match=r"is a Dense, but should be a keras.layers.Batch"):
        adapt(keras.layers.Dense, name="mine")

    class Doubles(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    with pytest.raises(TargetError, match="no gamma, beta or moving statistics were found"):
        adapt(Doubles, name="mine")


@pytest.mark.parametrize("promise", [None, {"dtypes": ["float32", "float64"]}])
def test_a_layer_is_not_blamed_for_what_keras_computes_in_float32(promise):
    kind = type("Own", (Other,), {} if promise is None else {"CONVENTION": promise})
    made = adapt(kind, name="Own")
    # by its effect: the mean of two numbers that float32 has not apart
    with chosen().settings(np.dtype(np.float64)):
        two = keras.ops.convert_to_tensor([1.0, 1 + 2**-40], "float64")
        of_two = np.float64(keras.ops.mean(two))
    narrow = of_two != 1 + 2.0**-41
    told = [said for said in made.untried if said.startswith("float64: operations of Keras")]
    left_out = narrow and promise is None
    assert ("float64" not in made.domain.dtypes) == left_out
    assert bool(told) == left_out
