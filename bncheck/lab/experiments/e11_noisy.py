"""E11: less internal covariate shift is not why batch normalization helps: noise does not hurt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bncheck.lab import measures, training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup

# Santurkar et al. 2018, appendix A: means up to 0.5, scales up to 1.25, values by 0.1
NOISE = (0.5, 1.25, 0.1)


def _cell(name: str, setup: Setup) -> Cell:
    def arm(**changes: object) -> Setup:
        return replace(setup, net=replace(setup.net, **changes))  # type: ignore[arg-type]  # of Net

    arms = {
        "none": setup,
        "bn": arm(norm="before"),
        "noisy bn": arm(norm="before", noise=NOISE),
        "noisy none": arm(noise=NOISE),
    }
    return Cell(name, "mnist-5k", arms)


CELLS = (
    _cell("sigmoid", Setup(Net(), 0.5, 1000)),
    _cell("relu", Setup(Net(activation="relu", std="he"), 0.1, 1000)),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train."""
    setup: Setup = cell.arms[arm]
    looks = range(0, setup.steps + 1, 50)
    return training.trained(setup, training.started(setup, data, seed), looks)


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Points between mean accuracies over the training."""
    return {
        "noisy": measures.mean_points(arms["noisy bn"], arms["bn"]),
        "noisy beats none": measures.mean_points(arms["noisy bn"], arms["none"]),
        "noise alone": measures.mean_points(arms["none"], arms["noisy none"]),
    }


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps."""
    return training.opening(cell.arms[arm], data, seed)


EXPERIMENT = Experiment(
    id="E11",
    title="Noisy batch normalization trains as well",
    claim="Batch normalization does not help by steadier distributions: with noise after it, anew "
    "in each step, it trains as well.",
    source="Santurkar et al. 2018 (1805.11604), section 2.1, figure 2 and appendix A",
    disputed="",
    definition="Noise of the paper on what each nonlinearity gets. Mean accuracy over 1000 steps, "
    "noisy batch normalization less batch normalization; the claim is that it is within one "
    "point. And: that the same noise hurts the plain net.",
    control="The plain net with the same noise.",
    cells=CELLS,
    statistics=(
        Statistic("noisy", "mean accuracy with noise, less without", "equivalent", 1.0, "points"),
        Statistic(
            "noise alone",
            "mean accuracy of the plain net, less with noise",
            "greater",
            1.0,
            "points",
        ),
        Statistic(
            "noisy beats none",
            "noisy batch normalization, less the plain net",
            "greater",
            0.5,
            "points",
        ),
    ),
    measure=measure,
    effects=effects,
    opening=opening,
    partners=(("bn", "noisy bn"), ("none", "noisy none")),
)
