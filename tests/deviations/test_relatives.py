"""Other normalizations as deviations: each is torch's own, with every derivative."""

import numpy as np
import pytest

from bncheck.deviations import BY_NAME
from bncheck.model import Case
from bncheck.model.arrays import per_channel

torch = pytest.importorskip("torch", reason="needs PyTorch")

SHAPES = [(6, 5), (3, 4, 5), (2, 4, 3, 5)]


def over_channels(x, function):
    """Apply a function to the channels at each place."""
    return function(x.movedim(1, -1)).movedim(-1, 1)


def layer(x, eps):
    return over_channels(x, lambda t: torch.nn.functional.layer_norm(t, t.shape[-1:], eps=eps))


def group(x, eps):
    return torch.nn.functional.group_norm(x, 1, eps=eps)


def rms(x, eps):
    return over_channels(x, lambda t: torch.nn.functional.rms_norm(t, t.shape[-1:], eps=eps))


TORCH = {
    "layer-normalization": layer,
    "group-normalization": group,
    "rms-normalization": rms,
}


@pytest.mark.torch
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", TORCH)
def test_it_is_the_normalization_of_its_name(name, shape):
    rng = np.random.default_rng(len(shape))
    x, dy, w = (rng.normal(1, 2, shape) for _ in range(3))
    gamma, beta = rng.normal(size=(2, shape[1]))
    case = Case(x, gamma, beta, dy, np.zeros(shape[1]), np.ones(shape[1]), eps=1e-3)
    made = BY_NAME[name].apply().make(case)

    def ours(t, scale):
        shift = torch.tensor(per_channel(beta, len(shape)))
        return TORCH[name](t, 1e-3) * scale.reshape(shift.shape) + shift

    tx, tdy = (torch.tensor(v, requires_grad=True) for v in (x, dy))
    tgamma = torch.tensor(gamma, requires_grad=True)
    y = ours(tx, tgamma)
    dx, dgamma = torch.autograd.grad(y, (tx, tgamma), tdy, create_graph=True)
    second = torch.autograd.grad((dx * torch.tensor(w)).sum(), (tx, tdy, tgamma))
    _, along = torch.autograd.functional.jvp(lambda t: ours(t, tgamma), tx, torch.tensor(w))

    np.testing.assert_allclose(made.train(x), y.detach(), rtol=1e-12, atol=1e-12)
    gradients = made.backward(dy)
    np.testing.assert_allclose(gradients.dx, dx.detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(gradients.dgamma, dgamma.detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(made.jvp(x, w), along.detach(), rtol=1e-10, atol=1e-12)
    for got, wanted in zip(made.double_backward(x, dy, w), second, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-11)
