"""E04: batch normalization reduces internal covariate shift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bncheck.lab import measures, training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup

EVERY = 20


def _arms(setup: Setup) -> dict[str, Setup]:
    return {"none": setup, "bn": replace(setup, net=replace(setup.net, norm="before"))}


CELLS = (
    Cell("sigmoid", "mnist-5k", _arms(Setup(Net(), 0.5, 401))),
    Cell("relu", "mnist-5k", _arms(Setup(Net(activation="relu", std="he"), 0.1, 401))),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train, and every 20 steps ask how a layer's gradient changes as earlier layers move."""
    setup: Setup = cell.arms[arm]
    start = training.started(setup, data, seed)
    x, y = start.parts.x, start.parts.y
    found, losses = [], []
    for step, loss, p, by, rows in training.steps(setup, start):
        if step % EVERY == 0:
            found.append(measures.internal_shift(setup.net, p, x[rows], y[rows], setup.rate, by))
            losses.append(loss)
    shifts = np.array(found)
    with np.errstate(divide="ignore"):
        mean = np.mean(np.log2(shifts[:, :, 0]), axis=0)
    return {
        "shift": [float(v) for v in mean],
        "cosine": [float(v) for v in shifts[:, :, 1].mean(0)],
        "losses": losses,
    }


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Octaves between the shifts of the weight matrices 1 to 3; 0 is the first, 3 the last."""
    none, bn = arms["none"], arms["bn"]
    return {
        "matrix 2": none["shift"][1] - bn["shift"][1],
        "matrix 1": none["shift"][0] - bn["shift"][0],
        "matrix 3": none["shift"][2] - bn["shift"][2],
        "cosine": bn["cosine"][1] - none["cosine"][1],
    }


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps."""
    return training.opening(cell.arms[arm], data, seed)


EXPERIMENT = Experiment(
    id="E04",
    title="Internal covariate shift is smaller",
    claim="Batch normalization reduces internal covariate shift.",
    source="Ioffe & Szegedy 2015 (1502.03167), title and section 2",
    disputed="Santurkar et al. 2018 (1805.11604), section 2.2: similar, or worse",
    definition="Definition 2.1 of Santurkar et al.: G is the gradient of a weight matrix, and G' "
    "that on the same batch after the earlier layers made their step. |G - G'|/|G|, as a mean "
    "of logarithms over every 20th of 400 steps, without over with batch normalization.",
    control="The losses stand beside it: the plain sigmoid net hardly moves at first.",
    cells=CELLS,
    statistics=(
        Statistic(
            "matrix 2", "shift of the third matrix without, over with", "greater", 0.32, "octaves"
        ),
        Statistic(
            "matrix 1", "shift of the second matrix without, over with", "greater", 0.32, "octaves"
        ),
        Statistic(
            "matrix 3", "shift of the last matrix without, over with", "greater", 0.32, "octaves"
        ),
        Statistic(
            "cosine", "cosine of G and G' of the third matrix with, less without", "greater", 0.05
        ),
    ),
    measure=measure,
    effects=effects,
    opening=opening,
)
