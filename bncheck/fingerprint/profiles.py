"""Which frameworks a black box could be: their conventions against what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bncheck.fingerprint.nouns import Trait
from bncheck.targets.profiles import PROFILES

KEYS = ("momentum_weighs", "running_var", "debiased", "one_value")

# How frameworks were seen to compute the variance, in the versions of `PROFILES` and on the CPU;
# torch merges on the GPU, by its source. Keras leaves it to the backend: one pass with torch and
# NumPy, two with JAX. Those that are not here were not looked at.
VARIANCE = {
    "torch": ("two-pass", "Welford or merging"),
    "flax": ("one-pass",),
    "haiku": ("one-pass",),
    "keras": ("one-pass", "two-pass"),
    "onnx": ("two-pass",),
    "mlx": ("two-pass",),
    "numpy-ml": ("two-pass",),
}


def matching(observed: Mapping[str, Any], traits: Mapping[str, Trait]) -> Iterator[str]:
    """Yield the names of the profiles that agree with all that was seen.

    observed: conventions as recognition tells them; traits: what else was told, by name, of which
    all frameworks have the same: the biased variance, and eps inside the root
    """
    common = {"normalises_by": "biased", "eps_placement": "inside"}
    if any(name not in traits or traits[name].value != value for name, value in common.items()):
        return
    told = {key: observed[key] for key in KEYS if _certain(observed.get(key))}
    # one value per channel alone says too little about who it is
    if not told.keys() - {"one_value"}:
        return
    for name, convention in PROFILES.items():
        promised = convention.promised()
        if "parameters" in promised:  # says how a layer is called, not which it is
            continue
        if not _may_compute(name, traits.get("variance_algorithm")):
            continue
        if all(promised.get(key, value) == value for key, value in told.items()):
            yield name


def _may_compute(name: str, told: Trait | None) -> bool:
    """Whether a framework's way to the variance is among those that were told."""
    if told is None or not told.value or name not in VARIANCE:
        return True
    return not {told.value, *told.or_else}.isdisjoint(VARIANCE[name])


def _certain(value: Any) -> bool:
    return value is not None and not str(value).startswith(("ambiguous", "unrecognised"))
