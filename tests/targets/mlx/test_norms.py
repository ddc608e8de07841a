"""MLX's relatives of batch normalization, through the view."""

import numpy as np
import pytest

from bncheck.cases import Recipe, build
from bncheck.engine.run import verify
from bncheck.targets import adapt

pytest.importorskip("mlx.nn")
import mlx.nn as nn  # after the question whether it is there


@pytest.mark.parametrize("name", ["LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm"])
def test_definition_and_gradients_hold_with_their_own_parameters(name):
    report = verify(f"mlx.nn:{name}", budget="quick", laws=("F00", "B01"))
    assert {f.verdict for f in report.findings} == {"holds"}


@pytest.mark.parametrize("compatible", [False, True])
def test_groups_are_woven_or_in_a_row(compatible):
    made = adapt(nn.GroupNorm(2, 4, pytorch_compatible=compatible), name="mine")
    case = build(Recipe(shape=(3, 4), gamma=(2.0, -1.0, 0.5)), made.domain.norm)
    x = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    xhat = (x - x.mean(0)) / np.sqrt(x.var(0) + case.eps)
    y = case.norm.spread(case.gamma, x.shape) * xhat + case.norm.spread(case.beta, x.shape)
    layer = made.make(case)
    assert np.allclose(layer.train(x), y, atol=1e-5)
    summed = case.norm.gathered(x * xhat, x.shape)
    assert np.allclose(layer.backward(x).dgamma, summed, atol=1e-4)
