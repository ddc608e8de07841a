"""Other normalizations as deviations: each is torch's, with every derivative."""

import numpy as np
import pytest

from bncheck.deviations import BY_NAME
from bncheck.model import Case
from bncheck.model.arrays import per_channel

torch = pytest.importorskip("torch", reason="needs PyTorch")

# 64 roundings of numbers below 64 times the size of what comes out, as in tests of homework classes
ROUNDINGS = 64 * 64 * 2.0**-53
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


def instance(x, eps):
    if x.ndim == 2:  # one position: torch raises
        return torch.nn.functional.layer_norm(x[..., None], (1,), eps=eps)[..., 0]
    return torch.nn.functional.instance_norm(x, eps=eps)


def power(x, eps):
    """RMS normalization of the batch, channel by channel."""
    axes = [axis for axis in range(x.ndim) if axis != 1]
    return x * torch.rsqrt(x.square().mean(axes, keepdim=True) + eps)


TORCH = {
    "mean-not-subtracted": power,
    "instance-normalization": instance,
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

    trained, gradients = made.train(x), made.backward(dy)
    answers = (trained, gradients.dx, gradients.dgamma, made.jvp(x, w))
    ours_second = made.double_backward(x, dy, w)
    wanted = (y, dx, dgamma, along, *second)
    for got, right in zip((*answers, *ours_second), wanted, strict=True):
        right = right.detach().numpy()
        size = max(1, np.abs(right).max())
        assert np.abs(got - right).max() <= ROUNDINGS * size
