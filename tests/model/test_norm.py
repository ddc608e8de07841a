"""Norms: what belongs to what, and how their users lay arrays out."""

import numpy as np
import pytest

from bncheck.model import NORMS

SHAPES = [(1, 1), (3, 2), (5, 6), (2, 6, 3), (2, 4, 1, 3)]
CASES = [(name, shape) for name in NORMS for shape in SHAPES]


@pytest.mark.parametrize(("name", "shape"), CASES)
def test_what_is_gathered_is_the_transpose_of_what_is_spread(name, shape):
    norm = NORMS[name].fitted(shape)
    rng = np.random.default_rng(0)
    m, sets = int(np.prod(shape)) // shape[1], shape[1]
    values = rng.integers(-9, 9, norm.parameters(shape))
    terms = rng.integers(-9, 9, (m, sets))
    spread = np.broadcast_to(norm.spread(values, shape), (m, sets))
    assert (spread * terms).sum() == (values * norm.gathered(terms, shape)).sum()
    assert (norm.gathered(np.ones((m, sets), int), shape) == norm.fibre(shape)).all()


@pytest.mark.parametrize(("name", "shape"), CASES)
def test_laying_out_is_undone(name, shape):
    norm = NORMS[name].fitted(shape)
    x = np.arange(np.prod(shape)).reshape(shape)
    there = norm.laid_out(x)
    assert there.size == x.size
    assert np.array_equal(norm.taken_back(there, shape), x)


def test_layouts_are_those_of_users():
    shape = (2, 6, 5, 4)
    layouts = {
        name: norm.fitted(shape).laid_out(np.empty(shape)).shape for name, norm in NORMS.items()
    }
    samples = NORMS["group"].fitted(shape).samples
    assert layouts == {
        "batch": shape,
        "layer": (6, 2, 5, 4),
        "rms": (6, 2, 5, 4),
        "group": (samples, 6 // samples * 2, 5, 4),
        "instance": (samples, 6 // samples, 2, 5, 4),
    }


def test_a_group_is_of_neighbouring_channels():
    norm, shape = NORMS["group"].fitted((2, 2)), (2, 2)  # 2 groups of 2 channels, or 2 samples
    x = np.array([[0, 10], [1, 11]])  # set 0 has 0 and 1
    assert norm.laid_out(x).reshape(-1).tolist() == [0, 1, 10, 11]
    assert norm.parameters(shape) == 4 // norm.samples


def test_each_divisor_of_the_sets_has_its_turn():
    found = {NORMS["instance"].fitted((m, 6)).samples for m in range(1, 9)}
    assert found == {1, 2, 3, 6}
    fixed = {
        NORMS["group"].__class__("group", "channel", groups=3).fitted((m, 6)).samples
        for m in range(1, 9)
    }
    assert fixed == {2}
