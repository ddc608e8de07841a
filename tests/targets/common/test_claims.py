"""Which ranks are spoken of, and over which axes an answer was normalized."""

import numpy as np
import pytest

from bncheck.model import Layer
from bncheck.targets.common import claims


@pytest.mark.parametrize(
    ("name", "text", "shapes", "ranks"),
    [
        ("BatchNorm1d", "", (), {2, 3}),
        ("MyBatchNorm2D", "", (), {4}),
        ("BatchNorm_3d", "", (), {5}),
        ("BatchNorm", "For images of shape (N, C, H, W).", (), {4}),
        ("BatchNorm", "NHWC only", (), {4}),
        ("BatchNorm", "Input: (N, D).", (), {2}),
        ("BatchNorm", "", [(1, 3, 1, 1)], {4}),
        ("BatchNorm", "", [(3, 1, 1)], {4}),
        ("BatchNorm", "", [(1, 3)], {2}),
        ("BatchNorm", "", [(3,)], set()),
    ],
)
def test_claims(name, text, shapes, ranks):
    assert claims.claimed(name, text, shapes) == ranks


@pytest.mark.parametrize("unbiased", [0, 1])
@pytest.mark.parametrize("axes", [(0,), (0, 2), (0, 2, 3), (1, 2, 3), (0, 1, 2, 3)])
def test_the_axes_of_a_normalization_are_seen(axes, unbiased):
    def make(case):
        def train(x):
            deviation = np.sqrt(x.var(axes, keepdims=True, ddof=unbiased) + case.eps)
            return (x - x.mean(axes, keepdims=True)) / deviation

        return Layer(train)

    if unbiased and axes == (0,):
        return  # four values: unbiased is too far from biased to be called either
    assert claims.reduced(make, 4, 3, np.float64) == ", ".join(map(str, axes))


def test_what_is_no_normalization_has_no_axes():
    assert claims.reduced(lambda case: Layer(lambda x: 2 * x), 4, 3, np.float64) == ""
