"""Keras's own layer, RMS and group normalization, through the view."""

import numpy as np
import pytest

from bncheck.cases import Recipe, build
from bncheck.errors import TargetError
from bncheck.targets import adapt, load

keras = pytest.importorskip("keras")


@pytest.mark.parametrize("simple", [False, True])
@pytest.mark.parametrize("shape", [(5, 6), (2, 6, 3)])
@pytest.mark.parametrize("kind", ["LayerNormalization", "RMSNormalization", "GroupNormalization"])
def test_definition_and_gamma(kind, shape, simple):
    made = adapt(load(f"keras.layers:{kind}"), name=kind)
    norm = made.domain.norm
    case = build(Recipe(shape=shape, gamma=(2.0, -1.0, 0.5)), norm.simple if simple else norm)
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    wide = np.moveaxis(x.astype(float), 1, -1).reshape(-1, shape[1])
    mean = wide.mean(0) if norm.centred else 0
    xhat = (wide - mean) / np.sqrt(((wide - mean) ** 2).mean(0) + case.eps)
    y = xhat * case.norm.spread(case.gamma.astype(float), shape)
    y += case.norm.spread(case.beta.astype(float), shape)
    layer = made.make(case)
    got = np.moveaxis(layer.train(x), 1, -1).reshape(-1, shape[1])
    # 1e-3: twenty times the worst of one-pass variances here; a wrong layout is off by 1
    assert np.allclose(got, y, rtol=0, atol=1e-3)
    if layer.backward is not None:
        summed = case.norm.gathered(wide * xhat, shape)
        assert np.allclose(layer.backward(x).dgamma, summed, rtol=0, atol=1e-3)


def test_settings_of_a_layer():
    plain = adapt(keras.layers.LayerNormalization(axis=[-2, -1], center=False), name="mine")
    assert plain.domain.ranks == (3,)
    assert not plain.domain.norm.shifted
    groups = adapt(keras.layers.GroupNormalization(3), name="mine").domain
    assert (groups.norm.groups, groups.multiple) == (3, 3)
    with pytest.raises(TargetError, match="the last axes"):
        adapt(keras.layers.LayerNormalization(axis=1), name="mine")
