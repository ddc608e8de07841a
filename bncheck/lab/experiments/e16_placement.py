"""E16: batch normalization works before the activation and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bncheck.lab import measures, training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup

LEVEL = 0.85


def _arms(setup: Setup) -> dict[str, Setup]:
    return {
        "before": replace(setup, net=replace(setup.net, norm="before")),
        "after": replace(setup, net=replace(setup.net, norm="after")),
    }


CELLS = (
    Cell("sigmoid", "mnist-5k", _arms(Setup(Net(), 0.5, 1000))),
    Cell("relu", "mnist-5k", _arms(Setup(Net(activation="relu", std="he"), 0.1, 1000))),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train."""
    setup: Setup = cell.arms[arm]
    looks = range(0, setup.steps + 1, 50)
    return training.trained(setup, training.started(setup, data, seed), looks)


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Points in the end, and octaves of speed, before less after."""
    before, after = arms["before"], arms["after"]
    return {
        "final": measures.points(before, after),
        "steps": measures.speed(after, before, LEVEL),
    }


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps."""
    return training.opening(cell.arms[arm], data, seed)


EXPERIMENT = Experiment(
    id="E16",
    title="Before or after the activation: both work",
    claim="Batch normalization may stand before the activation or after it.",
    source="widely repeated; Ioffe & Szegedy 2015 (1502.03167), section 3.2, say before",
    disputed="Mishkin et al. 2016 (1606.02228), and the author of Keras: after is better",
    definition="Accuracy on test images after 1000 steps, before less after: within one point.",
    control="Both arms the same: 0 points.",
    cells=CELLS,
    statistics=(
        Statistic("final", "final accuracy before, less after", "equivalent", 1.0, "points"),
        Statistic("steps", "steps after, over before", "greater", 0.32, "octaves"),
    ),
    measure=measure,
    effects=effects,
    opening=opening,
    theorems=("W13", "W14"),
    partners=(("before", "after"),),
)
