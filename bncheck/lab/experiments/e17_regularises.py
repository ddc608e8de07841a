"""E17: batch normalization regularises, by the noise of its statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.lab import measures, training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup

DROPOUT = 0.3
# the training loss at which losses on test images are compared
EQUAL = 0.05


def _arms(setup: Setup) -> dict[str, Setup]:
    def arm(**changes: Any) -> Setup:
        return replace(setup, net=replace(setup.net, **changes))

    groups = {"groups of " + str(size): arm(norm="before", groups=size) for size in (4, 12, 40)}
    return {
        "none": setup,
        "bn": arm(norm="before"),
        "none, dropout": arm(dropout=DROPOUT),
        "bn, dropout": arm(norm="before", dropout=DROPOUT),
        **groups,
    }


CELLS = (
    Cell(
        "1,000 images",
        "mnist-5k",
        _arms(Setup(Net(activation="relu", std="he"), 0.1, 1000, 120, size=1000)),
    ),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train on few images, until the training loss is small."""
    setup: Setup = cell.arms[arm]
    looks = (*range(0, 100, 10), *range(100, setup.steps + 1, 50))
    return training.trained(setup, training.started(setup, data, seed), looks)


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Points in the end; losses in the end, and where the training losses are equal."""
    none, bn = arms["none"], arms["bn"]
    return {
        "final": measures.points(bn, none),
        "noise alone": measures.points(arms["groups of 12"], bn),
        "groups of 4": measures.points(arms["groups of 4"], bn),
        "groups of 40": measures.points(arms["groups of 40"], bn),
        "loss": none["loss"][-1] - bn["loss"][-1],
        "equal loss": _at_equal(none) - _at_equal(bn),
    }


def _at_equal(curve: Measured) -> float:
    """Return the loss on test images where that on training images first reaches `EQUAL`."""
    own, test = curve["tloss"], curve["loss"]
    for k, value in enumerate(own):
        if value <= EQUAL and k:
            share = (own[k - 1] - EQUAL) / (own[k - 1] - value)
            return float(test[k - 1] + share * (test[k] - test[k - 1]))
    return float(np.nan)


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps."""
    return training.opening(cell.arms[arm], data, seed)


EXPERIMENT = Experiment(
    id="E17",
    title="Batch normalization regularises",
    claim="Batch normalization regularises: the statistics of a batch are noise, which keeps a "
    "network from overfitting.",
    source="Ioffe & Szegedy 2015 (1502.03167), section 3.4",
    disputed="Luo et al. 2018 (1809.00846): population statistics and a decay of gamma do the same",
    definition="1,000 training images, batches of 120, relu, until the training loss is below "
    "0.05: accuracy on test images, with less without. And the noise alone: statistics over "
    "groups of 12 within each batch (S05), less those of the whole batch, all else equal.",
    control="Losses on test images where those on training images are equal.",
    cells=CELLS,
    statistics=(
        Statistic("final", "final accuracy with, less without", "greater", 0.5, "points"),
        Statistic(
            "noise alone", "statistics over groups of 12, less the batch", "greater", 0.5, "points"
        ),
        Statistic("groups of 4", "over groups of 4, less the batch", "greater", 0.5, "points"),
        Statistic("groups of 40", "over groups of 40, less the batch", "greater", 0.5, "points"),
        Statistic("loss", "loss on test images without, less with", "greater", 0.02, "nats"),
        Statistic("equal loss", "the same at equal training loss", "greater", 0.02, "nats"),
    ),
    measure=measure,
    effects=effects,
    opening=opening,
    theorems=("S05",),
)
