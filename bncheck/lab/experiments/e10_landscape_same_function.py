"""E10: the landscape is smoother where both nets are the same function."""

from __future__ import annotations

from collections.abc import Mapping

from bncheck.lab.experiments import e09_landscape
from bncheck.lab.model import Cell, Experiment, Measured


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Decades between the two, at the points of the plain net."""
    return e09_landscape.between(arms, "same function")


EXPERIMENT = Experiment(
    id="E10",
    title="The landscape is smoother, at the same function",
    claim="Batch normalization makes the landscape smoother, and not only since it trains along "
    "another path.",
    source="what Santurkar et al. 2018 (1805.11604) conclude; the comparison is ours",
    disputed="",
    definition="As E09, but at the points of the plain net: batch normalization is inserted there "
    "with gamma = sqrt(var + eps) and beta = mean, which leaves the function on this batch as it "
    "is (F07), so the losses are equal and only the landscape around differs.",
    control="The losses at the point are equal to rounding.",
    cells=e09_landscape.CELLS,
    statistics=e09_landscape.STATISTICS,
    measure=e09_landscape.measure,
    effects=effects,
    opening=e09_landscape.opening,
    theorems=("F07", "L01", "L02"),
    partners=(("none", "same function"),),
    runs="E09",
)
