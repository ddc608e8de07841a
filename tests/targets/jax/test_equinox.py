"""``equinox.nn.BatchNorm`` on inputs whose outputs are exact in binary."""

import numpy as np
import pytest
from exact_batch import ROUNDINGS, check, exact_case

from bncheck.errors import TargetError
from bncheck.targets import adapt, load

eqx = pytest.importorskip("equinox")

pytestmark = pytest.mark.equinox


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_answers(rank, dtype):
    implementation = adapt(load("equinox.nn:BatchNorm"), name="BatchNorm")
    # what equinox 0.13.8 does: sums start at 0 and 1 and are divided by 1 - 3/4, so that the
    # variance of this batch, 1, becomes (3/4 + 1/4)/(1/4) = 4
    check(implementation, rank, dtype, [0, 0], [4, 4])


def test_promises():
    assert adapt(load("equinox.nn:BatchNorm"), name="BatchNorm").convention.promised() == {
        "momentum_weighs": "old",
        "running_var": "biased",
        "debiased": True,
        "one_value": "beta",
        "channel_axis": 1,
    }


def test_the_state_is_what_inference_uses():
    case = exact_case(2, "float32")
    layer = adapt(load("equinox.nn:BatchNorm"), name="BatchNorm").make(case)
    for batch in (case.x, 2 * case.x, case.x + 1):
        layer.train(batch)
        state = layer.state()
        deviation = np.sqrt(state.var + case.eps)
        expected = (case.x - state.mean) / deviation * case.gamma + case.beta
        assert np.max(abs(layer.eval(case.x) - expected)) <= ROUNDINGS["float32"]


def test_settings_of_an_instance():
    instance = eqx.nn.BatchNorm(2, "batch", channelwise_affine=False, mode="batch")
    implementation = adapt(instance, name="mine")
    assert (implementation.domain.channels, implementation.domain.affine) == (2, False)
    case = exact_case(4, "float32")
    layer = implementation.make(case)
    assert np.max(abs(layer.train(case.x) - case.x / 2)) <= ROUNDINGS["float32"]
    assert layer.backward(case.dy).dgamma is None


def test_ema_is_refused():
    with pytest.raises(TargetError) as caught:
        adapt(lambda: eqx.nn.BatchNorm(2, "batch", mode="ema"), name="mine")
    assert str(caught.value) == (
        "mine has mode='ema', which normalizes training batches by running averages: that is not "
        "batch normalization of the batch; check one with mode='batch'"
    )


def test_other_modules():
    with pytest.raises(TargetError) as caught:
        adapt(load("equinox.nn:Linear"), name="Linear")
    assert str(caught.value) == "Linear is a Linear, but should be an equinox.nn.BatchNorm"
