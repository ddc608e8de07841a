"""Which frameworks a black box could be: their conventions against what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bncheck.adapters.profiles import PROFILES

KEYS = ("momentum_weighs", "running_var", "debiased", "one_value")


def matching(observed: Mapping[str, Any], traits: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of the profiles that agree with all that was seen.

    observed: conventions as recognition tells them; traits: values by name, of which all
    frameworks have the same: the biased variance, and eps inside the root
    """
    common = {"normalises_by": "biased", "eps_placement": "inside"}
    if any(traits.get(name) != value for name, value in common.items()):
        return
    told = {key: observed[key] for key in KEYS if _certain(observed.get(key))}
    # one value per channel alone says too little about who it is
    if not told.keys() - {"one_value"}:
        return
    for name, convention in PROFILES.items():
        promised = convention.promised()
        if all(promised.get(key, value) == value for key, value in told.items()):
            yield name


def _certain(value: Any) -> bool:
    return value is not None and not str(value).startswith(("ambiguous", "unrecognised"))
