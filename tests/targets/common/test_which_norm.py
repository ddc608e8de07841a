"""Which of the five normalizations a function computes, by its answers alone."""

import numpy as np
import pytest

from bncheck.targets.common.which_norm import Asking, which


def normalized(x, axes, eps, centred=True):
    mean = x.mean(axes, keepdims=True) if centred else 0
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(axes, keepdims=True) + eps)


def along(x, values):
    return values.reshape((1, -1) + (1,) * (x.ndim - 2))


def layer(x, gamma, beta, eps):
    return normalized(x, -1, eps) * gamma + beta


def layer_of_rest(x, gamma, beta, eps):
    return normalized(x, tuple(range(1, x.ndim)), eps) * gamma + beta


def rms(x, gamma, beta, eps):
    return normalized(x, -1, eps, centred=False) * gamma


def rms_one_plus(x, gamma, beta, eps):
    return normalized(x, -1, eps, centred=False) * (1 + gamma)


def group(x, gamma, beta, eps):
    parts = x.reshape(x.shape[0], 4, -1)
    y = normalized(parts, -1, eps).reshape(x.shape)
    return y * along(x, gamma) + along(x, beta)


def instance(x, gamma, beta, eps):
    y = normalized(x, tuple(range(2, x.ndim)), eps)
    return y * along(x, gamma) + along(x, beta)


def batch(x, gamma, beta, eps):
    y = normalized(x, (0, *range(2, x.ndim)), eps)
    return y * along(x, gamma) + along(x, beta)


def batch_last(x, gamma, beta, eps):
    return normalized(x, tuple(range(x.ndim - 1)), eps) * gamma + beta


SAID = {
    layer: "layer normalization over the last axis",
    layer_of_rest: "layer normalization over all axes but the first",
    rms: "RMS normalization over the last axis",
    rms_one_plus: "RMS normalization over the last axis times 1 + gamma",
    group: "group normalization with 4 groups",
    instance: "instance normalization",
    batch: "batch normalization",
    batch_last: "batch normalization, channels last",
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", SAID, ids=lambda f: f.__name__)
def test_each_is_told(function, dtype):
    asking = Asking(dtype=dtype, shifted="rms" not in function.__name__)
    assert str(which(function, asking)) == f"this is {SAID[function]}"


def test_one_that_is_none_is_compared_with_the_nearest():
    def unbiased(x, gamma, beta, eps):
        deviation = np.sqrt(x.var(-1, keepdims=True, ddof=1) + eps)
        return (x - x.mean(-1, keepdims=True)) / deviation * gamma + beta

    said = str(which(unbiased))
    assert "none of batch, layer, rms, group, instance" in said
    assert "it looks most like layer normalization over the last axis, but" in said
    assert "most at y[" in said


def test_one_without_an_answer_is_none():
    assert which(lambda x, gamma, beta, eps: None).found is None
    assert "gave no array" in str(which(lambda *_: None))
