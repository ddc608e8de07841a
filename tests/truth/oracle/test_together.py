"""Inference of instance normalization, whose samples share running statistics and parameters."""

import numpy as np
import pytest

from bncheck.cases import Recipe, Values, build
from bncheck.model import NORMS, Convention
from bncheck.model.arrays import flatten, unflatten
from bncheck.trial.truths import inference_truth
from bncheck.truth import oracle
from bncheck.truth.conventions import Statistics, averaged
from bncheck.truth.oracle import exact
from bncheck.truth.rounding import Algorithms, Ball, training_bounds

RECIPE = Recipe(
    shape=(3, 6, 5),
    x=Values((3, -1, 7, 2, 0, -6, 5), "noise", (1, -5, 2), (3.0, -1.0)),
    dy=Values((2, -3, 5), "noise"),
    gamma=(1.5, -0.75, 2.0),
    beta=(0.5, -1.0),
    running_mean=(2.0, -3.0, 0.5),
    running_var=(0.25, 4.0, 30.0),
    eps=0.5,
    momentum=0.25,
)


def case(dtype, sets=6):
    made = build(Recipe(**{**vars(RECIPE), "dtype": dtype, "shape": (3, sets, 5)}))
    return build(Recipe(**dict(made.recipe) | {"x": RECIPE.x, "dy": RECIPE.dy}), NORMS["instance"])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sets", [4, 6, 12])
def test_samples_share_the_running_statistics(dtype, sets):
    own = case(dtype, sets)
    parts = own.norm.states(own.x.shape)
    assert own.running_mean.shape == own.gamma.shape == (parts,)
    for values, bounds in (
        oracle.infer(own),
        exact.infer(own, oracle.evaluate.oracle_dtype(dtype)),
    ):
        xhat = (flatten(own.x) - np.tile(own.running_mean, own.norm.samples)) / np.sqrt(
            np.tile(own.running_var, own.norm.samples) + own.eps
        )
        y = np.tile(own.gamma, own.norm.samples) * xhat + np.tile(own.beta, own.norm.samples)
        assert np.allclose(values.y.reshape(y.shape), y.astype(float), rtol=1e-4, atol=1e-5)
        dgamma = own.norm.gathered(flatten(own.dy) * xhat, own.x.shape)
        assert np.allclose(values.dgamma, dgamma.astype(float), rtol=1e-3, atol=1e-3)
        assert values.dgamma.shape == bounds.dgamma.shape == (parts,)
        assert (bounds.y > 0).all()
    truth = inference_truth(own, Algorithms.of(dtype, Convention()), exact=False)
    got = truth.measured("y", unflatten(y.astype(dtype), own.x.shape))
    assert (np.abs(got.mid - truth.values.y) <= got.rad).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ways_of_averaging_are_within_the_bound(dtype):
    """Averaged first, averaged last, one sum over all values: torch's is the second."""
    kind, rng = np.dtype(dtype), np.random.default_rng(3)
    convention = Convention.from_mapping({"momentum_weighs": "new", "running_var": "unbiased"})
    own = next(c for c in (case(dtype, sets) for sets in (4, 6, 8, 12)) if c.norm.samples > 1)
    samples, m = own.norm.samples, own.m
    a = kind.type(own.momentum)
    for _ in range(200):
        x = (rng.normal(size=own.x.shape) * 2.0 ** rng.integers(-4, 5) + rng.normal() * 50).astype(
            kind
        )
        given = own.changed(x=x)
        values, bounds = oracle.train(given)
        algorithms = Algorithms.of(dtype, Convention())
        allowed = training_bounds(values, algorithms)
        batch = Statistics(
            Ball(values.mean, allowed.mean + bounds.mean),
            Ball(values.var, allowed.var + bounds.var),
            m,
        )
        told = averaged(convention, given, batch, values.of_x[0], algorithms)
        flat = flatten(x).reshape(m, samples, -1)
        mean, var = flat.mean(0), flat.var(0) * kind.type(m / (m - 1))
        old = given.running_mean, given.running_var
        ways = [
            [(1 - a) * o + a * s.mean(0) for o, s in zip(old, (mean, var), strict=True)],
            [((1 - a) * o + a * s).mean(0) for o, s in zip(old, (mean, var), strict=True)],
            [
                (1 - a) * old[0] + a * flat.reshape(m * samples, -1).mean(0),
                (1 - a) * old[1]
                + a * (((flat - mean) ** 2).sum((0, 1)) / kind.type(samples * (m - 1))),
            ],
        ]
        for way in ways:
            for got, ball in zip(way, (told.mean, told.var), strict=True):
                assert (np.abs(got - ball.mid) <= ball.rad).all()
