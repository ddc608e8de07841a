"""The reference, made to follow the target's convention: what a right target would be."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from bncheck.deviations import REFERENCE, Reference, debiased_weight, new_weight
from bncheck.model import Convention


@lru_cache(maxsize=64)  # the same object for the same promises, so that `recall` knows it
def conforming(convention: Convention) -> Reference:
    """Return rules that do what a target of this convention does where conventions differ."""
    rules = replace(REFERENCE, convention=convention)
    if convention.momentum_weighs == "old":
        rules = replace(rules, weight=new_weight)
    if convention.running_var == "biased":
        rules = replace(rules, bessel=lambda p: 1.0)
    if convention.debiased:
        rules = replace(rules, weight=debiased_weight)
    if convention.gradients == "accumulated":
        rules = replace(rules, accumulate=lambda before, new: before + new)
    return rules
