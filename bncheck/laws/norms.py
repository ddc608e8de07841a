"""Laws of the relatives of batch normalization, with their own parameters.

Where gamma varies inside a statistic set it stands inside the means of the backward pass, as
``h = gamma dy``; everything that batch norm's laws say of ``gamma dy`` is then said of h. Notation:
a set of n values, ``r = 1/sqrt(v + eps)``, [..] is left out where nothing is centred.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bncheck.model.arrays import as_wide, in_c_order
from bncheck.model.formats import Array
from bncheck.trial.law import OWN, RELATIVES, Residuals, law
from bncheck.trial.probes import WIDE, backwards, calm
from bncheck.trial.residuals import meet, near
from bncheck.trial.trial import Inapplicable, Trial, present, wide
from bncheck.truth.rounding import Ball
from bncheck.truth.rounding.forward_mode import tangent_bounds
from bncheck.truth.rounding.second_order import double_backward_bounds

BA16 = "Ba, Kiros & Hinton 2016 (arXiv 1607.06450), 3"
ZS19 = "Zhang & Sennrich 2019 (arXiv 1910.07467), 4"


def _gathered(t: Trial, ball: Ball) -> Ball:
    """Add balls up over what shares a parameter: ``(m, C)`` to ``(P,)``."""
    values = t.exact_training.values
    norm, shape = values.norm, values.shape
    parts = [np.broadcast_to(a, values.x.shape) for a in (ball.mid, ball.rad)]
    mid, rad, size = (norm.gathered(a, shape) for a in (*parts, np.abs(parts[0])))
    p, u = norm.fibre(shape), np.finfo(mid.dtype).eps
    return Ball(mid, (rad + p * u * size) * (1 + 2 * p * u))


def _h(t: Trial) -> Ball:
    values = t.exact_training.values
    return Ball.exact(values.dy) * values.gamma


@law(
    "N01",
    "each gamma and beta for itself",
    "gamma_j dgamma_j + beta_j dbeta_j = sum(dy_j y_j), over the values that they belong to",
    source=f"{BA16}; {ZS19}; theorems LN12, RMS12, GN08",
    needs=("backward",),
    algebraic=True,
    shared=True,
    native=True,
    norms=RELATIVES,
)
def n01(t: Trial) -> Residuals:
    """Euler's identity, parameter by parameter: it tells which gradient belongs to which."""
    gamma, beta = (as_wide(a, WIDE) for a in (t.case.gamma, t.case.beta))
    left = t.dgamma * gamma
    if t.case.norm.shifted and t.gradients.dbeta is not None:
        left = left + t.dbeta * beta
    elif np.any(beta):
        raise Inapplicable
    products = t.y * t.exact_training.values.dy
    yield meet("gamma dgamma + beta dbeta", left, _gathered(t, products), (t.case,))


@law(
    "N02",
    "the input gradient is almost orthogonal to what is normalized",
    "sum(dx (x - [mu])) = eps/(v + eps) sum(h xhat), h = gamma dy",
    source=f"{OWN}; theorems LN09, RMS09, GN07",
    needs=("backward",),
    algebraic=True,
    shared=True,
    follows=("B01",),
    native=True,
    norms=RELATIVES,
)
def n02(t: Trial) -> Residuals:
    """Euler's identity for the scale law, with gamma inside."""
    truth = t.exact_training
    eps = truth.values.eps
    expected = (_h(t) * truth.ball("xhat")).sum(0) * eps / (truth.ball("var") + eps)
    products = t.dx * truth.ball("centered")
    terms = np.abs(products.mid).sum(0)
    yield meet("sum(dx (x - mu))", products.sum(0), expected, (t.case,), terms=terms)


