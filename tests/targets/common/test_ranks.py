"""Ranks: what names and texts claim, and what an answer shows to be an accident."""

import numpy as np
import pytest

from bncheck.model import Layer
from bncheck.targets.common import ranks


@pytest.mark.parametrize(
    ("names", "texts", "codes", "claimed"),
    [
        (["BatchNorm2d"], [], [], {4: "its name 'BatchNorm2d'"}),
        (["spatial_batchnorm_forward"], [], [], {4: "its name 'spatial_batchnorm_forward'"}),
        (["BatchNorm1d"], ["For vectors."], [], {}),
        ([], ["Takes images (N, C, H, W)."], [], {4: "its docstring ('images')"}),
        ([], ["Not for images."], [], {}),
        ([], ["For (m, C) only; an image goes through by accident."], [], {}),
        ([], [], ["mean = x.mean((0, 2, 3))"], {4: "its code ('(0, 2, 3)')"}),
        ([], [], ["N, C, H, W = x.shape"], {4: "its code ('N, C, H, W = x.shape')"}),
        ([], [None], ["mean = x.mean(0)"], {}),
    ],
)
def test_claims(names, texts, codes, claimed):
    assert ranks.claims(names, texts, codes) == claimed


def made(axes, *, gamma_first=True):
    """A layer for any rank that reduces over some axes; gamma along axis 1 or the last."""

    def make(case):
        def train(x):
            over = tuple(a for a in axes if a < x.ndim)
            shape = (1, -1, *(1,) * (x.ndim - 2)) if gamma_first else (-1,)
            xhat = (x - x.mean(over, keepdims=True)) / x.std(over, keepdims=True)
            return case.gamma.reshape(shape) * xhat if gamma_first else xhat

        return Layer(train=train)

    return make


@pytest.mark.parametrize("axes", [(0,), (0, 2), (0, 2, 3), (1,)])
def test_the_axes_that_share_statistics_are_seen(axes):
    assert ranks.reduced(made(axes), 4, 3) == frozenset(axes)


def test_what_changes_along_no_axes_is_not_explained_by_any():
    def train(x):
        return x - x.ravel()[:5].mean() * np.ones_like(x)

    assert ranks.reduced(lambda case: Layer(train=train), 2, 3) == frozenset({0, 1})
    crossed = Layer(
        train=lambda x: x + np.where(np.arange(x.size) % 2, 0, x.ravel()[0]).reshape(x.shape)
    )
    assert ranks.reduced(lambda case: crossed, 2, 3) is None


def test_an_accident_is_left_out_unless_it_is_claimed_or_meant():
    by_batch = made((0,), gamma_first=False)
    found = ranks.tried(by_batch, 3)
    assert found.taken == (2,)
    assert set(found.accidental) == {3, 4, 5}
    assert ranks.tried(by_batch, 3, claimed=(4,)).taken == (2, 4)
    # who lays gamma along the channels of an image has meant the image
    assert ranks.tried(made((0,)), 3).taken == (2, 3, 4, 5)


def test_what_raised_is_told_by_kind():
    def make(case):
        def train(x):
            if x.ndim > 2:
                raise ValueError(f"only (m, C)\nnot rank {x.ndim}")
            return x - x.mean(0)

        return Layer(train=train)

    found = ranks.tried(make, 3)
    told = "ranks 3, 4 and 5: it raised ValueError: only (m, C) not rank 3"
    assert found.untried() == (told,)
    assert found.warnings({4: "its name 'B2d'"}) == (
        "rank 4 is claimed by its name 'B2d', but it raised ValueError: only (m, C) not rank 4",
    )
