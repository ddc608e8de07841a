"""E02: with batch normalization, the accuracy in the end is higher."""

from __future__ import annotations

from collections.abc import Mapping

from bncheck.lab import measures
from bncheck.lab.experiments import e01_faster
from bncheck.lab.model import Cell, Experiment, Measured, Statistic


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Percentage points between the accuracies in the end."""
    return {"final": measures.points(arms["bn"], arms["none"])}


EXPERIMENT = Experiment(
    id="E02",
    title="The accuracy in the end is higher",
    claim="A network with batch normalization reaches a higher accuracy on test data.",
    source="Ioffe & Szegedy 2015 (1502.03167), section 4.1 and figure 1a",
    disputed="Bjorck et al. 2018 (1806.02375); Zhang et al. 2019 (Fixup, 1901.09321)",
    definition="The trainings of E01. Accuracy on test images after the last step, with less "
    "without batch normalization.",
    control="Labels that are shuffled: both arms are at chance.",
    cells=e01_faster.CELLS,
    statistics=(Statistic("final", "final accuracy with, less without", "greater", 0.5, "points"),),
    measure=e01_faster.measure,
    effects=effects,
    opening=e01_faster.opening,
    runs="E01",
)
