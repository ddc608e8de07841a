"""The formula of each output as a sum of terms, with the factor that is right for each.

Ioffe & Szegedy 2015, Algorithm 1 and section 3; inference: their Algorithm 2. Values are held as
in `bncheck.deviations.passes`: ``(C, m)``, or ``(C, 1)`` for one number a channel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bncheck.deviations.passes import Pass
from bncheck.diagnosis.terms.factors import ONE, ZERO, Factor
from bncheck.model.formats import Array


@dataclass(frozen=True)
class Term:
    """One term: as it is written, its value, and the factor that it has in the right formula.

    extra: it is in no right formula, and is tried only where those that are do not fit
    named: the deviation of the catalogue that puts it in the place of the right one
    """

    says: str
    of: Callable[[Pass], Array]
    right: Factor = ZERO
    extra: bool = False
    named: str = ""


@dataclass(frozen=True)
class Formula:
    """What makes an output: its terms, and the stage of a `Reference` that adds them up."""

    output: str
    terms: tuple[Term, ...]
    stage: str
    mode: str = ""  # "training" or "inference", where the stage serves in both
    wide: bool = True  # one number for each value; otherwise one for each channel


def _mean(p: Pass, values: Array) -> Array:
    return np.asarray(p.rules.total(values, p) / p.rules.count(p))


def _over_batch(p: Pass, values: Array) -> Array:
    """The mean over the batch axis alone, at each position by itself."""
    split = p.by_sample(values)
    return np.broadcast_to(split.mean(axis=1, keepdims=True), split.shape).reshape(values.shape)


def _over_space(p: Pass, values: Array) -> Array:
    """The mean over the positions of each sample by itself."""
    split = p.by_sample(values)
    return np.broadcast_to(split.mean(axis=2, keepdims=True), split.shape).reshape(values.shape)


def _scaled(inner: Callable[[Pass], Array]) -> Callable[[Pass], Array]:
    return lambda p: np.asarray(p.gamma * p.inverse * inner(p))


MINUS = Factor("-1", lambda p: -1.0)
GAMMA, BETA = Factor("gamma", lambda p: p.gamma), Factor("beta", lambda p: p.beta)

_DY = Term("dy", _scaled(lambda p: p.dy), ONE)
_CENTRE = Term("mean(dy)", _scaled(lambda p: _mean(p, p.dy) + 0 * p.dy), MINUS)
_ALONG = Term("xhat mean(dy xhat)", _scaled(lambda p: p.xhat * _mean(p, p.dy * p.xhat)), MINUS)
_OTHERS = (
    Term("1", _scaled(lambda p: np.ones_like(p.dy)), extra=True),
    Term("xhat", _scaled(lambda p: p.xhat), extra=True),
    Term("mean of dy over the batch axis", _scaled(lambda p: _over_batch(p, p.dy)), extra=True),
    Term("mean of dy over positions", _scaled(lambda p: _over_space(p, p.dy)), extra=True),
    Term(
        "xhat mean of dy xhat over the batch axis",
        _scaled(lambda p: p.xhat * _over_batch(p, p.dy * p.xhat)),
        extra=True,
    ),
    Term("xhat mean(dy)", _scaled(lambda p: p.xhat * _mean(p, p.dy)), extra=True),
    Term("mean(dy xhat)", _scaled(lambda p: _mean(p, p.dy * p.xhat) + 0 * p.dy), extra=True),
)


_Y = (Term("xhat", lambda p: p.xhat, GAMMA), Term("1", lambda p: np.ones_like(p.xhat), BETA))
_DX = (_DY, _CENTRE, _ALONG, *_OTHERS)
_IN = (
    _DY,
    replace(_CENTRE, right=ZERO),
    replace(_ALONG, right=ZERO),
)


def _number(of: Callable[[Pass], Array]) -> Callable[[Pass], Array]:
    return lambda p: np.asarray(p.rules.total(of(p), p))


_DGAMMA = (
    Term("sum(dy xhat)", _number(lambda p: p.dy * p.xhat), ONE),
    Term("sum(dy)", _number(lambda p: p.dy), extra=True),
    Term("sum(dy y)", _number(lambda p: p.dy * p.y), extra=True),
    Term("sum(dy x)", _number(lambda p: p.dy * p.x), extra=True),
    Term("sum(dy (x - mean))", _number(lambda p: p.dy * (p.x - p.mean)), extra=True),
    Term("sum(dy x^2)", _number(lambda p: p.dy * p.x * p.x), extra=True),
)
_DBETA = (
    Term("sum(dy)", _number(lambda p: p.dy), ONE),
    Term("sum(dy xhat)", _number(lambda p: p.dy * p.xhat), extra=True),
)


FORMULAS: tuple[Formula, ...] = (
    Formula("y", _Y, "affine", "training"),
    Formula("inference y", _Y, "affine", "inference"),
    Formula("dx", _DX, "dx"),
    Formula("inference dx", _IN, "inference_dx"),
    Formula("jvp", (_DY, _CENTRE, _ALONG), "jvp"),
    Formula("dgamma", _DGAMMA, "dgamma", "training", wide=False),
    Formula("dbeta", _DBETA, "dbeta", "training", wide=False),
    Formula("inference dgamma", _DGAMMA, "dgamma", "inference", wide=False),
    Formula("inference dbeta", _DBETA, "dbeta", "inference", wide=False),
)
BY_OUTPUT = {formula.output: formula for formula in FORMULAS}
