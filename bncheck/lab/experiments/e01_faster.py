"""E01: with batch normalization, accuracy rises in fewer steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bncheck.lab import measures, training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net, Parameters, Statistics, forward
from bncheck.lab.training import Setup

DIGITS = (64, 100, 100, 100, 10)


def _arms(setup: Setup) -> dict[str, Setup]:
    return {"none": setup, "bn": replace(setup, net=replace(setup.net, norm="before"))}


def _looks(steps: int) -> tuple[int, ...]:
    """Steps at which is looked: often at first, then thirty times."""
    return (*range(0, 200, 20), *range(200, steps, max(50, steps // 30)), steps)


# Each arm's own best of scales and rates on seeds 0 to 2: benchmarks/lab_tuning.py
TUNED = {
    "none": Setup(Net(std=0.2), 4.0),
    "bn": Setup(Net(std=0.4, norm="before"), 8.0),
}

CELLS = (
    Cell(
        "digits",
        "digits",
        _arms(Setup(Net(DIGITS), steps=1000, size=1400)),
        "quick",
        {"level": 0.9},
    ),
    Cell("rate 0.5", "mnist-5k", _arms(Setup(Net())), settings={"level": 0.85}),
    Cell("rate 2", "mnist-5k", _arms(Setup(Net(), 2.0)), settings={"level": 0.85}),
    Cell("small weights", "mnist-5k", _arms(Setup(Net(std=0.01))), settings={"level": 0.85}),
    Cell("large weights", "mnist-5k", _arms(Setup(Net(std=1.0))), settings={"level": 0.85}),
    Cell("both tuned", "mnist-5k", TUNED, settings={"level": 0.85}),
    Cell(
        "4,000 of many images",
        "full",
        _arms(Setup(Net(), steps=2000)),
        "thorough",
        {"level": 0.75},
    ),
    Cell(
        "60,000 images",
        "full",
        _arms(Setup(Net(), steps=2000, size=60000)),
        "thorough",
        {"level": 0.75},
    ),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train, and follow percentiles of what the last nonlinearity gets on test rows."""
    setup: Setup = cell.arms[arm]
    start = training.started(setup, data, seed)
    seen = []

    def look(step: int, p: Parameters, population: list[Statistics] | None) -> None:
        tape = forward(setup.net, p, start.parts.test_x, population=population)[1]
        with np.errstate(all="ignore"):
            seen.append(np.percentile(tape.before[-1], (15, 50, 85), axis=0))

    curve = training.trained(setup, start, _looks(setup.steps), look)
    late = [q for step, q in zip(curve["step"], seen, strict=True) if step >= 200]
    return {
        **curve,
        "percentiles": [[float(v) for v in q[:, 0]] for q in seen],
        "movement": measures.movement(seen),
        "skewness": measures.skewness_movement(late),
    }


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Octaves between the steps to the level."""
    return {"steps": measures.speed(arms["none"], arms["bn"], cell.settings["level"])}


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps."""
    return training.opening(cell.arms[arm], data, seed)


EXPERIMENT = Experiment(
    id="E01",
    title="Accuracy rises in fewer steps",
    claim="A network with batch normalization reaches a given accuracy in fewer steps.",
    source="Ioffe & Szegedy 2015 (1502.03167), section 4.1 and figure 1a",
    disputed="Bjorck et al. 2018 (1806.02375): only by larger rates; Zhang et al. 2019 (Fixup, "
    "1901.09321): nothing that only batch normalization does",
    definition="Three hidden layers of 100 sigmoids, as in the paper, plain gradient descent, "
    "batches of 60. Steps until the accuracy on test images reaches a level that is fixed for "
    "the data, without over with batch normalization, in octaves; one that does not get there "
    "counts as the steps it made, so that the effect is a lower bound.",
    control="The plain net in both arms, with another order of batches.",
    cells=CELLS,
    statistics=(Statistic("steps", "steps without, over steps with", "greater", 0.32, "octaves"),),
    measure=measure,
    effects=effects,
    opening=opening,
)
