"""E12: larger weights get smaller gradients, exactly; rescaled training is the same training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bncheck.lab import training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net, Parameters, gradient
from bncheck.lab.training import Setup, Start
from bncheck.model.formats import Array

# powers of two, so that nothing is rounded otherwise: every comparison is bit for bit
SCALES = (-2.0, 0.25, 2.0, 8.0)
AGAIN = 4.0

DIGITS = (64, 100, 100, 100, 10)


def _arms(setup: Setup) -> dict[str, Setup]:
    return {"bn": replace(setup, net=replace(setup.net, norm="before"))}


CELLS = (
    Cell("digits", "digits", _arms(Setup(Net(DIGITS), 0.5, 300, size=1400)), "quick"),
    Cell("mnist", "mnist-5k", _arms(Setup(Net(), 0.5, 300))),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Scale the hidden weights of a trained net; train again with scaled weights and rates."""
    setup: Setup = cell.arms[arm]
    losses, start = _rescaled(setup, data, seed, 1.0)
    again, other = _rescaled(setup, data, seed, AGAIN)
    hidden = range(setup.net.hidden)
    differ = sum(a != b for a, b in zip(losses, again, strict=True))
    differ += sum(int(np.sum(start.p.weights[i] * AGAIN != other.p.weights[i])) for i in hidden)
    x, y = start.parts.x[: setup.batch], start.parts.y[: setup.batch]
    return {
        "losses": losses[::10],
        "differ": differ,
        "scales": list(SCALES),
        "gradients differ": [_differing(setup.net, start.p, x, y, a) for a in SCALES],
        "fixed eps": [_at_fixed_eps(setup.net, start.p, x, y, a) for a in SCALES],
    }


def _rescaled(setup: Setup, data: Data, seed: int, a: float) -> tuple[list[float], Start]:
    """Train with hidden weights times a, their rates times a^2 and eps times a^2 (W07)."""
    start = training.started(setup, data, seed)
    net = replace(setup.net, eps=setup.net.eps * a * a)
    for weights in start.p.weights[:-1]:
        weights *= a
    rows = training.batches(len(start.parts.x), setup.batch, start.order)
    losses = []
    for _ in range(setup.steps):
        batch = next(rows)
        loss, by, _ = gradient(net, start.p, start.parts.x[batch], start.parts.y[batch])
        losses.append(loss)
        for layer, (weights, d) in enumerate(zip(start.p.weights, by.weights, strict=True)):
            weights -= setup.rate * (a * a if layer < net.hidden else 1.0) * d
        for array, d in zip(
            [*start.p.shifts, *start.p.gains], [*by.shifts, *by.gains], strict=True
        ):
            array -= setup.rate * d
    return losses, start


def _scaled(p: Parameters, a: float) -> Parameters:
    """Hidden weights times a; where a is negative gamma turns, so that the output stays (W02)."""
    q = p.copy()
    for weights in q.weights[:-1]:
        weights *= a
    if a < 0:
        for gain in q.gains:
            gain *= -1
    return q


def _differing(net: Net, p: Parameters, x: Array, y: Array, a: float) -> int:
    """Count entries of the hidden gradients that are not 1/a of the unscaled ones, to the bit."""
    by = gradient(net, p, x, y)[1].weights[:-1]
    scaled = gradient(replace(net, eps=net.eps * a * a), _scaled(p, a), x, y)[1].weights[:-1]
    return sum(int(np.sum(b * a != g)) for g, b in zip(by, scaled, strict=True))


def _at_fixed_eps(net: Net, p: Parameters, x: Array, y: Array, a: float) -> float:
    """Return the relative deviation from 1/a where eps stays: it is not exact there."""
    by = gradient(net, p, x, y)[1].weights[0]
    scaled = gradient(net, _scaled(p, a), x, y)[1].weights[0]
    return float(np.linalg.norm(scaled * a - by) / np.linalg.norm(by))


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Entries that differ, twice, so that a single one breaks it."""
    bn = arms["bn"]
    return {
        "gradients": 2.0 * sum(bn["gradients differ"]),
        "training": 2.0 * bn["differ"],
        "fixed eps": max(bn["fixed eps"]),
    }


EXPERIMENT = Experiment(
    id="E12",
    title="Larger weights get smaller gradients",
    claim="Gradients of weights before batch normalization are scaled by 1/a where the weights "
    "are scaled by a, so that larger weights get smaller gradients; with rates scaled by a^2 "
    "the training is the same.",
    source="Ioffe & Szegedy 2015 (1502.03167), section 3.3; Arora et al. 2018 (1812.03981)",
    disputed="",
    definition="A net after 300 steps, its hidden weights times -2, 1/4, 2 and 8, eps times a^2 "
    "(W04), gamma turned where a is negative (W02): gradients are compared bit for bit. And 300 "
    "steps with weights times 4, their rates and eps times 16 (W07): all losses and weights are. "
    "Powers of two, since then rounding is the same. With eps left as it is the law is not exact: "
    "the deviation is told.",
    control="eps left as it is.",
    cells=CELLS,
    statistics=(
        Statistic("gradients", "entries of gradients that differ", "exact"),
        Statistic("training", "losses and weights of 300 steps that differ", "exact"),
        Statistic("fixed eps", "largest relative deviation at eps = 1e-5", "value"),
    ),
    measure=measure,
    effects=effects,
    theorems=("W01", "W02", "W04", "W07", "B15"),
    partners=(),
    seeds=3,
)
