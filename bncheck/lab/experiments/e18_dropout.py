"""E18: with batch normalization there is less need for dropout."""

from __future__ import annotations

from collections.abc import Mapping

from bncheck.lab import measures
from bncheck.lab.experiments import e17_regularises
from bncheck.lab.model import Cell, Experiment, Measured, Statistic


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """What dropout gains without batch normalization, less what it gains with it."""
    without = measures.points(arms["none, dropout"], arms["none"])
    with_it = measures.points(arms["bn, dropout"], arms["bn"])
    return {"interaction": without - with_it, "without": without, "with": with_it}


EXPERIMENT = Experiment(
    id="E18",
    title="Less need for dropout",
    claim="With batch normalization there is less need for dropout.",
    source="Ioffe & Szegedy 2015 (1502.03167), section 3.4",
    disputed="Li et al. 2018 (1801.05134): they do not go together, for reasons of variance",
    definition="The trainings of E17, with dropout of 0.3 or none. What dropout gains in accuracy "
    "without batch normalization, less what it gains with it.",
    control="Both arms the same: 0 points.",
    cells=e17_regularises.CELLS,
    statistics=(
        Statistic("interaction", "gain by dropout without, less with", "greater", 0.5, "points"),
        Statistic("without", "gain by dropout without", "value", 0.5, "points"),
        Statistic("with", "gain by dropout with", "value", 0.5, "points"),
    ),
    measure=e17_regularises.measure,
    effects=effects,
    opening=e17_regularises.opening,
    theorems=("S05",),
    partners=(("none", "bn"), ("none, dropout", "bn, dropout")),
    runs="E17",
)
