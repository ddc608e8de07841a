"""eps and momentum of a stranger's module: set where they act, else measured."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.errors import RAISED
from bncheck.model import Case, Domain, Layer
from bncheck.targets.common import probing
from bncheck.targets.torch.found import Found


def settings(found: Found) -> tuple[Found, Domain, Any]:
    """Find which of eps and momentum can be set, and measure the others.

    An attribute that does nothing when it is set is not the one in use; an argument of the
    constructor is kept: whoever takes an eps promises to use it.
    """
    domain, weighs = Domain(), None
    if found.frozen:
        measure_eps: Callable[..., float | None] = functools.partial(_inference_eps, found)
    else:
        measure_eps = probing.eps
    rank = found.ranks[0]
    if "eps" not in found.maker.given:
        found, settable = _without_idle(found, "eps", measure_eps, rank)
        if not settable:
            domain = replace(domain, fixed_eps=measure_eps(found.probing, rank, found.channels))
    if "momentum" not in found.maker.given and found.handling.running and not found.frozen:
        found, settable = _without_idle(found, "momentum", probing.momentum, rank)
        if not settable and probing.cumulative(found.probing, rank, found.channels):
            domain = replace(domain, only_cumulative=True)
        elif not settable and (seen := probing.momentum(found.probing, rank, found.channels)):
            domain, weighs = replace(domain, fixed_momentum=seen[0]), seen[1]
    return found, domain, weighs


def _without_idle(
    found: Found, role: str, measure: Callable[..., Any], rank: int
) -> tuple[Found, bool]:
    """Leave attributes out that do nothing; also returns whether there are others."""
    numbers = dict(found.handling.parts.numbers)
    if role not in numbers:
        return found, False
    first, second = (measure(found.probing, rank, found.channels, v) for v in (0.25, 0.375))
    if first is None or first != second:
        return found, True
    del numbers[role]
    kept = replace(found.handling, parts=replace(found.handling.parts, numbers=numbers))
    return replace(found, handling=kept), False


def _inference_eps(
    found: Found, make: Callable[[Case], Layer], rank: int, channels: int, given: float = 1e-5
) -> float | None:
    """Measure the eps in use in inference: with the variance 0, y of 1 is ``1 / sqrt(eps)``."""
    like = probing.case(rank, channels)
    zeros, ones = np.zeros(channels), np.ones(channels)
    plain = {"gamma": ones, "beta": zeros, "running_mean": zeros, "running_var": zeros}
    try:
        layer = make(probing.case(rank, channels, x=0 * like.x + 1, eps=given, **plain))
        y = float(layer.train(0 * like.x + 1).flat[0])
    except RAISED:  # laws will show what is wrong with it
        return None
    return probing.short(y**-2) if np.isfinite(y) and y > 0 else None