@law(
    "N03",
    "the norm of the input gradient",
    "|dx|^2 = r^2 (|h|^2 - [sum(h)^2/n] - (1 + eps r^2) sum(h xhat)^2/n), h = gamma dy",
    source=f"{OWN}; theorems LN10, RMS10",
    needs=("backward",),
    algebraic=True,
    shared=True,
    follows=("B01",),
    native=True,
    norms=RELATIVES,
)
def n03(t: Trial) -> Residuals:
    """What batch norm's law says of gamma dy, where gamma varies in the set."""
    truth = t.exact_training
    h, inv, n = _h(t), truth.ball("inv"), len(truth.values.x)
    along = (h * truth.ball("xhat")).sum(0)
    inner = (h * h).sum(0) - (inv * inv * truth.values.eps + 1.0) * along * along / n
    if t.case.norm.centred:
        total = h.sum(0)
        inner = inner - total * total / n
    yield meet("|dx|^2", (t.dx * t.dx).sum(0), inv * inv * inner, (t.case,))


@law(
    "N04",
    "forward mode has gamma in front, reverse mode inside",
    "the directional derivative of y along t is gamma J t, J = r (I - [1 1'/n] - xhat xhat'/n)",
    source=f"{OWN}; theorems LN11, RMS11",
    needs=("backward", "jvp"),
    algebraic=True,
    native=True,
    norms=RELATIVES,
)
def n04(t: Trial) -> Residuals:
    """J t is dx for gamma = 1 and the cotangent t."""
    t.trains(t.case)
    tangent = t.case.dy
    given = present(t.make(t.case).jvp)(*map(in_c_order, (t.case.x, tangent)))
    expected = _along(t, tangent)
    kind = t.exact_training.values.x.dtype
    yield near("jvp(x, dy)", wide(given, kind), expected.mid, expected.rad, (t.case,))


def _along(t: Trial, tangent: Array) -> Ball:
    ones = t.variant(dy=in_c_order(tangent), gamma=np.ones_like(t.case.gamma))
    truth = t.truth(ones)
    dx = Ball(truth.values.dx, truth.bound("dx"))
    inv = Ball(truth.values.inv, truth.bound("inv"))
    return tangent_bounds(dx, inv, t.exact_training.values.gamma, t.algorithms(t.case))


@law(
    "N05",
    "double backward, with gamma inside",
    "F = <w, dx>: dF/dx as batch norm's with h for gamma dy; dF/ddy = gamma J w; dF/dgamma = "
    "sum(dy J w) over what shares a gamma",
    source=f"{OWN}; theorems LN13, RMS13",
    domain="the closed form is used; inputs of moderate size",
    needs=("backward", "double_backward"),
    algebraic=True,
    native=True,
    norms=RELATIVES,
)
def n05(t: Trial) -> Residuals:
    """Weights: the cotangent, reversed."""
    if not calm(t) or t.case.m < 2 or t.algorithms(t.case).early:
        raise Inapplicable
    truth, weights = t.exact_training, backwards(t.case.dy)
    given = present(t.make(t.case).double_backward)(t.case.x, t.case.dy, weights)
    kind = truth.values.x.dtype
    by_x, by_dy = (wide(a, kind) for a in given[:2])
    algorithms = t.algorithms(t.case)
    w = wide(weights, kind)
    expected = double_backward_bounds(truth.values, truth.allowed, w, algorithms)
    yield near("dF/dx", by_x, expected.mid, expected.rad, (t.case,))
    along = _along(t, weights)
    yield near("dF/ddy", by_dy, along.mid, along.rad, (t.case,))
    yield _by_gamma(t, as_wide(given[2], kind), weights)


def _by_gamma(t: Trial, got: Array, weights: Array) -> Any:
    """dF/dgamma: a sum of p products of dy and J w, each rounded a few times."""
    ones = t.variant(dy=in_c_order(weights), gamma=np.ones_like(t.case.gamma))
    truth = t.truth(ones)
    along = Ball(truth.values.dx, truth.bound("dx"))
    values = t.exact_training.values
    total = _gathered(t, along * values.dy)
    reach = values.gathered(np.abs(values.dy) * (np.abs(along.mid) + along.rad))
    p, algorithms = values.norm.fibre(values.shape), t.algorithms(t.case)
    u = (p + 4) * algorithms.accumulates.unit_roundoff
    kept = algorithms.parameters.unit_roundoff
    rounding = u / (1 - u) * reach + kept * (np.abs(total.mid) + total.rad)
    return near("dF/dgamma", got, total.mid, total.rad + rounding, (t.case,))
