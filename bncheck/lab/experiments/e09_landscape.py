"""E09: the landscape along the gradient is smoother, each net on its own path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bncheck.lab import measures, training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup

EVERY = 30
KEYS = ("range", "change", "beta", "gradient")
DIGITS = (64, 100, 100, 100, 10)


def _arms(setup: Setup) -> dict[str, Setup]:
    """The third arm is the plain net, at each of its points with batch normalization inserted."""
    bn = replace(setup, net=replace(setup.net, norm="before"))
    return {"none": setup, "bn": bn, "same function": setup}


CELLS = (
    Cell("digits", "digits", _arms(Setup(Net(DIGITS), 0.5, 601, size=1400)), "quick"),
    Cell("sigmoid", "mnist-5k", _arms(Setup(Net(), 0.5, 601))),
    Cell("relu", "mnist-5k", _arms(Setup(Net(activation="relu", std="he"), 0.1, 601))),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train, and look along the gradient every 30 steps."""
    setup: Setup = cell.arms[arm]
    start = training.started(setup, data, seed)
    x, y = start.parts.x, start.parts.y
    seen = []
    for step, _, p, _, rows in training.steps(setup, start):
        if step % EVERY == 0:
            net, q = setup.net, p
            if arm == "same function":
                net, q = measures.with_batch_norm(net, p, x[rows])
            seen.append({"step": step, **measures.landscape(net, q, x[rows], y[rows], setup.rate)})
    curves = {key: [s[key] for s in seen] for key in ("step", "low", "high", *KEYS)}
    means = {"log " + key: float(np.mean(np.log10(curves[key]))) for key in KEYS}
    return {**curves, **means}


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Decades between the two, each on its own path."""
    return between(arms, "bn")


def between(arms: Mapping[str, Measured], other: str) -> dict[str, float]:
    """Decades by which the plain net is rougher than another arm, by what is measured."""
    return {key: arms["none"]["log " + key] - arms[other]["log " + key] for key in KEYS}


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps."""
    return training.opening(cell.arms[arm], data, seed)


STATISTICS = tuple(
    Statistic(key, says + " without, over with", "greater", 0.1, "decades")
    for key, says in (
        ("range", "range of the loss"),
        ("change", "largest change of the gradient"),
        ("beta", "largest change of the gradient over the distance"),
        ("gradient", "norm of the gradient"),
    )
)

EXPERIMENT = Experiment(
    id="E09",
    title="The landscape is smoother, on its own path",
    claim="Batch normalization makes the landscape of the loss smoother.",
    source="Santurkar et al. 2018 (1805.11604), section 3 and figure 4",
    disputed="Yao et al. 2020 (PyHessian, 1912.07145): not for shallow nets",
    definition="Every 30 of 600 steps, six steps of 1/2 to 4 times the rate along the negative "
    "gradient on the same batch: the range of the loss, the largest change of the gradient, and "
    "the largest change over the distance (effective beta-smoothness); means of logarithms, "
    "without over with batch normalization.",
    control="E10: the same where both nets are the same function.",
    cells=CELLS,
    statistics=STATISTICS,
    measure=measure,
    effects=effects,
    opening=opening,
    theorems=("L01", "L02", "L03", "L04", "B28"),
)
