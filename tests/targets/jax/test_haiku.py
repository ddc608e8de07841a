"""``haiku.BatchNorm`` on inputs whose outputs are exact in binary."""

import pytest
from exact_batch import check

from bncheck.errors import TargetError
from bncheck.targets import adapt, load

hk = pytest.importorskip("haiku")

pytestmark = pytest.mark.haiku


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_answers(rank, dtype):
    implementation = adapt(load("haiku:BatchNorm"), name="BatchNorm")
    # corrected for the start, one step gives the statistics of the batch
    check(implementation, rank, dtype, [0, 0], [1, 1])


def test_promises():
    assert adapt(load("haiku:BatchNorm"), name="BatchNorm").convention.promised() == {
        "momentum_weighs": "old",
        "running_var": "biased",
        "debiased": True,
        "one_value": "beta",
        "channel_axis": -1,
    }


def test_a_derived_class_promises_nothing():
    class Mine(hk.BatchNorm):
        pass

    assert adapt(Mine, name="Mine").convention.promised() == {"channel_axis": -1}


def test_other_modules():
    with pytest.raises(TargetError) as caught:
        adapt(load("haiku:Linear"), name="Linear")
    assert str(caught.value) == "Linear is a Linear, but should be a haiku.BatchNorm"
