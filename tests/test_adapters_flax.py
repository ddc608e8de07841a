"""``flax.linen.BatchNorm`` on inputs whose outputs are exact in binary."""

import numpy as np
import pytest

from bncheck.adapters import adapt, load
from bncheck.errors import TargetError
from bncheck.model import Case

nn = pytest.importorskip("flax.linen")

pytestmark = pytest.mark.flax

# mean 0, biased variance 1, eps 3: w = 4 and 1/sqrt(w) = 1/2
SIGNS = np.array([[1.0, -1], [-1, -1], [1, 1], [-1, 1]])
GAMMA, BETA = np.array([2.0, 4]), np.array([1.0, -1])
DY = np.array([[4.0, 0], [0, 0], [0, 4], [0, 0]])
SHAPES = {2: (4, 2), 3: (2, 2, 2), 4: (2, 2, 1, 2), 5: (1, 2, 2, 1, 2)}
# XLA's reciprocal square root and its second use round a few times, near numbers below 16
ROUNDINGS = {"float32": 16 * 16 * 2.0**-24, "float64": 16 * 16 * 2.0**-53}


def shaped(a, rank):
    shape = SHAPES[rank]
    return np.moveaxis(np.asarray(a).reshape(shape[0], *shape[2:], 2), -1, 1)


def dyadic(rank, dtype) -> Case:
    x, dy = (shaped(a, rank).astype(dtype) for a in (SIGNS, DY))
    parts = (np.array(a).astype(dtype) for a in (GAMMA, BETA, [1.0, 0], [1.0, 13]))
    gamma, beta, mean, var = parts
    return Case(x, gamma, beta, dy, mean, var, eps=3.0, momentum=0.75)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_linen(rank, dtype):
    implementation = adapt(load("flax.linen:BatchNorm"), name="BatchNorm")
    assert implementation.convention.promised() == {
        "momentum_weighs": "old",
        "running_var": "biased",
        "debiased": False,
        "one_value": "beta",
        "channel_axis": -1,
    }
    case = dyadic(rank, dtype)

    def close(got, expected):
        assert got.dtype == dtype
        assert got.shape == np.shape(expected)
        assert np.max(abs(got - expected)) <= ROUNDINGS[dtype]

    layer = implementation.make(case)
    dx = shaped(GAMMA / 2 * (DY - 1 - SIGNS / 4), rank)
    close(layer.jvp(case.x, case.dy), dx)
    close(layer.train(case.x), shaped(SIGNS * [1, 2] + BETA, rank))
    got = layer.backward(case.dy)
    close(got.dx, dx)
    close(got.dgamma, [2, 2])
    close(got.dbeta, [4, 4])
    # momentum 3/4 weighs the old
    close(layer.state().mean, [0.75, 0])
    close(layer.state().var, [1, 10])
    w = shaped([[1.0, 0], [0, 0], [0, 0], [0, 0]], rank).astype(dtype)
    _, of_dy, of_gamma = layer.double_backward(case.x, case.dy, w)
    close(of_dy, layer.jvp(case.x, w))
    close(of_gamma, (w * dx).sum(tuple(a for a in range(rank) if a != 1)) / GAMMA)
    layer = implementation.make(case)
    close(layer.eval(case.x), shaped(SIGNS - [1, 0] + BETA, rank))
    close(layer.backward(case.dy).dx, case.dy)
    close(layer.state().mean, case.running_mean)


def test_settings_of_an_instance():
    instance = nn.BatchNorm(axis=1, use_scale=False, use_bias=False, use_running_average=True)
    implementation = adapt(lambda: instance, name="mine")
    assert implementation.convention.channel_axis == 1
    assert not implementation.domain.affine
    case = dyadic(4, "float32")
    layer = implementation.make(case)
    assert np.max(abs(layer.train(case.x) - case.x / 2)) <= ROUNDINGS["float32"]
    assert layer.backward(case.dy).dgamma is None


def test_other_modules():
    with pytest.raises(TargetError) as caught:
        adapt(nn.LayerNorm, name="flax.linen:LayerNorm")
    assert str(caught.value) == (
        "flax.linen:LayerNorm is a LayerNorm, but should be a flax.linen.BatchNorm"
    )
    with pytest.raises(TargetError, match=r"^mine has axis=\(1, 2\), but should have one axis"):
        adapt(nn.BatchNorm(axis=(1, 2)), name="mine")
