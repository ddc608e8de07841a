"""``equinox.nn.BatchNorm`` on inputs whose outputs are exact in binary."""

import numpy as np
import pytest
from exact_batch import ROUNDINGS, check, exact_case

from bncheck.cli import main
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


BY_OTHERS = """
import equinox as eqx
import jax
import jax.numpy as jnp


class Normalize(eqx.Module):
    scale: jax.Array
    shift: jax.Array
    eps: float = eqx.field(static=True)

    def __init__(self, size, eps):
        self.scale, self.shift, self.eps = jnp.ones(size), jnp.zeros(size), eps

    def __call__(self, x):
        centred = x - x.mean(0)
        return self.scale * centred / jnp.sqrt((centred**2).mean(0) + self.eps) + self.shift
"""


def test_a_module_by_other_hands_gets_code_to_paste_that_is_right(tmp_path, monkeypatch, capsys):
    """What is pasted, the dots filled in, holds; not in float64, in which JAX does not compute."""
    (tmp_path / "theirs.py").write_text(BY_OTHERS)
    monkeypatch.chdir(tmp_path)
    assert main(["verify", "theirs.py:Normalize"]) == 2
    said, paste, *code = capsys.readouterr().err.splitlines()
    assert "found: scale (gamma), shift (beta)" in said
    assert paste.endswith("the dots filled in:")
    assert code == [
        "import equinox as eqx; from theirs import Normalize",
        "def forward(x, gamma, beta, eps): return eqx.tree_at(lambda m: (m.scale, m.shift,), "
        "Normalize(...), (gamma, beta,))(x)",
    ]
    text = "\n".join(code).replace("...", "x.shape[1], eps")
    (tmp_path / "beside.py").write_text(text)
    assert main(["verify", "beside.py", "--budget", "smoke"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("HOLDS")
    assert "float64" in out.rpartition("exit 0")[2]
