"""Layer, RMS, group and instance normalization of JAX's frameworks, through the view."""

import numpy as np
import pytest

from bncheck.cases import Recipe, build
from bncheck.errors import TargetError
from bncheck.targets import adapt, load

pytest.importorskip("jax")

NAMES = (
    *(f"flax.linen:{kind}" for kind in ("LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm")),
    *(f"flax.nnx:{kind}" for kind in ("LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm")),
    *(f"equinox.nn:{kind}" for kind in ("LayerNorm", "RMSNorm", "GroupNorm")),
    *(f"haiku:{kind}" for kind in ("LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm")),
)
RANK_3 = [name for name in NAMES if name not in ("flax.nnx:LayerNorm", "flax.nnx:RMSNorm")]


def answered(name, shape, *, simple):
    """Return y and the gradient of gamma, and what they are in float64."""
    pytest.importorskip(name.partition(":")[0].partition(".")[0])
    made = adapt(load(name), name=name)
    norm = made.domain.norm
    case = build(Recipe(shape=shape, gamma=(2.0, -1.0, 0.5)), norm.simple if simple else norm)
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    layer = made.make(case)
    wide = np.moveaxis(x.astype(float), 1, -1).reshape(-1, shape[1])
    mean = wide.mean(0) if norm.centred else 0
    xhat = (wide - mean) / np.sqrt(((wide - mean) ** 2).mean(0) + case.eps)
    y = xhat * case.norm.spread(case.gamma.astype(float), shape)
    y += case.norm.spread(case.beta.astype(float), shape)
    got = np.moveaxis(layer.train(x), 1, -1).reshape(-1, shape[1])
    return got, y, layer.backward(x).dgamma, case.norm.gathered(wide * xhat, shape)


# 1e-3: twenty times the worst of one-pass variances here; a wrong layout is off by 1
@pytest.mark.parametrize("simple", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_rows(name, simple):
    y, expected, dgamma, summed = answered(name, (5, 6), simple=simple)
    assert np.allclose(y, expected, rtol=0, atol=1e-3)
    assert np.allclose(dgamma, summed, rtol=0, atol=1e-3)


@pytest.mark.parametrize("name", RANK_3)
def test_several_axes(name):
    y, expected, dgamma, summed = answered(name, (2, 6, 3), simple=False)
    assert np.allclose(y, expected, rtol=0, atol=1e-3)
    assert np.allclose(dgamma, summed, rtol=0, atol=1e-3)


def test_one_pass_is_kept_and_two_passes_where_asked():
    nn = pytest.importorskip("flax.linen")
    offset = np.array([[4096.0], [4097.0]], np.float32)
    found = {}
    for fast in (True, False):
        made = adapt(nn.LayerNorm(use_fast_variance=fast), name="mine")
        assert made.domain.ranks == (2,)
        case = build(Recipe(shape=(2, 1)), made.domain.norm.simple)
        found[fast] = made.make(case).train(offset)
    assert abs(found[True]).max() > 100  # its variance is 0, as 4096^2 + 4097^2 is rounded
    assert np.allclose(abs(found[False]), 1, atol=1e-3)


def test_settings_of_instances():
    nn = pytest.importorskip("flax.linen")
    assert not adapt(nn.LayerNorm(use_bias=False), name="mine").domain.norm.shifted
    groups = adapt(nn.GroupNorm(num_groups=3), name="mine").domain
    assert (groups.norm.groups, groups.multiple) == (3, 3)
    both = nn.LayerNorm(reduction_axes=(-2, -1), feature_axes=(-1, -2))
    assert adapt(both, name="mine").domain.ranks == (3,)
    with pytest.raises(TargetError, match="same last axes"):
        adapt(nn.LayerNorm(reduction_axes=(-2, -1)), name="mine")
    eqx = pytest.importorskip("equinox")
    bare = adapt(eqx.nn.GroupNorm(2, 4, channelwise_affine=False), name="mine").domain
    assert not bare.affine
