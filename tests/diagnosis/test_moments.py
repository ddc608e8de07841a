"""The derivatives of statistics of blocks are those of their formulas, and right ones are right."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from bncheck.deviations import REFERENCE
from bncheck.deviations.passes import Pass
from bncheck.diagnosis.terms.chunks import chunked
from bncheck.diagnosis.terms.moments import first, padded

M, STEP = 21, 2.0**-20
X = np.random.default_rng(3).normal(1.5, 2.0, (2, M))


def passing(x):
    """A pass of seven samples with three positions; moments read x and its shape alone."""
    column = np.zeros((len(x), 1))
    return Pass(
        rules=REFERENCE,
        case=SimpleNamespace(),
        given=np.zeros((7, len(x), 3)),
        training=True,
        eps=1e-3,
        momentum=0.1,
        steps=0,
        gamma=column,
        beta=column,
        running_mean=column,
        running_var=column,
        x=x,
    )


ALL = [
    first("first", lambda m: min(m, 8)),
    *[m for m in padded() if " 32, " in m.says],
    *[m for m in chunked() if "chunks of 8 values" in m.says or "4 parts" in m.says],
]


@pytest.mark.parametrize("moments", ALL, ids=lambda moments: moments.says[:60])
def test_derivatives_are_those_of_the_formula(moments):
    """Mean and variance are of degree two at most, so that a central difference is exact."""
    by_mean, by_var = moments.by_x(passing(X))
    for i in range(M):
        ends = []
        for sign in (1, -1):
            moved = X.copy()
            moved[:, i] += sign * STEP
            ends.append(moments.of(passing(moved)))
        slopes = [(a - b)[:, 0] / (2 * STEP) for a, b in zip(*ends, strict=True)]
        # a difference of numbers below 64, each off by a few roundings
        room = 64 * 64 * 2.0**-52 / STEP
        assert np.abs(slopes[0] - by_mean[:, i]).max() < room
        assert np.abs(slopes[1] - by_var[:, i]).max() < room


WHOLE = [
    *[m for m in padded() if "multiple of 2," in m.says],
    *[m for m in chunked() if "chunks of 2 values" in m.says and "added up" not in m.says],
]


@pytest.mark.parametrize("moments", WHOLE, ids=lambda moments: moments.says[:60])
def test_a_batch_of_whole_blocks_or_one_chunk_is_right(moments):
    found = moments.of(passing(X[:, :2]))
    right = X[:, :2].mean(1, keepdims=True), X[:, :2].var(1, keepdims=True)
    for mine, value in zip(found, right, strict=True):
        assert (np.abs(mine - value) <= 16 * 2.0**-53 * np.abs(X).max() ** 2).all()
