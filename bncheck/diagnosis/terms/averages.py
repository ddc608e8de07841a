"""The running statistics as sums of the old value and what of the batch people average in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product as pairs_of

import numpy as np

from bncheck.deviations.passes import Pass
from bncheck.diagnosis.partial import ENOUGH
from bncheck.diagnosis.terms.factors import COUNTS, ONE, ZERO, Factor, product, root, variance
from bncheck.diagnosis.terms.fit import Fitted
from bncheck.diagnosis.terms.formulas import Formula, Term
from bncheck.diagnosis.terms.samples import Sample
from bncheck.model.formats import Array

NEW = Factor("a", lambda p: p.rules.weight(p))
OLD = Factor("(1 - a)", lambda p: 1 - p.rules.weight(p))

_BESSEL = COUNTS[5]


def _moment(p: Pass) -> Array:
    return np.asarray((p.x * p.x).mean(axis=1, keepdims=True))


def _absolute(p: Pass) -> Array:
    centred = p.x - p.x.mean(axis=1, keepdims=True)
    return np.asarray(np.abs(centred).mean(axis=1, keepdims=True))


MEANS: tuple[Term, ...] = (
    Term("mean", lambda p: p.mean, NEW),
    Term("sum of x", lambda p: p.x.sum(axis=1, keepdims=True), extra=True),
    Term("var", variance, extra=True),
    Term("max of x", lambda p: p.x.max(axis=1, keepdims=True), extra=True),
)
VARIANCES: tuple[Term, ...] = (
    Term("var", variance, NEW),
    Term("sqrt(var)", lambda p: np.sqrt(variance(p)), extra=True, named="running-std"),
    Term("sqrt(var + eps)", root, extra=True, named="running-std"),
    Term("(var + eps)", lambda p: variance(p) + p.eps, extra=True, named="running-var-plus-eps"),
    Term("mean(x^2)", _moment, extra=True, named="running-second-moment"),
    Term("max(var, eps)", lambda p: np.maximum(variance(p), p.eps), extra=True),
    Term("mean|x - mean|", _absolute, extra=True),
    Term("1/sqrt(var + eps)", lambda p: 1 / root(p), extra=True, named="running-inverse"),
    Term("mean", lambda p: p.mean, extra=True),
    Term("mean^2", lambda p: p.mean * p.mean, extra=True),
)


@dataclass(frozen=True)
class Average:
    """A running statistic: which stage makes it, and what people average in."""

    output: str
    old: Term
    news: tuple[Term, ...]
    stage: str


AVERAGES = (
    Average("running mean", Term("old", lambda p: p.running_mean, OLD), MEANS, "update_mean"),
    Average(
        "running variance", Term("old", lambda p: p.running_var, OLD), VARIANCES, "update_variance"
    ),
)


def averaged(average: Average, samples: Sequence[Sample]) -> Iterator[Fitted]:
    """The first way of averaging that gives the target's running statistic on all cases."""
    some = [s for s in samples if s.p.training and s.p.m > 1]
    if len(some) < ENOUGH:
        return
    formula = Formula(average.output, (), average.stage, "training", wide=False)
    weights = (NEW, OLD, ONE, ZERO, product(NEW, NEW), product(COUNTS[4], NEW))
    counts = [f for f in COUNTS[:21] if f is not ZERO]
    # Bessel's factor may be put on what is averaged, and so again and again on the old value
    kept = (OLD, NEW, ONE, ZERO, product(OLD, _BESSEL))
    for olds, new, weight, count in pairs_of(kept, average.news, weights, counts):
        if _holds(average.old, new, olds, weight, count, some):
            factor = product(weight, count) if weight is not ONE else count
            # what is right of the variance is with or without Bessel's factor, as is promised
            right = Term(new.says, new.of, _right(new, some), new.extra)
            usual = average.news[0]
            missing = ((Term(usual.says, usual.of, NEW), ZERO),) if new.extra else ()
            told = Fitted(formula, ((average.old, olds), *missing, (right, factor)))
            if told.changed:
                yield told
            return


def _right(new: Term, samples: Sequence[Sample]) -> Factor:
    if new.extra:
        return ZERO
    unbiased = new.says == "var" and samples[0].p.rules.bessel(samples[0].p) != 1
    return product(NEW, _BESSEL) if unbiased else NEW


def _holds(
    old: Term, new: Term, olds: Factor, weight: Factor, count: Factor, samples: Sequence[Sample]
) -> bool:
    for s in samples:
        with np.errstate(all="ignore"):
            first, second = olds.of(s.p) * old.of(s.p), weight.of(s.p) * count.of(s.p) * new.of(s.p)
            made = np.asarray(first + second)
            parts = np.abs(first) + np.abs(second)
            usual = np.maximum(np.abs(s.right), np.finfo(np.float64).tiny)
        if not np.isfinite(made).all():
            return False
        # the room grows where what is added up is larger than in the right average
        if not (np.abs(s.got - made) <= s.room * (2 + parts / usual)).all():
            return False
    return True
