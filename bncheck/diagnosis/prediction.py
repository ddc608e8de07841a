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
from bncheck.deviations import Pass, Reference, new_weight
from bncheck.deviations.layer import open_layer
from bncheck.diagnosis.scripts import Answer, channels_last, run, weights
from bncheck.model import Ability, Case
from bncheck.model.arrays import as_wide
from bncheck.model.formats import FLOAT32, FLOAT64, LONGDOUBLE, Array, format_of
from bncheck.truth.rounding import (
    Algorithms,
    Ball,
    Inference,
    Training,
    debiased_bounds,
    inference_bounds,
    running_bounds,
    training_bounds,
)
from bncheck.truth.rounding.second_order import double_backward_bounds

Bounds = Mapping[str, Array]


@dataclass(frozen=True)
class Prediction:
    """Wide and native answers, and B for each output, as ``(m, C)`` or ``(1, C)``."""

    wide: Answer
    native: Answer
    bounds: Bounds


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
        passed = latest()
        bounds: Bounds = {}
        if passed is not None and not wide.raised:
            with np.errstate(all="ignore"):
                bounds = _bounds(passed, wide, wider, algorithms, deviating=deviating)
        if rules.narrow_only and case.x.dtype.itemsize == 2:
            bounds = {name: 2 * bound for name, bound in bounds.items()}
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
    x = lay_out(as_wide(case.x, dtype), recipe.layout)
    dy = x if recipe.alias == "x is dy" else lay_out(as_wide(case.dy, dtype), recipe.dy_layout)
    return replace(
        case,
        x=x,
        dy=dy,
        gamma=as_wide(case.gamma, dtype),
        beta=as_wide(case.beta, dtype),
        running_mean=as_wide(case.running_mean, dtype),
        running_var=as_wide(case.running_var, dtype),
    )


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
    with lent(recipe) as (_, wider), np.errstate(all="ignore"):
        layer, latest = open_layer(rules, wider)
        run(script, layer, able, wider)
        p = latest()
        if p is None or not p.training:
            return predicted
        allowed = training_bounds(_training(p, _rows(channels_last(wider.dy), p)), algorithms)
        mean, var = (np.asarray(e, p.x.dtype)[:, None] for e in (allowed.mean, allowed.var))
        moved = [
            _moved(replace(rules, mean=lambda p: rules.mean(p) + mean), script, able, wider),
            _moved(replace(rules, variance=lambda p: rules.variance(p) + var), script, able, wider),
            _moved(
                replace(rules, variance=lambda p: np.maximum(rules.variance(p) - var, 0)),
                script,
                able,
                wider,
            ),
        ]
        bounds = {}
        for name, bound in predicted.bounds.items():
            right = channels_last(predicted.wide.outputs[name])
            by_mean, *by_var = (_distance(m.outputs.get(name), right) for m in moved)
            bounds[name] = bound + by_mean + np.maximum(*by_var)
    return replace(predicted, bounds=bounds)


def _moved(rules: Reference, script: str, able: frozenset[Ability], case: Case) -> Answer:
    return run(script, open_layer(rules, case)[0], able, case)


def _distance(array: Array | None, right: Array) -> Array:
    if array is None:
        return np.full(right.shape, np.inf)
    distance = np.abs(channels_last(array) - right)
    return np.asarray(np.where(np.isnan(distance), np.inf, distance))


def _bounds(
    p: Pass, wide: Answer, case: Case, algorithms: Algorithms, *, deviating: bool
) -> Bounds:
    outputs = {name: channels_last(array) for name, array in wide.outputs.items()}
    prefix = "second " if any(n.startswith("second ") for n in outputs) else ""
    found: dict[str, Array] = {}
    if not p.training or "jvp" in outputs:
        prefix = "inference " if not p.training else ""
    dy = _rows(channels_last(case.dy), p)
    if p.training:
        values = _training(p, dy)
        # NumPy compares dtypes by value: all of one evaluation are of p's
        allowed = training_bounds(values, algorithms)
        terms = _terms(p, dy)
        for name in ("y", "dx", "dgamma", "dbeta"):
            found[prefix + name] = np.atleast_2d(getattr(allowed, name))
        if "double backward" in outputs and algorithms.accumulates.precision >= FLOAT32.precision:
            reversed_dy = _rows(channels_last(weights(case)), p)
            ball = double_backward_bounds(values, allowed, reversed_dy, algorithms)
            found["double backward"] = np.atleast_2d(ball.rad)
        found["jvp"] = found[prefix + "dx"]
        terms["jvp"] = terms["dx"]
        found.update(_state_bounds(p, allowed.mean, allowed.var, prefix, algorithms))
    else:
        inferred = inference_bounds(_inference(p, dy), algorithms)
        terms = _terms(p, dy)
        others = training_bounds(_training(p, dy), algorithms) if deviating else inferred
        for name in ("y", "dx", "dgamma", "dbeta"):
            either = np.fmax(getattr(inferred, name), getattr(others, name))
            found[prefix + name] = np.atleast_2d(either)
        nothing = np.zeros((1, p.x.shape[0]))
        found.update(_state_bounds(p, nothing[0], nothing[0], prefix, algorithms))
    return {
        name: _enlarged(bound, outputs[name], terms.get(name.removeprefix(prefix)))
        for name, bound in found.items()
        if name in outputs
    }


