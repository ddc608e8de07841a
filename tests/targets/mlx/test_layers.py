"""``mlx.nn.BatchNorm`` on inputs whose outputs are exact in binary."""

import numpy as np
import pytest
from exact_batch import check_steps, exact_case

from bncheck import verify
from bncheck.errors import TargetError
from bncheck.targets import adapt, load

nn = pytest.importorskip("mlx.nn")

pytestmark = pytest.mark.mlx


@pytest.mark.parametrize("rank", [2, 3, 4])
def test_layer(rank):
    implementation = adapt(load("mlx.nn:BatchNorm"), name="BatchNorm")
    # momentum 1/4 weighs the new; the variance 1 becomes 4/3
    case = exact_case(rank, momentum=0.25)
    check_steps(implementation, case, [0.75, 0], np.array([0.75, 9.75]) + 1 / 3)


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
        adapt(nn.Linear, name="mine")
    assert str(caught.value) == "mine is a Linear, but should be an mlx.nn.BatchNorm"
