"""Disturbed arithmetic moves what an order of summation moves, by its bound, and nothing else."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from lab_small import drawn, shrunk

from bncheck.lab import catalogue, nets, training
from bncheck.lab.checking import apart
from bncheck.lab.disturbed import SIDES, TIMES, disturbed
from bncheck.model.formats import FLOAT64

U = FLOAT64.unit_roundoff
X = np.random.default_rng(0).normal(size=(40, 7))
B = np.random.default_rng(1).normal(size=(7, 3))


def gamma(n):
    return n * U / (1 - n * U)


MOVED = {
    "matmul": (lambda x: x @ B, gamma(7) * (np.abs(X) @ np.abs(B))),
    "matmul on the right": (lambda x: B.T @ x.T, gamma(7) * (np.abs(X) @ np.abs(B)).T),
    "sum": (lambda x: x.sum(0), gamma(40) * np.abs(X).sum(0)),
    "sum of all": (lambda x: x.sum(), gamma(280) * np.abs(X).sum()),
    "mean": (lambda x: x.mean(1), gamma(7) * np.abs(X).mean(1)),
    "mean, kept": (lambda x: np.mean(x, 1, keepdims=True), gamma(7) * np.abs(X).mean(1)[:, None]),
    "exp": (lambda x: np.exp(x), 8 * U * np.exp(X)),
    "tanh": (lambda x: np.tanh(x), 8 * U * np.abs(np.tanh(X))),
}
EXACT = {
    "arithmetic": lambda x: (x - 1) * x / 3,
    "sqrt": lambda x: np.sqrt(x * x),
    "largest": lambda x: x.max(1),
    "rows": lambda x: x[[3, 1, 2]].T,
    "signs": lambda x: (x > 0).sum(0),
}


@pytest.mark.parametrize("what", MOVED)
def test_each_entry_is_moved_by_its_bound(what):
    act, bound = MOVED[what]
    plain, moved = act(X), np.asarray(act(disturbed(X, 3)))
    # moving rounds once more, and so does the division of a mean
    room = 2 * U * np.abs(plain)
    assert (np.abs(np.abs(moved - plain) - bound) <= room + 4 * U * bound).all()
    if np.size(moved) > 2:
        assert (moved > plain).any()
        assert (moved < plain).any()


@pytest.mark.parametrize("what", EXACT)
def test_what_is_rounded_correctly_is_not_moved(what):
    np.testing.assert_array_equal(EXACT[what](disturbed(X, 3)), EXACT[what](X))


def test_what_is_computed_from_it_is_disturbed_as_well():
    hidden = np.ones((40, 7)) + 0 * disturbed(X, 3)
    assert not np.array_equal(hidden @ B, np.ones((40, 7)) @ B)


def test_an_array_without_it_keeps_its_kind_and_takes_the_result():
    weights = np.zeros((7, 3))
    weights -= disturbed(X, 3).T @ np.ones((40, 3))
    assert type(weights) is np.ndarray
    assert np.abs(weights + X.T @ np.ones((40, 3))).max() > 0
    into = np.empty((40, 3))
    np.matmul(disturbed(X, 3), B, out=into)
    assert not np.array_equal(into, X @ B)


def test_eigenvalues_move_by_what_lapack_may_be_off():
    a = np.asarray(X.T @ X)
    plain, moved = np.linalg.eigh(a)[0], np.asarray(np.linalg.eigh(disturbed(a, 3))[0])
    norm = np.linalg.norm(a)
    # Weyl: by at most the norm of what the matrix moved by, and eigh itself is off by as much
    assert (np.abs(moved - plain) <= 2 * len(a) * U * norm).all()
    assert (moved != plain).any()


def test_what_is_put_together_with_it_is_disturbed():
    both = np.c_[disturbed(X, 3), np.ones(40)]
    assert not np.array_equal(both.sum(0), np.c_[X, np.ones(40)].sum(0))


def test_signs_are_drawn_from_the_seed():
    one, same, other = (np.asarray(disturbed(X, seed) @ B) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_another_order_of_summation_stays_within(monkeypatch):
    """Columns of x, and rows of the first weights, in another order: the same, rounded anew."""
    experiment = shrunk(next(e for e in catalogue.EXPERIMENTS if e.id == "E16"))
    data = drawn()
    turned = np.random.default_rng(5).permutation(data.x.shape[1])
    for setup in (s for cell in experiment.cells for s in cell.arms.values()):
        plain = losses(setup, data, data.x)
        moved = [losses(setup, data, disturbed(data.x, signs)) for signs in range(TIMES)]
        apart_by = [[apart(*pair) for pair in zip(plain, one, strict=True)] for one in moved]
        spread = np.maximum.accumulate(np.max(apart_by, axis=0))
        assert (spread > 0).all()
        assert (spread < 1e-6).all()
        # so that it says something: a rate that is another by a millionth is beyond it
        faster = losses(replace(setup, rate=setup.rate * (1 + 1e-6)), data, data.x)
        assert any(apart(*pair) > SIDES * most
                   for *pair, most in zip(plain, faster, spread, strict=True))  # fmt: skip
        with monkeypatch.context() as inside:
            inside.setattr(training, "drawn", partial(turned_weights, turned))
            others = losses(setup, data, data.x[:, turned])
        assert others != plain
        for own, other, most in zip(plain, others, spread, strict=True):
            assert apart(own, other) <= SIDES * most


def losses(setup, data, x):
    return training.opening(setup, replace(data, x=x), 7)["losses"]


def turned_weights(turned, net, rng):
    p = nets.drawn(net, rng)
    p.weights[0][...] = p.weights[0][turned]
    return p
