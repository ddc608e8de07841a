"""Laws of double backward: gradients of ``F = <w, dx>``, where the target can make them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bncheck.model import Case
from bncheck.model.arrays import as_wide, in_c_order
from bncheck.model.formats import Array
from bncheck.trial.law import EVERY, Residuals, law
from bncheck.trial.probes import backwards, calm
from bncheck.trial.residuals import meet, near
from bncheck.trial.trial import Inapplicable, TrainingTruth, Trial, present, wide
from bncheck.truth.rounding import Ball
from bncheck.truth.rounding.second_order import double_backward_bounds


@dataclass(frozen=True)
class _Second:
    """What the target answered for one weighting, and the truth of the plain backward."""

    truth: TrainingTruth
    weights: Array
    by_x: Array
    by_dy: Array
    by_gamma: Array


def _second(t: Trial, case: Case, weights: Array) -> _Second:
    # the closed form's products must not underflow: see the bound, which knows no early casts
    if not calm(t) or t.case.m < 2 or t.algorithms(t.case).early:
        raise Inapplicable
    truth = t.truth(case)
    layer = t.make(case)
    by_x, by_dy, by_gamma = present(layer.double_backward)(case.x, case.dy, weights)
    kind = truth.values.x.dtype
    parts = (wide(by_x, kind), wide(by_dy, kind), as_wide(by_gamma, kind))
    return _Second(truth, wide(weights, kind), *parts)


def _bounded(t: Trial, second: _Second) -> Ball:
    algorithms = t.algorithms(t.case)
    truth = second.truth
    return double_backward_bounds(truth.values, truth.allowed, second.weights, algorithms)


@law(
    "B20",
    "the second derivative is symmetric",
    "d<w, J dy>/dx = d<dy, J w>/dx",
    domain="the closed form is used; inputs of moderate size",
    needs=("backward", "double_backward"),
    algebraic=True,
    norms=EVERY,
)
def b20(t: Trial) -> Residuals:
    """Exchange weights and cotangent."""
    weights = backwards(t.case.dy)
    first = _second(t, t.case, weights)
    case = t.variant(dy=weights)
    second = _second(t, case, in_c_order(t.case.dy))
    left = Ball(first.by_x, _bounded(t, first).rad)
    right = Ball(second.by_x, _bounded(t, second).rad)
    yield meet("gradient of <w, J dy> against <dy, J w>", left, right, (t.case, case))


@law(
    "B21",
    "double backward is the derivative of backward",
    "dF/dx = -(gamma/s^2)(mean(a b) xhat + mean(xhat b) a + mean(xhat a) b - 3 mean(xhat a) "
    "mean(xhat b) xhat), a and b the centred w and dy; dF/ddy = J w",
    domain="the closed form is used; inputs of moderate size",
    needs=("backward", "double_backward"),
    algebraic=True,
    norms=EVERY,
)
def b21(t: Trial) -> Residuals:
    """Weights: the cotangent, reversed."""
    weights = backwards(t.case.dy)
    second = _second(t, t.case, weights)
    expected = _bounded(t, second)
    yield near("dF/dx", second.by_x, expected.mid, expected.rad, (t.case,))
    case = t.variant(dy=weights)
    truth = t.truth(case)
    yield near("dF/ddy", second.by_dy, truth.values.dx, truth.bound("dx"), (t.case, case))


@law(
    "B22",
    "double backward with respect to gamma",
    "dF/dgamma = <w, dx>/gamma = sum(w (dy - mean(dy) - xhat mean(dy xhat)))/s",
    domain="inputs of moderate size",
    needs=("backward", "double_backward"),
    algebraic=True,
    norms=EVERY,
)
def b22(t: Trial) -> Residuals:
    """dx is linear in gamma."""
    weights = backwards(t.case.dy)
    second = _second(t, t.case, weights)
    ones = t.variant(gamma=np.ones_like(t.case.gamma))
    truth = t.truth(ones)
    dx = Ball(truth.values.dx, truth.bound("dx"))
    total = (dx * second.weights).sum(0)
    m, u = t.case.m, t.algorithms(t.case).accumulates.unit_roundoff
    reach = (np.abs(second.weights) * (np.abs(dx.mid) + dx.rad)).sum(0)
    kept = t.algorithms(t.case).parameters.unit_roundoff
    # a sum of m products and, where gamma is divided out again, two roundings more
    stored = np.abs(total.mid) + total.rad
    if t.case.norm.parted:  # each gamma of the set has dy J w of its own, which is stored
        along = t.truth(t.variant(dy=in_c_order(weights), gamma=np.ones_like(t.case.gamma)))
        each = np.abs(along.values.dx) + along.bound("dx")
        stored = (np.abs(truth.values.dy) * each).sum(0)
        reach = np.maximum(reach, stored)
    rounding = (m + 4) * u / (1 - (m + 4) * u) * reach + kept * stored
    yield near("dF/dgamma", second.by_gamma, total.mid, total.rad + rounding, (t.case,))