def _rows(array: Array, p: Pass) -> Array:
    return np.asarray(array, p.x.dtype)


def _column(values: Array) -> Array:
    """``(C, 1)``, or ``(C, m)`` where a deviation keeps more, as ``(C,)``: the largest."""
    return np.asarray(np.abs(values).max(axis=1)) if values.shape[1] > 1 else values[:, 0]


def _training(p: Pass, dy: Array) -> Training:
    x, xhat = p.x.T, np.broadcast_to(p.xhat.T, p.x.T.shape)
    dy_mean, q = dy.mean(0), (dy * xhat).mean(0)
    bracket = dy - dy_mean - xhat * q
    gamma, inv = _column(p.gamma), _column(p.inverse)
    return Training(
        x=x,
        dy=dy,
        gamma=gamma,
        beta=_column(p.beta),
        eps=p.x.dtype.type(p.eps),
        mean=_column(p.mean),
        var=_column(p.var),
        inv=inv,
        centered=(p.x - p.mean).T,
        xhat=xhat,
        y=np.broadcast_to(p.y.T, x.shape),
        dy_mean=dy_mean,
        q=q,
        bracket=bracket,
        dx=gamma * inv * bracket,
        dgamma=(dy * xhat).sum(0),
        dbeta=dy.sum(0),
    )


def _inference(p: Pass, dy: Array) -> Inference:
    xhat = np.broadcast_to(p.xhat.T, p.x.T.shape)
    gamma, inv = _column(p.gamma), _column(p.inverse)
    return Inference(
        x=p.x.T,
        dy=dy,
        gamma=gamma,
        beta=_column(p.beta),
        running_mean=_column(p.mean),
        running_var=_column(p.var),
        eps=p.x.dtype.type(p.eps),
        inv=inv,
        xhat=xhat,
        y=np.broadcast_to(p.y.T, p.x.T.shape),
        dx=gamma * inv * dy,
        dgamma=(dy * xhat).sum(0),
        dbeta=dy.sum(0),
    )


def _terms(p: Pass, dy: Array) -> dict[str, Array]:
    """Largest term of each output's formula, per channel: what the bounds are multiples of."""
    xhat = np.abs(p.xhat).max(axis=1)
    gamma, inv = np.abs(_column(p.gamma)), np.abs(_column(p.inverse))
    top, total = np.abs(dy).max(0), np.abs(dy).sum(0)
    return {
        "y": gamma * xhat + np.abs(_column(p.beta)),
        "dx": gamma * inv * top,
        "dgamma": total * xhat,
        "dbeta": total,
    }


def _enlarged(bound: Array, output: Array, terms: Array | None) -> Array:
    """Let the bound grow with an output that is larger than the right formula's terms."""
    if terms is None:
        return bound
    ratio = np.abs(output).max(axis=0) / terms
    return bound * np.where(ratio > 1, ratio, 1)


def _state_bounds(
    p: Pass, e_mean: Array, e_var: Array, prefix: str, algorithms: Algorithms
) -> dict[str, Array]:
    """Running statistics: averages of the old ones and the batch's, at any weight.

    Bessel's factor is at most 2, so twice e_var covers the corrected variance. With one value
    per channel a batch has no variance: 0 may be averaged in, or the old one left.
    """
    found = {}
    kept = format_of(algorithms.parameters.name).unit_roundoff
    for name, old, new, error in (
        ("running mean", p.running_mean, p.next_mean, e_mean),
        ("running variance", p.running_var, p.next_var, 2 * e_var),
    ):
        before, after = _column(old), _column(new)
        # the state before a second step was itself rounded when it was stored
        ball = Ball(before, kept * np.abs(before))
        reach = running_bounds(ball, Ball(after, error), 0.5, algorithms)
        if p.rules.convention.debiased and p.training and p.momentum is not None:
            # what is kept is 1 - d^t times what is used, and divided by it in the target's format
            decay, steps = 1 - new_weight(p), p.steps + 1
            sums = Ball(after * (1 - decay**steps), reach.rad)
            reach = debiased_bounds(sums, decay, steps, algorithms)
        either = np.abs(before) + np.abs(after) if p.m == 1 and p.training else 0
        found[prefix + name] = np.atleast_2d(2 * reach.rad + either)
    return found
