"""E06: batch normalization makes training less sensitive to initialisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bncheck.lab import training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup

STDS = tuple(0.1 * 4.0**k for k in range(-4, 4))
NEAR = 0.9

# each arm at its best rate on seeds 0 to 2: benchmarks/lab_tuning.py
CELLS = (
    Cell(
        "sigmoid",
        "mnist-5k",
        {
            "none": Setup(Net(), 1.0, 300),
            "bn": Setup(Net(norm="before"), 0.25, 300),
        },
    ),
    Cell(
        "relu",
        "mnist-5k",
        {
            "none": Setup(Net(activation="relu", std="he"), 0.25, 300),
            "bn": Setup(Net(activation="relu", norm="before", std="he"), 0.5, 300),
        },
    ),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train with each scale of the weights."""
    found = []
    for std in STDS:
        setup: Setup = cell.arms[arm]
        setup = replace(setup, net=replace(setup.net, std=std))
        curve = training.trained(setup, training.started(setup, data, seed), [setup.steps])
        found.append(curve["acc"][-1])
    return {"stds": list(STDS), "acc": found}


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Octaves of scales that come near the best of both arms, with less without."""
    best = max(max(arm["acc"]) for arm in arms.values())

    def octaves(arm: Measured) -> float:
        return 2.0 * float(sum(accuracy >= NEAR * best for accuracy in arm["acc"]))

    return {"scales": octaves(arms["bn"]) - octaves(arms["none"])}


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps at the scale of the other experiments."""
    return training.opening(cell.arms[arm], data, seed)


EXPERIMENT = Experiment(
    id="E06",
    title="Less sensitive to initialisation",
    claim="Batch normalization makes training less sensitive to how weights are initialised.",
    source="Ioffe & Szegedy 2015 (1502.03167), abstract and section 3.3",
    disputed="Zhang et al. 2019 (Fixup, 1901.09321): a good initialisation does as well",
    definition="Eight scales of the weights, factors of 4 apart, each arm at its best rate (chosen "
    "on other seeds): how many octaves of scales end within 90 % of the best accuracy of both "
    "arms after 300 steps, with less without.",
    control="Both arms the same: 0 octaves.",
    cells=CELLS,
    statistics=(
        Statistic(
            "scales", "octaves of scales that train, with less without", "greater", 1.0, "octaves"
        ),
    ),
    measure=measure,
    effects=effects,
    opening=opening,
    theorems=("W01", "F04", "F05b"),
)
