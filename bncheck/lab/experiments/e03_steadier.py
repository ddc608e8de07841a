"""E03: with batch normalization, what a nonlinearity gets is more stable over the training."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2

from bncheck.lab.experiments import e01_faster
from bncheck.lab.model import Cell, Experiment, Measured, Statistic

# where the plain net's inputs hardly move since it does not learn, nothing is compared
CELLS = tuple(
    cell for cell in e01_faster.CELLS if cell.name not in {"small weights", "4,000 of many images"}
)


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Octaves between movements, of percentiles and of the skewness."""
    return {key: log2(arms["none"][key] / arms["bn"][key]) for key in ("movement", "skewness")}


EXPERIMENT = Experiment(
    id="E03",
    title="What the nonlinearity gets is steadier",
    claim="Batch normalization stabilises the distributions of what nonlinearities get.",
    source="Ioffe & Szegedy 2015 (1502.03167), figure 1b and c",
    disputed="Santurkar et al. 2018 (1805.11604), section 2",
    definition="The trainings of E01. The 15th, 50th and 85th percentile of the input of each of "
    "the 100 last sigmoids on test images: their mean movement from look to look over the mean "
    "distance of the outer two, without over with batch normalization, in octaves. So for the "
    "larger part it is a theorem: location and scale of the normalized values are fixed by beta "
    "and gamma (F01, F02). The second statistic is what is left: Bowley's skewness, which "
    "location and scale do not touch, after step 200.",
    control="The skewness: if more than location and scale were stabilised, it would be steadier.",
    cells=CELLS,
    statistics=(
        Statistic("movement", "movement without, over with", "greater", 0.32, "octaves"),
        Statistic("skewness", "movement of the shape, the same", "greater", 0.32, "octaves"),
    ),
    measure=e01_faster.measure,
    effects=effects,
    opening=e01_faster.opening,
    theorems=("F01", "F02", "F19"),
    runs="E01",
)
