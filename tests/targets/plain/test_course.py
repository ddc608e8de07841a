"""The interface of cs231n's assignment, with functions that follow its text."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from bncheck.targets import adapt, load
from bncheck.targets.common import probing

EXAMPLES = Path(__file__).parents[3] / "examples"
# 64 roundings of numbers below 64: the cases are well conditioned
ROUNDINGS = 64 * 64 * 2.0**-53


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    out, cache = None, None
    if mode == "train":
        mean, var = x.mean(axis=0), x.var(axis=0)
        std = np.sqrt(var + eps)
        xhat = (x - mean) / std
        out, cache = gamma * xhat + beta, (xhat, gamma, std)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError(f'Invalid forward batchnorm mode "{mode}"')
    bn_param["running_mean"], bn_param["running_var"] = running_mean, running_var
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
    m = dout.shape[0]
    return gamma / std * (dout - dbeta / m - xhat * dgamma / m), dgamma, dbeta


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, h, w = x.shape
    flat = x.transpose(0, 2, 3, 1).reshape(-1, c)
    out, cache = batchnorm_forward(flat, gamma, beta, bn_param)
    return out.reshape(n, h, w, c).transpose(0, 3, 1, 2), cache


def spatial_batchnorm_backward(dout, cache):
    n, c, h, w = dout.shape
    flat = dout.transpose(0, 2, 3, 1).reshape(-1, c)
    dx, dgamma, dbeta = batchnorm_backward(flat, cache)
    return dx.reshape(n, h, w, c).transpose(0, 3, 1, 2), dgamma, dbeta


FOUR = (
    batchnorm_forward,
    batchnorm_backward,
    spatial_batchnorm_forward,
    spatial_batchnorm_backward,
)


def module(*functions, **names) -> ModuleType:
    made = ModuleType("layers")
    vars(made).update({f.__name__: f for f in functions}, **names)
    return made


def close(got, expected):
    assert got.shape == expected.shape
    assert np.max(abs(got - expected)) <= ROUNDINGS


@pytest.mark.parametrize("rank", [2, 4])
def test_the_assignment(rank):
    implementation = adapt(module(*FOUR), name="layers.py")
    assert implementation.abilities == {"backward", "eval", "running", "state_before_step"}
    assert implementation.domain.ranks == (2, 4)
    assert implementation.convention.promised() == {}
    case = probing.case(rank, eps=0.25, momentum=0.375)
    right = adapt(load(str(EXAMPLES / "numpy_layer.py")), name="numpy_layer").make(case)
    layer = implementation.make(case)
    close(layer.eval(case.x), right.eval(case.x))
    close(layer.train(case.x), right.train(case.x))
    got, expected = layer.backward(case.dy), right.backward(case.dy)
    close(got.dx, expected.dx)
    close(got.dgamma, expected.dgamma)
    axes = tuple(a for a in range(rank) if a != 1)
    mean = 0.375 * case.running_mean + 0.625 * case.x.mean(axes)  # momentum weighs the old
    close(layer.state().mean, mean)


def test_what_is_missing_is_not_claimed():
    dense = adapt(module(batchnorm_forward), name="layers.py")
    assert dense.domain.ranks == (2,)
    assert "backward" not in dense.abilities
    assert dense.make(probing.case(2)).backward is None


def test_the_simplified_backward_counts():
    alone = module(batchnorm_forward, batchnorm_backward_alt=batchnorm_backward)
    assert "backward" in adapt(alone, name="layers.py").abilities


def test_a_module_of_plain_functions_stays_one():
    both = module(*FOUR, forward=lambda x, gamma, beta, eps: x)
    assert adapt(both, name="layers.py").domain.ranks == (2, 3, 4, 5)


def test_statistics_replaced_in_place_are_not_those_of_the_case():
    def in_place(x, gamma, beta, bn_param):
        bn_param["running_mean"] *= 0
        bn_param["running_var"] *= 0
        return x, None

    case = probing.case(2)
    layer = adapt(module(batchnorm_forward=in_place), name="layers.py").make(case)
    layer.train(case.x)
    assert not layer.state().mean.any()
    assert case.running_mean.any()
    assert case.running_var.any()


def test_a_forward_that_forgets_the_cache():
    forgets = module(
        batchnorm_backward, batchnorm_forward=lambda x, gamma, beta, bn_param: gamma * x + beta
    )
    layer = adapt(forgets, name="layers.py").make(probing.case(2))
    layer.train(probing.case(2).x)  # y alone is an answer
    with pytest.raises(TypeError, match="cannot unpack"):
        layer.backward(probing.case(2).dy)
