"""B of `prediction`: the bounds on right implementations, for the numbers of a hypothesis."""

from __future__ import annotations

import numpy as np

from bncheck.deviations import Pass, new_weight
from bncheck.deviations.passes import filled
from bncheck.diagnosis.scripts import Answer, channels_last, weights
from bncheck.model import Case
from bncheck.model.formats import FLOAT32, Array, format_of
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

_GRADIENTS = ("dx", "dgamma", "dbeta")


def bounds_of(
    p: Pass, wide: Answer, case: Case, algorithms: Algorithms, *, deviating: bool
) -> dict[str, Array]:
    """B of each output; of the gradients, what the backward pass finds is asked as well."""
    found = _bounds(p, wide, case, algorithms, deviating=deviating)
    if deviating and any(name.split()[-1] in _GRADIENTS for name in found):
        q = p.rules.saved(filled(p, dy=rows_of(case.dy, p).T))
        if q.inverse is not p.inverse and q.x.shape == p.x.shape:
            other = _bounds(q, wide, case, algorithms, deviating=deviating)
            found |= {
                name: np.fmax(bound, other[name])
                for name, bound in found.items()
                if name.split()[-1] in _GRADIENTS
            }
    return found


def _bounds(
    p: Pass, wide: Answer, case: Case, algorithms: Algorithms, *, deviating: bool
) -> dict[str, Array]:
    outputs = {name: channels_last(array) for name, array in wide.outputs.items()}
    prefix = "second " if any(n.startswith("second ") for n in outputs) else ""
    found: dict[str, Array] = {}
    if not p.training or "jvp" in outputs:
        prefix = "inference " if not p.training else ""
    dy = rows_of(case.dy, p)
    if p.training:
        values = values_of(p, dy)
        # NumPy compares dtypes by value: all of one evaluation are of p's
        allowed = training_bounds(values, algorithms)
        terms = _terms(p, dy)
        for name in ("y", "dx", "dgamma", "dbeta"):
            found[prefix + name] = np.atleast_2d(getattr(allowed, name))
        if "double backward" in outputs and algorithms.accumulates.precision >= FLOAT32.precision:
            reversed_dy = rows_of(weights(case), p)
            ball = double_backward_bounds(values, allowed, reversed_dy, algorithms)
            found["double backward"] = np.atleast_2d(ball.rad)
        found["jvp"] = found[prefix + "dx"]
        terms["jvp"] = terms["dx"]
        found.update(_state_bounds(p, allowed.mean, allowed.var, prefix, algorithms))
    else:
        inferred = inference_bounds(_inference(p, dy), algorithms)
        terms = _terms(p, dy)
        others = training_bounds(values_of(p, dy), algorithms) if deviating else inferred
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


def rows_of(array: Array, p: Pass) -> Array:
    """``(N, C, *spatial)`` as ``(m, C)``, in the dtype of the pass."""
    return np.asarray(channels_last(array), p.x.dtype)


def _column(values: Array) -> Array:
    """``(C, 1)``, or ``(C, m)`` where a deviation keeps more, as ``(C,)``: the largest."""
    return np.asarray(np.abs(values).max(axis=1)) if values.shape[1] > 1 else values[:, 0]


def values_of(p: Pass, dy: Array) -> Training:
    """Return what the bounds of training mode are made of."""
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
