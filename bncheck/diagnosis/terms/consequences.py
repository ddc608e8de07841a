"""What follows where a batch has other statistics: for its gradients and the running statistics.

People write a backward pass by the usual formula, or with the count that the forward pass had, or
let it be found; and they keep the statistics that they normalize by, or others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any, Literal

import numpy as np

from bncheck.deviations import Reference
from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.passes import Pass, filled
from bncheck.deviations.reference import Change
from bncheck.diagnosis.base import conforming
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.partial import ENOUGH
from bncheck.diagnosis.terms.hypotheses import deviating
from bncheck.diagnosis.terms.moments import Moments
from bncheck.model import Convention
from bncheck.model.formats import Array

Consequence = tuple[str, Change]
_WEIGHS: tuple[Literal["new", "old"], ...] = ("new", "old")
_VARIANCES: tuple[Literal["unbiased", "biased"], ...] = ("unbiased", "biased")


def consequent(court: Court, base: Hypothesis, moments: Moments) -> Deviation:
    """Return the deviation with what goes best with the target's first wrong answers."""
    items = [i for i in court.evidence if i.script == "train" and i.recipe.size > i.recipe.shape[1]]
    items.sort(key=lambda i: (court.explains(base, i), i.recipe.size))
    items = items[:ENOUGH]
    gradients, runnings = list(_gradients(moments)), list(_runnings(moments, court.base))
    made = {
        (g[0], r[0]): _deviation(moments, g, r)
        for g, r in [*product(gradients, runnings[:1]), *product(gradients[:1], runnings)]
    }

    def hold(deviation: Deviation, outputs: Sequence[str]) -> bool:
        hypothesis = Hypothesis((*base.deviations, deviation))
        return all(_holds(court, hypothesis, item, outputs) for item in items)

    gradient = next(
        (g for g in gradients if hold(made[g[0], runnings[0][0]], ("dx", "dgamma"))), gradients[0]
    )
    running = next(
        (r for r in runnings if hold(made[gradients[0][0], r[0]], _KEPT)), ("", _right_running)
    )
    return _deviation(moments, gradient, running)


def in_running(moments: Moments) -> Deviation:
    """Return the deviation that has these statistics in the running ones only."""
    says = f"in the running statistics alone, {moments.says}"
    return deviating(says, partial(_running_only, moments), moments.name)


_KEPT = ("running mean", "running variance")


def _holds(court: Court, hypothesis: Hypothesis, item: Observed, outputs: Sequence[str]) -> bool:
    return all(c.holds for c in court.compare(hypothesis, item) if c.output in outputs)


def _deviation(moments: Moments, gradient: Consequence, running: Consequence) -> Deviation:
    says = "; ".join(part for part in (moments.says, gradient[0], running[0]) if part)

    def change(rules: Reference) -> Reference:
        changed = gradient[1](running[1](rules))
        return replace(changed, **_stages(moments, rules))

    return deviating(says, change, moments.name)


def _gradients(moments: Moments) -> Iterator[Consequence]:
    yield "", lambda rules: rules
    yield (
        "the gradient divides by the same count",
        lambda rules: replace(rules, backward_count=moments.count),
    )
    yield "the gradient is that of this formula", partial(_differentiated, moments)


def _runnings(moments: Moments, base: Reference) -> Iterator[Consequence]:
    """With conventions other than the one observed, too: wrong statistics may have hidden it."""
    yield "", lambda rules: rules
    yield (
        "Bessel's factor has the same count",
        lambda rules: replace(rules, bessel=partial(_bessel, moments, rules)),
    )
    known = base.convention
    for weighs, var in product(_WEIGHS, _VARIANCES):
        other = replace(known, momentum_weighs=weighs, running_var=var)
        if other != known and not known.debiased:
            says = f"momentum weighs the {weighs} statistics, and the running variance is {var}"
            yield says, partial(_of_convention, other)
            if var == "unbiased":
                yield f"{says} by the same count", partial(_counting, moments, other)
    yield "the running statistics have the right ones", _right_running


def _of_convention(convention: Convention, rules: Reference) -> Reference:
    other = conforming(convention)
    return replace(rules, weight=other.weight, bessel=other.bessel, convention=convention)


def _counting(moments: Moments, convention: Convention, rules: Reference) -> Reference:
    other = _of_convention(convention, rules)
    return replace(other, bessel=partial(_bessel, moments, other))


def _stages(moments: Moments, rules: Reference) -> dict[str, Any]:
    return {
        "mean": lambda p: _either(moments, rules, p)[0],
        "variance": lambda p: _either(moments, rules, p)[1],
    }


def _either(moments: Moments, rules: Reference, p: Pass) -> tuple[Array, Array]:
    """Of no values, where all of this is 0/0, those of the rules."""
    if p.m:
        mean, var = moments.of(p)
        return np.asarray(mean, p.x.dtype), np.asarray(var, p.x.dtype)
    mean = rules.mean(p)
    return mean, rules.variance(filled(p, mean=mean))


def _bessel(moments: Moments, rules: Reference, p: Pass) -> float:
    """The factor, where there is one, of another count."""
    n = moments.count(p)
    return n / (n - 1) if n > 1 and rules.bessel(p) != 1 else rules.bessel(p)


def _with_right(rules: Reference, p: Pass) -> Pass:
    p = filled(p, mean=rules.mean(p))
    return filled(p, var=rules.variance(p))


def _right_running(rules: Reference) -> Reference:
    return seeing(rules, partial(_with_right, rules), "update_mean", "update_variance")


def _running_only(moments: Moments, rules: Reference) -> Reference:
    def other(p: Pass) -> Pass:
        mean, var = _either(moments, rules, p)
        return filled(p, mean=mean, var=var)

    return seeing(rules, other, "update_mean", "update_variance")


def _differentiated(moments: Moments, rules: Reference) -> Reference:
    """The gradient that automatic differentiation finds; see `moments`."""

    def mean_term(p: Pass) -> Array:
        return np.asarray(moments.by_x(p)[0] * p.rules.total(p.dy, p), p.x.dtype)

    def variance_term(p: Pass) -> Array:
        along = p.rules.total(p.dy * p.xhat, p)
        return np.asarray(moments.by_x(p)[1] * p.inverse / 2 * along, p.x.dtype)

    def jvp(p: Pass) -> Array:
        mean, var = ((by * p.dy).sum(axis=1, keepdims=True) for by in moments.by_x(p))
        inner = p.dy - mean - p.xhat * (var * p.inverse / 2)
        return np.asarray(p.gamma * p.inverse * inner, p.x.dtype)

    return replace(rules, mean_term=mean_term, variance_term=variance_term, jvp=jvp)
