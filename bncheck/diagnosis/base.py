"""The reference, made to follow the target's convention: what a right target would be."""

from __future__ import annotations

from dataclasses import replace

from bncheck.deviations import REFERENCE, Pass, Reference
from bncheck.model import Convention


def conforming(convention: Convention) -> Reference:
    """Return rules that do what a target of this convention does where conventions differ."""
    rules = replace(REFERENCE, convention=convention)
    if convention.momentum_weighs == "old":
        rules = replace(rules, weight=_weigh_old)
    if convention.running_var == "biased":
        rules = replace(rules, bessel=lambda p: 1.0)
    if convention.gradients == "accumulated":
        rules = replace(rules, accumulate=lambda before, new: before + new)
    return rules


def _weigh_old(p: Pass) -> float:
    return REFERENCE.weight(p) if p.momentum is None else 1 - REFERENCE.weight(p)
