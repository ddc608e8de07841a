"""What a hypothesis predicts for a script, and how far a target that deviates so may be off.

A hypothesis is a set of rules, right or deviating. It is evaluated twice: in a wide dtype, where
its own rounding is negligible, and in the target's. Two implementations of one function differ
by rounding only, so a target that computes this function is within

    |target - wide| <= B + |native - wide|

B is the bound of `bncheck.truth.rounding` on a right implementation, evaluated for the statistics,
normalized values and gradients of the hypothesis instead of the true ones, and enlarged where an
output of the hypothesis is larger than the formula's terms that B was derived from. B knows the
right formulas only. A formula that deviates in inference may have the sums of training in it, so
the larger of both bounds is taken there. Where a deviating formula is worse conditioned (a root of
the variance alone, at variance 0), the second term, one sample of what rounding does to it, tells
so; and where a target is off by little more, what the rounding of the statistics does to the
formula is added: with e_mean and e_var the bounds of the batch statistics, and f the outputs,

    |f(mean + e_mean) - f| + max(|f(var + e_var) - f|, |f(var - e_var) - f|).

Deviations that round to a half format on the way do nothing in a wide dtype, which then is the
truth, f. With h what they compute, but for other rounding, the target and the native evaluation
are both within B of h, so

    |target - f| <= |target - h| + |h - native| + |native - f| <= 2 B + |native - f|.

This is no verdict on the target, which the laws gave: it decides what is named as the cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from bncheck.cases import Recipe, build, lay_out
from bncheck.deviations import Reference
from bncheck.deviations.layer import open_layer
from bncheck.diagnosis.bounds import Bounds, bounds_of
from bncheck.diagnosis.quantities import rows_of, values_of
from bncheck.diagnosis.scripts import Answer, channels_last, run
from bncheck.model import Ability, Case, Norm
from bncheck.model.arrays import as_wide
from bncheck.model.formats import FLOAT32, FLOAT64, LONGDOUBLE, Array
from bncheck.truth.rounding import (
    Algorithms,
    training_bounds,
)


@dataclass(frozen=True)
class Prediction:
    """Wide and native answers, and B for each output, as ``(m, C)`` or ``(1, C)``."""

    wide: Answer
    native: Answer
    bounds: Mapping[str, Array]


def predict(
    rules: Reference,
    able: frozenset[Ability],
    recipe: Recipe,
    script: str,
    algorithms: Algorithms,
    native: Answer | None = None,
    *,
    deviating: bool = False,
) -> Prediction:
    """Evaluate rules on a case, in the case's dtype, unless that is known, and in a wide one.

    deviating: the rules may be other formulas than those that B is derived for
    """
    with lent(recipe) as (case, wider):
        if native is None:
            native = run(script, open_layer(rules, case)[0], able, case)
        layer, latest = open_layer(rules, wider)
        wide = run(script, layer, able, wider)
    # what the layer has written to the case is undone before the bounds read it
    passed = latest()
    bounds = Bounds({})
    if passed is not None and not wide.raised:
        bounds = bounds_of(passed, wide, wider, algorithms, deviating=deviating)
    if rules.narrow_only and case.x.dtype.itemsize == 2:
        bounds = bounds.times(2)
    return Prediction(wide, native, bounds)


def answered(rules: Reference, able: frozenset[Ability], recipe: Recipe, script: str) -> Answer:
    """Evaluate rules on a case in its own dtype only."""
    with lent(recipe) as (case, _):
        return run(script, open_layer(rules, case)[0], able, case)


ARRAYS = ("x", "dy", "gamma", "beta", "running_mean", "running_var")


@contextmanager
def lent(recipe: Recipe) -> Iterator[tuple[Case, Case]]:
    """Lend a case and the same in a wide dtype; what is written to them is undone."""
    cases, pristine = _built(recipe)
    try:
        yield cases
    finally:
        for case, arrays in zip(cases, pristine, strict=True):
            for name, kept in arrays.items():
                array = getattr(case, name)
                if array.flags.writeable and array.tobytes() != kept.tobytes():
                    array[...] = kept


@lru_cache(maxsize=64)
def _built(recipe: Recipe) -> tuple[tuple[Case, Case], tuple[Mapping[str, Array], ...]]:
    case = build(recipe)
    cases = case, widened(case, recipe)
    return cases, tuple({name: getattr(c, name).copy() for name in ARRAYS} for c in cases)


def widened(case: Case, recipe: Recipe) -> Case:
    """The same numbers in a wide dtype, lying in memory as before."""
    dtype = LONGDOUBLE.dtype if case.dtype == "float64" else FLOAT64.dtype
    x = _widened(case.x, recipe.layout, dtype, case.norm)
    dy = x if recipe.alias == "x is dy" else _widened(case.dy, recipe.dy_layout, dtype, case.norm)
    return replace(
        case,
        x=x,
        dy=dy,
        gamma=as_wide(case.gamma, dtype),
        beta=as_wide(case.beta, dtype),
        running_mean=as_wide(case.running_mean, dtype),
        running_var=as_wide(case.running_var, dtype),
    )


def _widened(array: Array, layout: str, dtype: Any, norm: Norm) -> Array:
    if norm.name != "batch":  # the layout is that of the array that the norm's user has
        there = lay_out(as_wide(norm.laid_out(array), dtype), layout)
        return norm.taken_back(there, array.shape)
    if layout == "broadcast" and isinstance(array.base, np.ndarray):
        # what lies behind the first sample is what a pointer reads, so it is kept
        return np.broadcast_to(as_wide(array.base[:1], dtype), array.shape)
    return lay_out(as_wide(array, dtype), layout)


# Deviations that are no other function but a coarser way to compute the same one: what is
# different about them is the class of algorithms, so it is the bound that they change.
def coarser(names: tuple[str, ...], algorithms: Algorithms) -> Algorithms:
    """The class of algorithms of a target that deviates so."""
    changes: dict[str, Any] = {}
    for name in names:
        if name.startswith("one-pass-variance"):
            changes["variance"] = "one-pass"
        elif name == "shifted-variance":
            changes["variance"] = "shifted"
        elif name.startswith("half-accumulator") or name == "folded-output":
            changes["accumulates"] = algorithms.storage
        elif name == "single-precision-inside" and algorithms.storage == FLOAT64:
            changes["accumulates"] = FLOAT32
    return replace(algorithms, **changes)


def sensitive(
    rules: Reference,
    able: frozenset[Ability],
    recipe: Recipe,
    script: str,
    algorithms: Algorithms,
    predicted: Prediction,
) -> Prediction:
    """Add what the rounding of the batch statistics does to outputs of a deviating formula."""
    asked = script, able, recipe
    with np.errstate(all="ignore"):
        with lent(recipe) as (_, wider):
            layer, latest = open_layer(rules, wider)
            run(script, layer, able, wider)
        p = latest()
        if p is None or not p.training:
            return predicted
        allowed = training_bounds(values_of(p, rows_of(wider.dy, p)), algorithms)
        mean, var = (np.asarray(e, p.x.dtype)[:, None] for e in (allowed.mean, allowed.var))
        moved = [
            _moved(replace(rules, mean=lambda p: rules.mean(p) + mean), *asked),
            _moved(replace(rules, variance=lambda p: rules.variance(p) + var), *asked),
            _moved(
                replace(rules, variance=lambda p: np.maximum(rules.variance(p) - var, 0)), *asked
            ),
        ]
        bounds = {}
        for name, bound in predicted.bounds.items():
            right = channels_last(predicted.wide.outputs[name])
            by_mean, *by_var = (_distance(m.outputs.get(name), right) for m in moved)
            bounds[name] = bound + by_mean + np.maximum(*by_var)
    return replace(predicted, bounds=bounds)


def _moved(rules: Reference, script: str, able: frozenset[Ability], recipe: Recipe) -> Answer:
    # each is lent the case anew: one that writes to it would be compared with what it wrote
    with lent(recipe) as (_, wider):
        return run(script, open_layer(rules, wider)[0], able, wider)


def _distance(array: Array | None, right: Array) -> Array:
    if array is None:
        return np.full(right.shape, np.inf)
    distance = np.abs(channels_last(array) - right)
    return np.asarray(np.where(np.isnan(distance), np.inf, distance))
