"""Whether a target flushes subnormal numbers to zero, which is told beside its verdict.

A fast mode of a compiler or a GPU does that; results then lose up to the smallest normal number,
which no bound of gradual underflow (IEEE 754-2019, 3.3) allows for, and which hardly ever matters.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.cases import Recipe, Values, build
from bncheck.errors import TargetRaised
from bncheck.model import Case, Implementation
from bncheck.model.formats import format_of
from bncheck.trial.trial import Guard, Inapplicable, Trial
from bncheck.truth.rounding import Algorithms

# with this eps, values of a quarter of the smallest normal number come out as normal ones
_EPS = 2.0**-10


def flushes(implementation: Implementation, guard: Guard, dtype: str) -> tuple[str, ...]:
    """Train on values of a quarter of the smallest normal number, and warn where y is 0.

    x = +a and -a have mean 0 and a variance that is 0 in the format, so y is a/sqrt(eps), which
    is no subnormal number: it is 0 only where x, or x - mean, was made 0.
    """
    domain = implementation.domain
    if not domain.training or domain.shape is not None or domain.held:
        return ()
    if domain.eps(_EPS) > _EPS:
        return ()
    storage = format_of(dtype)
    shape = domain.example(2)
    signs = tuple(sign for sign in (1, -1) for _ in range(shape[1]))
    parameters = Algorithms.of(dtype, implementation.convention).parameters.name
    recipe = Recipe(
        dtype,
        shape,
        Values(digits=signs),
        Values(digits=(1,)),
        eps=domain.eps(_EPS),
        momentum=domain.momentum(0.25),
        parameters=parameters,
    )
    case = build(recipe)
    # a quarter of the smallest normal number is none itself, four times that number is one
    factors = (float(storage.smallest_normal) * factor for factor in (0.25, 4))
    low, high = (_trained(implementation, guard, case, storage.dtype.type(f)) for f in factors)
    if low or not high:
        return ()
    exponent = round(np.log2(float(storage.smallest_normal)))
    return (
        f"it flushes subnormal numbers to zero: in {dtype}, x of 2^{exponent - 2} comes out as 0; "
        "the verdict does not depend on that",
    )


def _trained(implementation: Implementation, guard: Guard, case: Case, factor: Any) -> bool:
    """Train on multiples of the case: whether y is anything but 0, True where there is none."""
    case = replace(case, x=case.x * factor, recipe=None)
    trial = Trial(case, implementation, implementation.convention, guard=guard)
    try:
        return bool(np.asarray(trial.make(case).train(case.x)).any())
    except (TargetRaised, Inapplicable):
        return True
