"""Named, precise ways of being wrong: one catalogue, three uses.

It is the kill table that shows that every law can fail, the dictionary from which a failure is
diagnosed, and the source of the examples in the documents. Each entry is a change of one correct
`Reference`, so that entries can be combined.
"""

from bncheck.deviations import (
    affine,
    axes,
    backward,
    behaviour,
    bessel,
    blocks,
    calls,
    counts,
    eps,
    failures,
    fused,
    inference,
    inside,
    instances,
    layout,
    momentum,
    parameters,
    precision,
    relatives,
    running,
    running_use,
    saved,
    sets,
    shards,
    variance,
)
from bncheck.deviations.backward import EQUIVALENT
from bncheck.deviations.deviation import Deviation, combine, deviation
from bncheck.deviations.elsewhere import extended
from bncheck.deviations.layer import implementation
from bncheck.deviations.mutants import MUTANTS
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.reference import (
    REFERENCE,
    TORCH,
    Change,
    accumulating,
    debiased_weight,
    new_weight,
)

_BATCH_NORM: tuple[Deviation, ...] = (
    *variance.DEVIATIONS,
    *eps.DEVIATIONS,
    *axes.DEVIATIONS,
    *relatives.DEVIATIONS,
    *layout.DEVIATIONS,
    *counts.DEVIATIONS,
    *shards.DEVIATIONS,
    *precision.DEVIATIONS,
    *affine.DEVIATIONS,
    *backward.DEVIATIONS,
    *parameters.DEVIATIONS,
    *saved.DEVIATIONS,
    *inference.DEVIATIONS,
    *momentum.DEVIATIONS,
    *running.DEVIATIONS,
    *bessel.DEVIATIONS,
    *running_use.DEVIATIONS,
    *behaviour.DEVIATIONS,
    *calls.DEVIATIONS,
    *fused.DEVIATIONS,
    *failures.DEVIATIONS,
)

DEVIATIONS: tuple[Deviation, ...] = (
    *map(extended, _BATCH_NORM),
    *inside.DEVIATIONS,
    *sets.DEVIATIONS,
    *blocks.DEVIATIONS,
    *instances.DEVIATIONS,
)

BY_NAME: dict[str, Deviation] = {d.name: d for d in DEVIATIONS}

__all__ = [
    "BY_NAME",
    "DEVIATIONS",
    "EQUIVALENT",
    "MUTANTS",
    "REFERENCE",
    "TORCH",
    "Change",
    "Pass",
    "Reference",
    "accumulating",
    "combine",
    "debiased_weight",
    "deviation",
    "implementation",
    "new_weight",
]
