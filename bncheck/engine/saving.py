"""Recognising what a backward pass in half precision reads of the forward one, beside x.

Means, roots, xhat and y that were rounded to be saved each move dx by about a last place, a mean
far from 0 by more. So dx is worked out from each of them, and rounded once; told is the only
way that no entry contradicts. gamma and dy have few bits: their product is exact, whatever it is
rounded to.

In float32 and float64 nothing is rounded to be saved. What adds up two parts of dx that are rounded
to half precision has the values of no way, and is told none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bncheck.cases import Recipe, Values, build
from bncheck.engine.casts import rounded
from bncheck.errors import TargetRaised
from bncheck.model import Case, Convention, Implementation
from bncheck.model.arrays import flatten, unflatten
from bncheck.model.formats import FLOAT32, Array, Format, format_of
from bncheck.trial.trial import Guard, Inapplicable, Trial
from bncheck.truth import oracle
from bncheck.truth.rounding import Algorithms, TrainingBounds, training_bounds

_OF_Y = "y (xhat is worked out from the output)"
_GAMMA = (1.375, 0.75, 1.625, -0.875)


def saved(implementation: Implementation, guard: Guard, dtypes: Sequence[str]) -> str | None:
    """Return ``"wide"``, ``"half"``, ``"xhat"`` or a word on y, as the first half precision shows.

    None where there is no half precision, no backward pass, or dx is that of none of them.
    """
    domain = implementation.domain
    dtype = next((d for d in dtypes if format_of(d).precision < FLOAT32.precision), None)
    if dtype is None or domain.norm.name == "batch" or "backward" not in implementation.abilities:
        return None
    formats = Algorithms.of(dtype, implementation.convention)
    if formats.accumulates.precision < FLOAT32.precision:
        return None
    case = _case(implementation, dtype, formats.parameters.name)
    if not domain.takes_gamma(case.gamma, case.gamma.dtype):
        return None
    trial = Trial(case, implementation, Convention(), guard=guard)
    try:
        answers = trial.train(case)
    except (TargetRaised, Inapplicable):
        return None
    if answers.gradients is None:
        return None
    y, dx = (flatten(np.asarray(a, np.float64)) for a in (answers.y, answers.gradients.dx))
    ways = _ways(trial, y, formats)
    return _told(ways, dx, formats.storage)


def _case(implementation: Implementation, dtype: str, parameters: str) -> Case:
    """Return sets of mean 1.5 and deviations about 1: larger means cost more than they show."""
    domain = implementation.domain
    affine, shape = domain.affine, domain.example(16, 24)
    recipe = Recipe(
        dtype=dtype,
        shape=shape,
        x=Values(digits=(1, -1)),
        dy=Values(digits=(1, -1)),
        gamma=_GAMMA if affine else (1.0,),
        beta=(0.75,) if affine and domain.norm.shifted else (0.0,),
        eps=domain.eps(1e-3),
        parameters=parameters,
    )
    case = build(recipe, domain.norm)
    k = np.arange(case.x.size).reshape(case.m, case.channels)
    # in x all bits of the format, so that a mean has more
    x, dy = (k * k * 7 + 13 * k) % 113 / 33 - 0.25, (k * k * 5 + 11 * k) % 103 % 7 - 3
    x, dy = (unflatten(a.astype(case.x.dtype), shape) for a in (x, dy))
    return replace(case, x=x, dy=dy, recipe=None)


@dataclass(frozen=True)
class _Way:
    """The dx of one way, ``(m, C)``, what it may be off by, and of which sets that is certain."""

    dx: Array
    error: Array
    certain: Array


def _ways(trial: Trial, y: Array, formats: Algorithms) -> dict[str, _Way]:
    """Work dx out from each thing that may be read.

    What is rounded moves r, x - mean and xhat, of which the terms of the bound of dx have at most
    four, by less than a sixth: it is at most twice the bound of what is not rounded.
    """
    values, own = oracle.train(trial.case)
    before = replace(formats, storage=formats.accumulates, saved="wide", casts="last")
    allowed = training_bounds(values, before)
    error = np.asarray(allowed.dx + own.dx)
    (mean, one), (inv, other), (xhat, all_of) = (
        _saved(values, allowed, own, name, formats.storage) for name in ("mean", "inv", "xhat")
    )
    gamma = np.where(values.gamma == 0, 1.0, values.gamma)
    beta = np.asarray(trial.case.beta, np.float64).reshape(-1)[0]
    every = np.ones_like(one)
    made = {
        "wide": (values.inv, values.xhat, every),
        "half": (inv, (values.x - mean) * inv, np.logical_and(one, other)),
        "xhat": (values.inv, xhat, np.all(all_of, axis=0)),
        _OF_Y: (values.inv, (y - beta) / gamma, every),
    }
    if not trial.implementation.domain.affine:  # then y is xhat
        del made[_OF_Y]
    return {
        name: _Way(
            _dx(values, inv, xhat), error * (1 if name == "wide" else 2), np.asarray(certain)
        )
        for name, (inv, xhat, certain) in made.items()
    }


def _saved(
    values: oracle.Training,
    allowed: TrainingBounds,
    own: TrainingBounds,
    name: str,
    storage: Format,
) -> tuple[Array, Array]:
    """Return a value as it is saved, and where it is certain what that is."""
    value, error = getattr(values, name), getattr(allowed, name) + getattr(own, name)
    low, high = (rounded(value + side * error, storage) for side in (-1, 1))
    return low, low == high


def _dx(values: oracle.Training, inv: Array, xhat: Array) -> Array:
    h = values.gamma * values.dy
    mean = h.mean(0) if values.norm.centred else 0.0
    return np.asarray(inv * (h - mean - xhat * (h * xhat).mean(0)))


def _told(ways: dict[str, _Way], dx: Array, storage: Format) -> str | None:
    """Return the only way that no entry contradicts."""
    left = [name for name, way in ways.items() if not _contradicted(way, dx, storage)]
    return left[0] if len(left) == 1 else None


def _contradicted(way: _Way, dx: Array, storage: Format) -> bool:
    low, high = (rounded(way.dx + side * way.error, storage) for side in (-1, 1))
    return bool((way.certain & ((dx < low) | (dx > high))).any())
