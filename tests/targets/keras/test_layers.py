"""``keras.layers.BatchNormalization`` on inputs whose outputs are exact in binary.

With the backend that ``KERAS_BACKEND`` names.
"""

import contextlib
import warnings

import numpy as np
import pytest
from exact_batch import BETA, DY, GAMMA, SIGNS, exact_case, shaped

from bncheck import verify
from bncheck.errors import TargetError
from bncheck.model import Case
from bncheck.targets import adapt, load

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


def test_a_frozen_layer_is_inference():
    frozen = keras.layers.BatchNormalization(trainable=False)
    implementation = adapt(frozen, name="mine")
    assert not implementation.domain.training
    assert implementation.abilities <= {"eval", "eval_backward"}
    report = verify(implementation, budget="quick", dtypes=("float32",), save=None)
    assert {f.law: f.reason for f in report.findings if f.verdict in ("fails", "error")} == {}
    assert report.exit_code == 0


def answers(layer, case):
    """Bits of everything that a layer answers, in a few steps of both kinds."""
    found = [layer.eval(case.x), layer.train(case.x)]
    for _ in range(2):
        if layer.backward is not None:
            got = layer.backward(case.dy)
            found += got.dx, got.dgamma, got.dbeta
        found += layer.state().mean, layer.state().var, layer.train(case.x * 2), layer.eval(case.x)
    return [np.asarray(array).tobytes() for array in found]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_layer_that_is_used_again_answers_as_a_new_one(dtype):
    from bncheck.targets.keras import layers

    draws = np.random.default_rng(0)

    def case(eps, momentum):
        vectors = draws.normal(0, 1, (3, 5)).astype(dtype)
        x, dy = draws.normal(3, 1, (2, 4, 5, 2, 3)).astype(dtype)
        gamma, beta, mean = (np.array(v) for v in vectors)
        return exact_case(4, dtype).__class__(
            x, gamma, beta, dy, mean, gamma * gamma, eps=eps, momentum=momentum
        )

    cases = [case(1e-3, 0.9), case(1e-5, 0.25), case(0.5, 0.0)]
    layers._free.clear()
    implementation = adapt(load(NAME), name=NAME)
    wanted = []
    for each in cases:
        layers._free.clear()
        wanted.append(answers(implementation.make(each), each))
    layers._free.clear()
    used = set()
    for each, bits in [*zip(cases, wanted, strict=True)] * 2:
        layer = implementation.make(each)
        if BACKEND != "jax":
            used.add(id(layer.train.__closure__[0].cell_contents.keras))
        assert answers(layer, each) == bits
        del layer
    assert len(used) == (BACKEND != "jax")  # there it is a function, and keeps nothing


def test_a_layer_that_somebody_holds_is_not_used_again():
    implementation = adapt(load(NAME), name=NAME)
    one, other = exact_case(2, "float32"), exact_case(2, "float32")
    held = implementation.make(one)
    before = held.state()
    implementation.make(other).train(other.x)
    implementation.make(other).train(other.x)
    assert np.array_equal(held.state().mean, before.mean)
    assert np.array_equal(held.state().var, before.var)


def test_what_a_derived_class_keeps_is_kept_by_each_layer():
    class Counting(keras.layers.BatchNormalization):
        def build(self, shape):
            super().build(shape)
            self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, inputs, training=None):
            self.steps.assign(self.steps + 1)
            return super().call(inputs, training=training) + keras.ops.cast(self.steps, "float32")

    implementation, case = adapt(Counting, name="mine"), exact_case(2, "float32")
    plain = adapt(load(NAME), name=NAME).make(case).train(case.x)
    for _ in range(3):  # each layer is a new one, as none of the first class's own need be
        layer = implementation.make(case)
        assert np.max(abs(layer.train(case.x) - plain - 1)) <= ROUNDINGS
        assert np.max(abs(layer.train(case.x) - plain - 2)) <= ROUNDINGS
        del layer


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(1, 3), (7, 5), (33, 2), (2, 3, 4), (4, 5, 3, 2)])
def test_answers_are_those_of_keras_called_by_hand(shape, dtype):
    draws = np.random.default_rng(sum(shape))
    x, dy = draws.normal(3, 2, (2, *shape)).astype(dtype)
    gamma, beta, mean = draws.normal(0, 1, (3, shape[1])).astype(dtype)
    case = Case(x, gamma, beta, dy, mean, gamma * gamma, eps=1e-4, momentum=0.25)
    layer = adapt(load(NAME), name=NAME).make(case)
    with by_hand(dtype):
        own = keras.layers.BatchNormalization(epsilon=1e-4, momentum=0.25, dtype=dtype)
        inputs = keras.ops.convert_to_tensor(np.moveaxis(x, 1, -1))
        own.build(inputs.shape)
        own.set_weights([gamma, beta, mean, gamma * gamma])
        wanted = [keras.ops.convert_to_numpy(own(inputs, training=t)) for t in (False, True)]
        after = own.get_weights()[2:]
    got = [np.moveaxis(answer, 1, -1) for answer in (layer.eval(x), layer.train(x))]
    state = layer.state()
    for one, other in zip([*wanted, *after], [*got, state.mean, state.var], strict=True):
        assert one.tobytes() == np.ascontiguousarray(other).tobytes()


def by_hand(dtype):
    if BACKEND != "jax" or dtype != "float64":
        return contextlib.nullcontext()
    import jax

    return jax.enable_x64(True)


def test_batch_renormalization_is_another_function():
    with pytest.raises(TargetError) as caught:
        adapt(keras.layers.BatchNormalization(renorm=True), name="mine")
    assert str(caught.value) == (
        "mine has renorm=True, which normalizes training batches towards running averages: that "
        "is not batch normalization of the batch; check one with renorm=False"
    )


def test_other_layers():
    with pytest.raises(TargetError) as caught:
        adapt(keras.layers.Dense, name="mine")
    assert str(caught.value) == ("mine is a Dense, but should be a keras.layers.BatchNormalization")


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
