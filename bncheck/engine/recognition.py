"""Recognising conventions: a few small calls that tell the legitimate ones apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.cases import Recipe, Values, build
from bncheck.engine.casts import casts
from bncheck.engine.flushing import flushes
from bncheck.engine.saving import saved
from bncheck.engine.summing import residual
from bncheck.errors import TargetRaised
from bncheck.model import Case, Convention, Implementation
from bncheck.model.arrays import as_wide
from bncheck.model.formats import Array
from bncheck.trial.shelter import writes
from bncheck.trial.trial import Guard, Inapplicable, Trial
from bncheck.truth.conventions import (
    CANDIDATES,
    Observation,
    Statistics,
    agreeing,
    predict,
    recognise,
)
from bncheck.truth.rounding import Algorithms, Ball

# Two batches whose variances differ from each other and from 1, and whose sizes make m/(m - 1)
# plain to see; the momentum is not 1/2, so that the two directions differ.
_STEPS = ((2, (0, 8)), (3, (1, -5, 7)))
_MOMENTUM = 0.25


def observe(implementation: Implementation, guard: Guard, dtypes: Sequence[str]) -> dict[str, Any]:
    """Look at an implementation's conventions in the first dtype that it answers in.

    Returns ``observed`` (for the report), ``known`` (to complete the promises with), ``notes``
    (sentences about what matched nothing) and ``warnings``.
    """
    observed: dict[str, Any] = {"variance_algorithm": "unknown"}
    known: dict[str, Any] = {}
    notes: list[str] = []
    dtype = dtypes[0]
    if not implementation.domain.training:
        return {"observed": observed, "known": known, "notes": notes, "warnings": ()}
    if implementation.domain.shape is None and not implementation.domain.held:
        observed["one_value"] = _one_value(implementation, guard, dtype)
        # what is neither is held to the one that can be checked, and fails
        known["one_value"] = "raises" if observed["one_value"] == "raises" else "beta"
    if {"running", "state_before_step"} <= implementation.abilities:
        seen, raised = _observations(implementation, guard, dtype)
        if seen is None:
            notes.append(f"conventions of the running statistics could not be looked at: {raised}")
        else:
            _running(implementation.convention, seen, observed, known, notes)
    if (rounds := casts(implementation, guard, dtypes)) is not None:
        observed["casts"] = known["casts"] = rounds
    if (summed := residual(implementation, guard, dtypes)) is not None:
        observed["residual"] = summed  # not known: where it is not promised, any is right
    if (kept := saved(implementation, guard, dtypes)) is not None:
        observed["saved"] = kept  # not known: what is rounded has to be promised
    warnings = flushes(implementation, guard, dtype)
    return {"observed": observed, "known": known, "notes": notes, "warnings": warnings}


def _running(
    promised: Convention,
    seen: list[tuple[Observation, Algorithms]],
    observed: dict[str, Any],
    known: dict[str, Any],
    notes: list[str],
) -> None:
    matches = recognise(Convention(), seen)
    keys = ("momentum_weighs", "running_var", "debiased")
    if matches:
        for key in keys:
            values = sorted({str(getattr(match, key)) for match in matches})
            best = getattr(matches[0], key)
            observed[key] = best if len(values) == 1 else f"ambiguous ({' or '.join(values)})"
            known[key] = best
        return
    notes.append(
        "the running statistics match no legitimate convention: they are neither an average that "
        "weighs the new batch by momentum nor by 1 - momentum, biased, unbiased or debiased"
    )
    # one of mean and variance may be wrong, and the other still tell the convention
    nearest = min(
        _candidates(promised),
        key=lambda c: (
            sum(_disagreements(c, *pair) for pair in seen),
            sum(_distance(c, *pair) for pair in seen),
        ),
    )
    for key in keys:
        observed[key] = "unrecognised"
        known[key] = getattr(nearest, key)


def _candidates(promised: Convention) -> list[Convention]:
    keys = ("momentum_weighs", "running_var", "debiased")
    kept = [
        c for c in CANDIDATES if all(getattr(promised, k) in (None, getattr(c, k)) for k in keys)
    ]
    return kept or list(CANDIDATES)


def _disagreements(convention: Convention, seen: Observation, algorithms: Algorithms) -> int:
    """How many of running mean and variance are not what the convention predicts."""
    return 2 - sum(agreeing(convention, seen, algorithms))


def _distance(convention: Convention, seen: Observation, algorithms: Algorithms) -> float:
    predicted = predict(convention, seen.case, seen.batches, algorithms)
    total = 0.0
    for got, ball in ((seen.mean, predicted.mean), (seen.var, predicted.var)):
        with np.errstate(all="ignore"):
            off = np.abs(as_wide(got, np.float64) - ball.mid.astype(np.float64))
        total += float(np.nan_to_num(off, nan=1e300, posinf=1e300).sum())
    return total


def _observations(
    implementation: Implementation, guard: Guard, dtype: str
) -> tuple[list[tuple[Observation, Algorithms]] | None, str]:
    seen = []
    try:
        for count in (1, 2):
            cases = [_probe(implementation, dtype, m, digits) for m, digits in _STEPS[:count]]
            trial = Trial(cases[0], implementation, implementation.convention, guard=guard)
            layer = trial.make(cases[0])
            for case in cases:
                layer.train(case.x)
            if layer.state is None:
                return None, "the layer has no running statistics"
            state = layer.state()
            batches = tuple(_statistics(trial, case) for case in cases)
            algorithms = trial.algorithms(cases[0])
            seen.append((Observation(cases[0], batches, state.mean, state.var), algorithms))
    except TargetRaised as error:
        return None, f"{error.where} raised {error.kind}: {error.message[:200]}"
    return seen, ""


def writes_to_inputs(implementation: Implementation, guard: Guard) -> bool:
    """Whether the target writes to its inputs on small batches of the lowest and highest rank."""
    domain = implementation.domain
    dtype = domain.dtypes[-1]
    ranks = {min(domain.ranks), max(domain.ranks)}
    cases = tuple(
        _probe(replace(implementation, domain=replace(domain, ranks=(rank,))), dtype, *_STEPS[1])
        for rank in ranks
    )
    return writes(implementation, cases, guard)


def _statistics(trial: Trial, case: Case) -> Statistics:
    truth = trial.truth(case)
    return Statistics(
        Ball(truth.values.mean, truth.bound("mean")),
        Ball(truth.values.var, truth.bound("var")),
        case.m,
    )


def _probe(implementation: Implementation, dtype: str, m: int, digits: Sequence[int]) -> Case:
    domain = implementation.domain
    shape = domain.example(m)
    rows = tuple(d for d in digits for _ in range(shape[1]))
    return build(
        Recipe(
            dtype=dtype,
            shape=shape,
            x=Values(digits=rows),
            dy=Values(digits=(1, -1, 2)),
            running_mean=(16.0,),
            running_var=(4.0,),
            eps=domain.eps(1e-3),
            momentum=domain.momentum(_MOMENTUM),
            parameters=_parameters(implementation, dtype),
        )
    )


def _parameters(implementation: Implementation, dtype: str) -> str:
    return Algorithms.of(dtype, implementation.convention).parameters.name


def _one_value(implementation: Implementation, guard: Guard, dtype: str) -> str:
    case = _probe(implementation, dtype, 1, (3,))
    trial = Trial(case, implementation, Convention(), guard=guard)
    try:
        y = trial.train(case, gradients=False).y
    except TargetRaised:
        return "raises"
    except Inapplicable:
        return "raises"
    return "beta" if np.isfinite(np.asarray(y, np.float64)).all() else "nan, which is neither"


def empty_batch(implementation: Implementation, guard: Guard, dtype: str) -> dict[str, Any]:
    """Train on a batch of no samples; asked last, since it may end the process."""
    domain = implementation.domain
    if not domain.training or domain.shape is not None or domain.held:
        return {}
    case = _probe(implementation, dtype, 1, (3,))
    nothing: Array = np.zeros((0, *case.x.shape[1:]), case.x.dtype)
    try:
        layer = Trial(case, implementation, Convention(), guard=guard).make(case)
        y = layer.train(nothing)
    except TargetRaised:
        return {"empty_batch": "raises"}
    return {"empty_batch": "empty" if y.shape == nothing.shape else "unrecognised"}
