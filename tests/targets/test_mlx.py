"""``mlx.nn.BatchNorm`` on inputs whose outputs are exact in binary."""

import numpy as np
import pytest
from exact_batch import BETA, DY, GAMMA, SIGNS, close, shaped

from bncheck import verify
from bncheck.errors import TargetError
from bncheck.model import Case
from bncheck.targets import adapt, load

nn = pytest.importorskip("mlx.nn")

pytestmark = pytest.mark.mlx


@pytest.mark.parametrize("rank", [2, 3, 4])
def test_layer(rank):
    implementation = adapt(load("mlx.nn:BatchNorm"), name="BatchNorm")
    x, dy = (shaped(a, rank).astype(np.float32) for a in (SIGNS, DY))
    parts = [np.array(a, np.float32) for a in (GAMMA, BETA, [1, 0], [1, 13])]
    gamma, beta, mean, var = parts
    case = Case(x, gamma, beta, dy, mean, var, eps=3.0, momentum=0.25)
    layer = implementation.make(case)
    close(layer.train(x), shaped(SIGNS * [1, 2] + BETA, rank))
    before = layer.state()
    for _ in range(2):  # asked again, it answers the same, and changes nothing
        got = layer.backward(dy)
        close(got.dx, shaped(GAMMA / 2 * (DY - 1 - SIGNS / 4), rank))
        close(got.dgamma, np.array([2, 2]))
        close(got.dbeta, np.array([4, 4]))
    # momentum 1/4 weighs the new; the variance 1 becomes 4/3
    close(layer.state().mean, np.array([0.75, 0]))
    close(layer.state().var, np.array([0.75, 9.75]) + 1 / 3)
    assert (layer.state().var == before.var).all()
    layer = implementation.make(case)
    close(layer.eval(x), shaped(SIGNS - [1, 0] + BETA, rank))
    close(layer.backward(dy).dx, dy)
    close(layer.state().mean, mean)


def test_verify():
    report = verify("mlx.nn:BatchNorm", budget="quick", save=None)
    assert {f.law for f in report.findings if f.verdict in ("fails", "error")} == set()


def test_settings_of_an_instance():
    implementation = adapt(nn.BatchNorm(7, affine=False, track_running_stats=False), name="mine")
    assert implementation.domain.channels == 7
    assert not implementation.domain.affine
    assert implementation.abilities == {"backward"}


def test_other_modules():
    with pytest.raises(TargetError) as caught:
        adapt(nn.LayerNorm, name="mine")
    assert str(caught.value) == "mine is a LayerNorm, but should be an mlx.nn.BatchNorm"
