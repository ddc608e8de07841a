"""torch's own layer, RMS, group and instance normalization, through the view."""

import numpy as np
import pytest

from bncheck.cases import Recipe, build
from bncheck.engine.run import verify
from bncheck.model import NORMS
from bncheck.targets import adapt, load

torch = pytest.importorskip("torch")

NAMES = ["LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]


def adapted(name):
    return adapt(load(f"torch.nn:{name}"), name=name)


@pytest.mark.parametrize("name", NAMES)
def test_definition_and_gradients_hold_with_their_own_parameters(name):
    report = verify(f"torch.nn:{name}", budget="quick", laws=("F00", "B01"))
    verdicts = {(f.law, f.dtype): f.verdict for f in report.findings}
    forward = {v for (law, _), v in verdicts.items() if law == "F00"}
    assert forward == {"holds"}
    # torch's instance normalization is wrong where the cotangent of one sample is channels_last
    backward = {v for (law, _), v in verdicts.items() if law == "B01"}
    assert ("fails" in backward) == (name in ("InstanceNorm2d", "InstanceNorm3d"))


def test_a_module_is_made_anew_in_its_own_way():
    plain = adapt(torch.nn.LayerNorm(8, bias=False), name="mine")
    assert not plain.domain.norm.shifted
    groups = adapt(torch.nn.GroupNorm(3, 12), name="mine")
    assert groups.domain.norm.groups == 3
    assert groups.domain.multiple == 3
    bare = adapt(torch.nn.InstanceNorm2d(4), name="mine")
    assert not bare.domain.affine
    assert "eval" not in bare.abilities


@pytest.mark.parametrize("name", ["LayerNorm", "GroupNorm", "InstanceNorm1d"])
def test_a_gamma_for_each_set_is_what_batch_norm_says(name):
    made = adapted(name)
    recipe = Recipe(shape=(5, 3), gamma=(2.0, -1.0, 0.5), beta=(1.0, 0.0))
    case = build(recipe, made.domain.norm.simple)
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    layer = made.make(case)
    y = layer.train(x)
    back = layer.backward(x)
    xhat = (x - x.mean(0)) / np.sqrt(x.var(0) + case.eps)
    assert np.allclose(y, case.gamma * xhat + case.beta, atol=1e-5)
    assert np.allclose(back.dgamma, (x * xhat).sum(0), atol=1e-4)
    assert np.allclose(back.dbeta, x.sum(0), atol=1e-5)
    assert back.dgamma.shape == (3,)


def test_what_is_asked_with_another_shape_gets_other_parameters():
    made = adapted("LayerNorm")
    case = build(Recipe(shape=(5, 2)), NORMS["layer"].simple)
    layer = made.make(case)
    for m in (3, 5, 7):
        x = np.arange(2.0 * m, dtype=np.float32).reshape(m, 2)
        assert layer.train(x).shape == (m, 2)
        assert layer.backward(x).dgamma.shape == (2,)


def test_one_value_in_a_group_may_be_refused_in_forward_mode_too():
    """torch raises for one sample, as it does in training: docs/findings."""
    report = verify("torch.nn:GroupNorm", budget="quick", laws=("N04",), dtypes=("float64",))
    assert [f.verdict for f in report.findings] == ["holds"]
