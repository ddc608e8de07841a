"""Weights that two targets came with: the same, others, or the same for other roles."""

import numpy as np
import pytest

from bncheck.engine import weighed
from bncheck.engine.compared import Agreement, Compared, Side
from bncheck.reports.text.comparison import render
from bncheck.targets.common.weights import digests
from bncheck.terminal import Style

SCALE, BIAS, MEAN, VARIANCE = (np.array(v) for v in ([1.5, 2], [0.1, -1], [3, 4.0], [1, 0.3]))
WEIGHTS = {"scale": SCALE, "bias": BIAS, "mean": MEAN, "variance": VARIANCE}


def given(**changes):
    return digests({**WEIGHTS, **changes})


def compared(a, b):
    agreements = (Agreement("inference y", "float32", compared=3, agreed=3),)
    return Compared(Side("a", {}, {}, weights=a), Side("b", {}, {}, weights=b), agreements)


@pytest.mark.parametrize(
    ("other", "swapped", "told"),
    [
        ({}, False, "the same in float32"),
        ({"bias": BIAS.astype(np.float32)}, False, "the same in float32"),
        ({"scale": BIAS, "bias": SCALE}, True, "what A has as its scale B has as its bias"),
        ({"mean": VARIANCE, "variance": MEAN}, True, "A has as its mean B has as its variance"),
        ({"scale": BIAS}, False, "differ, even in float32: scale"),
        ({"scale": BIAS, "bias": MEAN}, False, "differ, even in float32: scale, bias"),
    ],
)
def test_weights_are_the_same_others_or_swapped(other, swapped, told):
    a, b = given(), given(**other)
    assert told in "; ".join(weighed.told(a, b))
    found = compared(a, b)
    assert found.exit_code == int(swapped)
    last = render(found, "1", Style()).splitlines()[-1]
    if swapped:
        assert last == "exit 1: their own weights are swapped"
    else:
        assert last.endswith("own weights differ") is (a != b)


def test_without_weights_there_is_nothing_to_say():
    assert list(weighed.told({}, {})) == []
    assert list(weighed.told({}, given())) == ["B's own weights not compared: A came with none"]
    assert compared({}, given()).exit_code == 0
