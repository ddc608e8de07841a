"""E05: batch normalization allows higher learning rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import log2

from bncheck.lab import training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup

RATES = tuple(2.0**k for k in range(-4, 10))
TRAINS = 0.5


def _arms(setup: Setup) -> dict[str, Setup]:
    return {"none": setup, "bn": replace(setup, net=replace(setup.net, norm="before"))}


DIGITS = (64, 100, 100, 100, 10)
CELLS = (
    Cell(
        "digits, relu",
        "digits",
        _arms(Setup(Net(DIGITS, "relu", std="he"), steps=200, size=1400)),
        "quick",
    ),
    Cell("sigmoid", "mnist-5k", _arms(Setup(Net(), steps=300))),
    Cell("relu", "mnist-5k", _arms(Setup(Net(activation="relu", std="he"), steps=300))),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train at each rate of the grid."""
    found = []
    for rate in RATES:
        setup: Setup = replace(cell.arms[arm], rate=rate)
        curve = training.trained(setup, training.started(setup, data, seed), [setup.steps])
        found.append(curve["acc"][-1])
    return {"rates": list(RATES), "acc": found}


def largest(arm: Measured) -> float:
    """Return the largest rate that trains; where none does, half the smallest of the grid."""
    trains = [r for r, a in zip(arm["rates"], arm["acc"], strict=True) if a >= TRAINS]
    return float(max(trains, default=arm["rates"][0] / 2))


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Octaves between the largest rates."""
    return {"largest": log2(largest(arms["bn"]) / largest(arms["none"]))}


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps at one rate of the grid that trains in both arms."""
    return training.opening(cell.arms[arm], data, seed)


EXPERIMENT = Experiment(
    id="E05",
    title="Higher learning rates",
    claim="Batch normalization allows much higher learning rates.",
    source="Ioffe & Szegedy 2015 (1502.03167), section 3.3",
    disputed="van Laarhoven 2017 (1706.05350): with normalized weights the scale of a rate is a "
    "convention (W06, W07)",
    definition="The largest rate of a grid of factors of 2, 1/16 to 512, at which the net has an "
    "accuracy of at least 0.5 on test images after 300 steps (200 on digits), with over without. "
    "The scale of the weights is the same in both; with another scale the rate of normalized "
    "weights is another, exactly (W07).",
    control="Both arms the same: 0 octaves.",
    cells=CELLS,
    statistics=(
        Statistic("largest", "largest rate with, over without", "greater", 1.0, "octaves"),
    ),
    measure=measure,
    effects=effects,
    opening=opening,
    theorems=("W06", "W07"),
)
