"""``flax.linen.BatchNorm`` and ``flax.nnx.BatchNorm`` on inputs whose outputs are exact."""

from pathlib import Path

import numpy as np
import pytest
from exact_batch import ROUNDINGS, check, exact_case

from bncheck.errors import TargetError
from bncheck.targets import adapt, load

nn = pytest.importorskip("flax.linen")
nnx = pytest.importorskip("flax.nnx")

pytestmark = pytest.mark.flax

TARGETS = ("flax.linen:BatchNorm", "flax.nnx:BatchNorm")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rank", [2, 3, 4, 5])
@pytest.mark.parametrize("target", TARGETS)
def test_answers(target, rank, dtype):
    implementation = adapt(load(target), name="BatchNorm")
    # momentum 3/4 weighs the old: 3/4 (1, 0) + 1/4 (0, 0) and 3/4 (1, 13) + 1/4 (1, 1)
    check(implementation, rank, dtype, [0.75, 0], [1, 10])


@pytest.mark.parametrize("target", TARGETS)
def test_promises(target):
    assert adapt(load(target), name="BatchNorm").convention.promised() == {
        "momentum_weighs": "old",
        "running_var": "biased",
        "debiased": False,
        "one_value": "beta",
        "channel_axis": -1,
    }


def linen(**settings):
    return nn.BatchNorm(use_running_average=True, **settings)


def of_nnx(**settings):
    return nnx.BatchNorm(2, use_running_average=True, rngs=nnx.Rngs(0), **settings)


@pytest.mark.parametrize("make", [linen, of_nnx])
def test_settings_of_an_instance(make):
    implementation = adapt(make(axis=1, use_scale=False, use_bias=False), name="mine")
    assert implementation.convention.channel_axis == 1
    assert not implementation.domain.affine
    case = exact_case(4, "float32")
    layer = implementation.make(case)
    assert np.max(abs(layer.train(case.x) - case.x / 2)) <= ROUNDINGS["float32"]
    assert layer.backward(case.dy).dgamma is None


@pytest.mark.parametrize("make", [linen, of_nnx])
def test_half_precision_is_tried_where_a_module_is_made_for_it(make):
    implementation = adapt(make(dtype="bfloat16"), name="mine")
    assert implementation.domain.dtypes == ("bfloat16",)
    assert implementation.convention.parameters == "float32"
    assert implementation.convention.accumulates == "bfloat16"
    assert adapt(make(), name="mine").domain.dtypes == ("float32", "float64")


def test_jit_compiles_the_whole_function():
    from bncheck.targets.jax.tools import jitted

    single = adapt(load("flax.linen:BatchNorm"), name="linen")
    compiled = jitted(single)
    assert compiled.name == "linen under jit"
    check(compiled, 4, "float32", [0.75, 0], [1, 10])
    case = exact_case(4, "float32")
    x = np.random.default_rng(0).normal(1, 1, (64, 2, 5, 5)).astype("float32")
    # one program contracts and sums in another order than its operations one by one
    assert not np.array_equal(single.make(case).train(x), compiled.make(case).train(x))


def test_an_instance_of_nnx_has_its_number_of_channels_and_stays_as_it_is():
    instance = of_nnx()
    implementation = adapt(instance, name="mine")
    assert implementation.domain.channels == 2
    case = exact_case(2, "float32")
    implementation.make(case).train(case.x)
    assert np.array_equal(instance.mean[...], [0, 0])
    assert instance.epsilon == 1e-5


@pytest.mark.parametrize(("module", "make"), [("linen", linen), ("nnx", of_nnx)])
def test_other_modules(module, make):
    with pytest.raises(TargetError) as caught:
        adapt(load(f"flax.{module}:Conv"), name="Conv")
    assert str(caught.value) == f"Conv is a Conv, but should be a flax.{module}.BatchNorm"
    with pytest.raises(TargetError, match=r"^mine has axis=\(1, 2\), but should have one axis"):
        adapt(make(axis=(1, 2)), name="mine")


def test_the_example_is_a_target():
    example = Path(__file__).parents[3] / "examples" / "flax_under_jit.py"
    implementation = adapt(load(f"{example}:layer"), name="layer")
    check(implementation, 2, "float32", [0.75, 0], [1, 10])
