"""What implementations may legitimately differ in: what each convention predicts, which it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from bncheck.model import Case, Convention
from bncheck.model.arrays import as_wide
from bncheck.model.formats import Array
from bncheck.truth.rounding import (
    Algorithms,
    Ball,
    averaged_bounds,
    cumulative_bounds,
    debiased_bounds,
    running_bounds,
    summed_bounds,
    unbiased_bounds,
)

# Every convention that is in use somewhere, the commonest first. With momentum weighing the new
# batch and an unbiased variance: torch, mlx, tinygrad; the old ones and biased: keras, flax, onnx;
# debiased averages: haiku.
CANDIDATES = tuple(
    Convention.from_mapping({"momentum_weighs": weighs, "running_var": kind, "debiased": debiased})
    for debiased, weighs, kind in product((False, True), ("new", "old"), ("unbiased", "biased"))
)


@dataclass(frozen=True)
class Statistics:
    """Enclosed statistics of one batch, in the arithmetic of the target.

    mean, var: ``(C,)`` balls around the true mean and the biased variance; m: values per channel
    """

    mean: Ball
    var: Ball
    m: int


@dataclass(frozen=True)
class Prediction:
    """What the running statistics must be after some steps, and how far off they may be."""

    mean: Ball
    var: Ball


def predict(
    convention: Convention,
    case: Case,
    batches: Sequence[Statistics],
    algorithms: Algorithms,
    *,
    first_variance: str = "zero",
) -> Prediction:
    """Running statistics after training on ``batches`` in turn, starting from the case's.

    New batches are weighed by a = momentum or 1 - momentum, by 1/t at step t where the momentum
    is None (cumulative average). Debiased averages start at 0 and are divided by 1 - (1 - a)^t.
    With one value per channel the variance of a batch is 0; ``first_variance="left"`` says that
    such a batch leaves the running variance alone.
    """
    debiased = bool(convention.debiased)
    mean, var = (_start(getattr(case, f"running_{n}"), batches, debiased) for n in ("mean", "var"))
    weight = _weight(convention, case.momentum)
    for step, batch in enumerate(batches, 1):
        statistic = batch.var
        if convention.running_var == "unbiased" and batch.m > 1:
            statistic = unbiased_bounds(batch.var, batch.m, algorithms)
        mean = _step(mean, batch.mean, weight, step, algorithms)
        if batch.m > 1 or first_variance == "zero":
            var = _step(var, statistic, weight, step, algorithms)
    if debiased and weight is not None:
        decay, steps = 1 - weight, len(batches)
        mean, var = (debiased_bounds(b, decay, steps, algorithms) for b in (mean, var))
    return Prediction(mean, var)


def averaged(
    convention: Convention, case: Case, batch: Statistics, sizes: Array, algorithms: Algorithms
) -> Prediction:
    """Running statistics after one step of instance normalization, whose samples share them.

    batch: of each sample and channel, ``(C,)``; sizes: the means of ``|x|`` there; what comes out
    is ``(P,)``. The statistics may be averaged first, also as one sum over the values of all
    samples, or what each sample makes of the running statistics: the wider bound counts.
    """
    parts = (case.norm.samples, -1)
    terms = parts[0] * batch.m

    def whole(ball: Ball, reach: Array) -> Ball:
        summed = summed_bounds(ball, reach, terms, algorithms)
        return averaged_bounds(_split(summed, parts), algorithms)

    squares = batch.var.mid + batch.var.rad
    first = Statistics(whole(batch.mean, sizes), whole(batch.var, squares), batch.m)
    tiled = case.changed(
        running_mean=np.tile(case.running_mean, parts[0]),
        running_var=np.tile(case.running_var, parts[0]),
    )
    before = predict(convention, case, [first], algorithms)
    after = predict(convention, tiled, [batch], algorithms)
    mean, var = (
        _wider(left, averaged_bounds(_split(right, parts), algorithms))
        for left, right in ((before.mean, after.mean), (before.var, after.var))
    )
    return Prediction(mean, var)


def _split(ball: Ball, parts: tuple[int, int]) -> Ball:
    return Ball(ball.mid.reshape(parts), ball.rad.reshape(parts))


def _wider(one: Ball, other: Ball) -> Ball:
    """Both are around the same number, up to the oracle's own rounding, which both hold."""
    return Ball(other.mid, np.maximum(one.rad, other.rad))


def _start(given: Array, batches: Sequence[Statistics], debiased: bool) -> Ball:
    start = as_wide(given, batches[0].mean.mid.dtype)
    return Ball.exact(np.zeros_like(start) if debiased else start)


def averages_nothing(convention: Convention, momentum: float | None) -> bool:
    """Whether the running statistics are 0/0: debiased, with batches of weight 0."""
    return bool(convention.debiased) and _weight(convention, momentum) == 0


def _weight(convention: Convention, momentum: float | None) -> float | None:
    if momentum is None:
        return None
    return momentum if convention.momentum_weighs == "new" else 1.0 - momentum


def _step(
    old: Ball, statistic: Ball, weight: float | None, step: int, algorithms: Algorithms
) -> Ball:
    if weight is None:
        return cumulative_bounds(old, statistic, step, algorithms)
    return running_bounds(old, statistic, weight, algorithms)


@dataclass(frozen=True)
class Observation:
    """Running statistics that a target had after some steps, and what led to them."""

    case: Case
    batches: tuple[Statistics, ...]
    mean: Array
    var: Array


def agrees(convention: Convention, seen: Observation, algorithms: Algorithms) -> bool:
    """Whether an observation is within the bound of what the convention predicts."""
    return all(agreeing(convention, seen, algorithms))


def agreeing(
    convention: Convention, seen: Observation, algorithms: Algorithms
) -> tuple[bool, bool]:
    """Whether the running mean is within the bound, and whether the running variance is."""
    predicted = predict(convention, seen.case, seen.batches, algorithms)
    return _within(seen.mean, predicted.mean), _within(seen.var, predicted.var)


def _within(got: Array, ball: Ball) -> bool:
    values = as_wide(got, np.longdouble)
    with np.errstate(all="ignore"):
        inside = np.abs(values - ball.mid) <= ball.rad
    return bool(inside.all())


def recognise(
    promised: Convention, seen: Sequence[tuple[Observation, Algorithms]]
) -> tuple[Convention, ...]:
    """All conventions that agree with every observation and contradict no promise."""
    return tuple(
        candidate
        for candidate in CANDIDATES
        if _keeps(promised, candidate) and all(agrees(candidate, o, a) for o, a in seen)
    )


def _keeps(promised: Convention, candidate: Convention) -> bool:
    keys = ("momentum_weighs", "running_var", "debiased")
    return all(getattr(promised, k) in (None, getattr(candidate, k)) for k in keys)


def merged(promised: Convention, observed: Mapping[str, Any]) -> Convention:
    """The promises, completed by what was observed."""
    known = promised.promised()
    extra = {k: v for k, v in observed.items() if k not in known and hasattr(promised, k)}
    return replace(promised, **extra)
