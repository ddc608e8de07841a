"""All experiments, in their order, and the digests of their definitions."""

from __future__ import annotations

from collections.abc import Sequence

from bncheck.errors import UsageError
from bncheck.lab.digests import digest
from bncheck.lab.experiments import (
    e01_faster,
    e02_higher,
    e03_steadier,
    e04_covariate_shift,
    e05_larger_rates,
    e06_initialisation,
    e07_saturating,
    e08_gradients_by_depth,
    e09_landscape,
    e10_landscape_same_function,
    e11_noisy,
    e12_larger_weights,
    e13_growth,
    e14_whitening,
    e15_features,
    e16_placement,
    e17_regularises,
    e18_dropout,
    e19_it_trains,
)
from bncheck.lab.model import Experiment

_MODULES = (
    e01_faster,
    e02_higher,
    e03_steadier,
    e04_covariate_shift,
    e05_larger_rates,
    e06_initialisation,
    e07_saturating,
    e08_gradients_by_depth,
    e09_landscape,
    e10_landscape_same_function,
    e11_noisy,
    e12_larger_weights,
    e13_growth,
    e14_whitening,
    e15_features,
    e16_placement,
    e17_regularises,
    e18_dropout,
    e19_it_trains,
)
EXPERIMENTS: tuple[Experiment, ...] = tuple(module.EXPERIMENT for module in _MODULES)
BY_ID = {experiment.id: experiment for experiment in EXPERIMENTS}
_NAMES = {m.EXPERIMENT.id: m.__name__ for m in _MODULES}


def definition(experiment: Experiment) -> str:
    """Return the digest of an experiment's definition."""
    return digest(_NAMES[experiment.id])


def chosen(ids: Sequence[str]) -> tuple[Experiment, ...]:
    """Return the experiments of some ids, in any case; all for none.

    Raises UsageError for one that is not there.
    """
    wanted = [name.upper() for name in ids]
    for name in wanted:
        if name not in BY_ID:
            listed = f"`bncheck lab list` lists {EXPERIMENTS[0].id} to {EXPERIMENTS[-1].id}"
            raise UsageError(f"there is no experiment {name!r}; {listed}")
    return tuple(e for e in EXPERIMENTS if not wanted or e.id in wanted)
