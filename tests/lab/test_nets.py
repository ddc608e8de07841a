"""The nets: gradients against differences of the loss, and nothing but proved formulas."""

from dataclasses import replace

import numpy as np
import pytest

from bncheck.lab import measures
from bncheck.lab.nets import Net, drawn, forward, gradient, proved, statistics_of
from bncheck.truth import derived

SMALL = Net((5, 6, 4, 3), std="fan", eps=1e-3)
STEP = 2.0**-18


def batch(seed=0, m=12):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(m, 5)), rng.integers(0, 3, m)


def moved_a_little(p, rng):
    """Shifts and gains that are not 0 and 1, so that a wrong use of them shows."""
    for array in [*p.shifts, *p.gains]:
        array += rng.normal(size=array.shape) * 0.3
    return p


KINDS = {
    "plain": {},
    "before": {"norm": "before"},
    "after": {"norm": "after"},
    "groups": {"norm": "before", "groups": 4},
    "noise": {"norm": "before", "noise": (0.5, 1.25, 0.1)},
    "noise, plain": {"noise": (0.5, 1.25, 0.1)},
    "dropout": {"norm": "after", "dropout": 0.3},
}


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "tanh", "linear"])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_derivatives_of_the_loss(kind, activation):
    net = replace(SMALL, activation=activation, **KINDS[kind])
    p = moved_a_little(drawn(net, np.random.default_rng(1)), np.random.default_rng(2))
    x, y = batch()

    def loss(q):
        return gradient(net, q, x, y, np.random.default_rng(3))[0]

    by = gradient(net, p, x, y, np.random.default_rng(3))[1]
    rng = np.random.default_rng(4)
    for index, d in enumerate(by.all()):
        if not d.size:
            continue
        place = tuple(rng.integers(0, size) for size in d.shape)

        def slope(step, index=index, place=place):
            ends = []
            for sign in (1, -1):
                q = p.copy()
                q.all()[index][place] += sign * step
                ends.append(loss(q))
            return (ends[0] - ends[1]) / (2 * step)

        wide, narrow = slope(2 * STEP), slope(STEP)
        # a central difference is off by a h^2 + O(h^4): twice as far, three times that lie between
        # the two; and each loss is rounded, to some u of it for each of its few dozen operations
        bound = abs(wide - narrow) + 64 * 2.0**-53 * loss(p) / STEP
        assert abs(narrow - d[place]) <= bound


def test_batch_normalization_is_the_proved_one(monkeypatch):
    """All three functions come from `derived`: when these are changed, so is the net."""
    net = replace(SMALL, norm="before")
    p, (x, y) = drawn(net, np.random.default_rng(1)), batch()
    called = []
    for name in ("forward", "backward", "inference"):
        right = getattr(derived, name)
        monkeypatch.setattr(
            derived, name, lambda *a, right=right, name=name: (called.append(name), right(*a))[1]
        )
    gradient(net, p, x, y)
    forward(net, p, x, population=statistics_of(net, p, x))
    assert set(called) == {"forward", "backward", "inference"}


def test_another_backward_pass_is_used():
    net = replace(SMALL, norm="before")
    p, (x, y) = drawn(net, np.random.default_rng(1)), batch()
    seen = []

    def spy(c, w, gamma, dy):
        seen.append(c.shape)
        return proved(c, w, gamma, dy)

    one, other = gradient(net, p, x, y)[1], gradient(net, p, x, y, backward=spy)[1]
    assert len(seen) == 2
    assert all(np.array_equal(a, b) for a, b in zip(one.all(), other.all(), strict=True))


def test_population_statistics_are_of_the_whole_batch_with_groups_too():
    whole, grouped = (replace(SMALL, norm="before", groups=g) for g in (0, 4))
    p, (x, _) = drawn(whole, np.random.default_rng(1)), batch()
    for a, b in zip(statistics_of(whole, p, x), statistics_of(grouped, p, x), strict=True):
        assert np.array_equal(a.mean, b.mean)
        assert np.array_equal(a.var, b.var)
    assert statistics_of(SMALL, p, x) is None


def test_inserted_batch_normalization_leaves_the_function():
    """Law F07, in a net: the losses are equal to rounding, and the gradients are not."""
    p, (x, y) = drawn(SMALL, np.random.default_rng(1)), batch()
    p = moved_a_little(p, np.random.default_rng(5))
    net, q = measures.with_batch_norm(SMALL, p, x)
    one, by, _ = gradient(SMALL, p, x, y)
    other, there, _ = gradient(net, q, x, y)
    assert abs(one - other) < 1e-13
    assert np.abs(by.weights[0] - there.weights[0]).max() > 1e-3


def test_groups_share_statistics():
    """Each group of 4 has mean 0 and variance near 1 after it."""
    net = replace(SMALL, norm="before", groups=4, eps=1e-12)
    p, (x, _) = drawn(net, np.random.default_rng(1)), batch()
    z = forward(net, p, x)[1].before[0].reshape(4, 3, 6)
    assert np.abs(z.mean(0)).max() < 1e-12
    assert np.abs(z.var(0) - 1).max() < 1e-8
