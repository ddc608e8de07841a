"""E07: batch normalization makes saturating nonlinearities usable."""

from __future__ import annotations

from collections.abc import Mapping

from bncheck.lab import measures, training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup


def _cell(depth: int, rate_none: float, rate_bn: float) -> Cell:
    widths = (784, *[100] * depth, 10)
    return Cell(
        str(depth) + " layers",
        "mnist-5k",
        {
            "none": Setup(Net(widths, std="fan"), rate_none, 500),
            "bn": Setup(Net(widths, std="fan", norm="before"), rate_bn, 500),
        },
    )


# each arm at the best of the rates 0.2, 1 and 5 on seeds 0 to 2: benchmarks/lab_tuning.py
CELLS = (
    _cell(3, 1.0, 0.2),
    _cell(6, 5.0, 0.2),
    _cell(10, 5.0, 0.2),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train."""
    setup: Setup = cell.arms[arm]
    looks = range(0, setup.steps + 1, 50)
    return training.trained(setup, training.started(setup, data, seed), looks)


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Percentage points between the accuracies in the end."""
    return {"final": measures.points(arms["bn"], arms["none"])}


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps."""
    return training.opening(cell.arms[arm], data, seed)


EXPERIMENT = Experiment(
    id="E07",
    title="Saturating nonlinearities become usable",
    claim="With batch normalization, networks with saturating nonlinearities can be trained.",
    source="Ioffe & Szegedy 2015 (1502.03167), abstract and section 3.2",
    disputed="Zhang et al. 2019 (Fixup, 1901.09321)",
    definition="Sigmoid nets of 3, 6 and 10 hidden layers, each arm at the best of three rates "
    "(chosen on other seeds), 500 steps: accuracy on test images with, less without.",
    control="Labels that are shuffled: both arms are at chance.",
    cells=CELLS,
    statistics=(Statistic("final", "final accuracy with, less without", "greater", 5.0, "points"),),
    measure=measure,
    effects=effects,
    opening=opening,
    theorems=("W02",),
)
