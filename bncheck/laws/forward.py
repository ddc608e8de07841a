"""Forward laws in training mode: definition, moments, invariances, special batches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.model.formats import Array, format_of
from bncheck.trial.law import EVERY, IS15, Residual, Residuals, law
from bncheck.trial.probes import constant, rounded, rows
from bncheck.trial.residuals import meet, near, zero
from bncheck.trial.trial import Inapplicable, Trial
from bncheck.truth import oracle
from bncheck.truth.rounding import (
    Ball,
    Scaled,
    careful_output_bound,
    careful_terms,
    stored_bound,
)

ALG1 = f"{IS15}, Algorithm 1"


@law(
    "F00",
    "the output is the definition",
    "y = gamma (x - mu)/sqrt(v + eps) + beta, with mu = mean(x), v = mean((x - mu)^2) over N*H*W",
    source=ALG1,
    shared=True,
    fused=True,
    native=True,
    norms=EVERY,
)
def f00(t: Trial) -> Residuals:
    """Compare y with the exact value, entry by entry."""
    truth = t.exact_training
    found = near("y", t.y.mid, truth.values.y, t.y.rad, (t.case,))
    if careful_terms(t.case.m) < t.case.m and not _is_careful(t, found):
        found = _with_warning(t, found)
    yield found


def _is_careful(t: Trial, found: Residual) -> bool:
    """Whether no error is above what bounds of careful algorithms are at least."""
    values = t.exact_training.values
    least = careful_output_bound(values, t.algorithms(t.case), least=True)
    with np.errstate(all="ignore"):
        if not found.unpromised:
            # no error is more than its bound times the worst ratio of all: a reduction of bounds in
            # place of one of errors. The last factor is for three roundings here and one there.
            most = found.error / found.bound * (1 + 2.0**-50) * t.y.rad.max(0)
            if (most <= least).all():
                return True
        return bool((np.abs(t.y.mid - values.y).max(0) <= least).all())


def _with_warning(t: Trial, found: Residual) -> Residual:
    truth = t.exact_training
    # told from the target's, it says nothing where any order of summation is promised nothing
    own = oracle.training_own(truth.values) if isinstance(truth.own, Scaled) else truth.own
    careful = careful_output_bound(truth.values, t.algorithms(t.case)) + own.y
    careful = stored_bound(truth.values.y, careful, t.answers.y.dtype, truth.storage)
    strict = near("y", t.y.mid, truth.values.y, careful)
    if strict.error > strict.bound and found.error <= found.bound:
        return replace(found, warning=_careless(t, strict, found))
    return found


def _careless(t: Trial, strict: Residual, found: Residual) -> str:
    times = strict.error / strict.bound
    any_order = f"({found.bound:.1e})" if found.compared else "(no promise)"
    values = t.exact_training.values
    mean, deviation = np.abs(values.mean).max(), 1 / values.inv.max()
    return (
        f"y is off by {strict.error:.1e}, {times:.1f} times what sums in pairs or in a wider "
        f"format allow ({strict.bound:.1e}), within what any order of summation may do "
        f"{any_order}: mean {mean:.3g}, smallest deviation {deviation:.3g}, m = {t.case.m}"
    )


@law(
    "F01",
    "the output's mean is beta",
    "mean(y) = beta",
    source=ALG1,
    algebraic=True,
    shared=True,
    follows=("F00",),
)
def f01(t: Trial) -> Residuals:
    """First moment."""
    values = t.exact_training.values
    terms = np.abs(values.y - values.beta).mean(0)
    yield zero("mean(y) - beta", t.y.mean(0) - values.beta, (t.case,), terms=terms)


@law(
    "F02",
    "the output's variance is gamma^2 v/(v + eps)",
    "mean((y - beta)^2) = gamma^2 v/(v + eps); sum(x (y - beta)) = gamma m v/s",
    source=f"{ALG1}; with eps: derived here",
    algebraic=True,
    shared=True,
    follows=("F00",),
    norms=EVERY,
)
def f02(t: Trial) -> Residuals:
    """Second moments; they tell where eps stands and what the variance is divided by."""
    truth = t.exact_training
    gamma, var = truth.values.gamma, truth.ball("var")
    centred = t.y - truth.values.beta
    expected = var / (var + truth.values.eps) * gamma * gamma
    yield meet("mean((y - beta)^2)", (centred * centred).mean(0), expected, (t.case,))
    product = (truth.ball("centered") * centred).mean(0)
    yield meet("mean(x (y - beta))", product, var * truth.ball("inv") * gamma, (t.case,))


@law(
    "F07",
    "identity recovery",
    "gamma = sqrt(v + eps), beta = mu give y = x; in inference with the running statistics",
    source=f"{IS15}, 3 (there without eps)",
    algebraic=True,
    norms=EVERY,
)
def f07(t: Trial) -> Residuals:
    """With gamma and beta rounded to their format: |y - x| <= bound + u |x - mu| + u |mu|."""
    truth = t.exact_training
    parameters = format_of(t.case.gamma.dtype)
    values = truth.values
    gamma, beta = 1 / values.inv, values.mean
    case = t.variant(gamma=rounded(gamma, t.case.gamma), beta=rounded(beta, t.case.beta))
    y = t.output(case)
    own = truth.own
    given = _recovery(parameters.unit_roundoff, parameters.half_subnormal, values.xhat, gamma, beta)
    known = own.mean + np.abs(values.centered) * own.inv * gamma
    yield near("y", y.mid, values.x, y.rad + given + known, (case,))
    if t.can("eval"):
        inference = t.exact_inference
        gamma = np.sqrt(inference.values.running_var + inference.values.eps)
        beta = inference.values.running_mean
        case = t.variant(gamma=rounded(gamma, t.case.gamma), beta=rounded(beta, t.case.beta))
        y = t.inferred(case)
        xhat = inference.values.xhat
        given = _recovery(
            parameters.unit_roundoff, parameters.half_subnormal, xhat, gamma, 0 * gamma
        )
        own = inference.own.y + 4 * np.finfo(gamma.dtype).eps * np.abs(xhat) * gamma
        yield near("y in inference", y.mid, inference.values.x, y.rad + given + own, (case,))


def _recovery(u: float, eta: object, xhat: Array, gamma: Array, beta: Array) -> Array:
    # fl(gamma) = gamma (1 + d) + h, |d| <= u, |h| <= eta, and the same for beta
    half = xhat.dtype.type(eta)
    with np.errstate(all="ignore"):
        total = np.abs(xhat) * (u * gamma + half) + u * np.abs(beta) + half
    return np.asarray(total)


@law(
    "F12",
    "one and two values per channel",
    "m = 1: y = beta; m = 2: y = beta +- gamma d/sqrt(d^2 + eps), d = (x1 - x2)/2",
    algebraic=True,
)
def f12(t: Trial) -> Residuals:
    """Short batches cut from the case, against their closed forms."""
    m = t.case.m
    pair = t.variant(**rows(t.case, [0, m - 1]))
    y, values = t.output(pair), t.truth(pair).values
    half = (Ball.exact(values.x[:1]) - values.x[1:]) * 0.5
    size = half / (half * half + values.eps).sqrt() * values.gamma
    yield meet("y[0] of two values", y[:1], size + values.beta, (pair,))
    yield meet("y[1] of two values", y[1:], -size + values.beta, (pair,))
    if t.convention.one_value != "raises":
        single = t.variant(**rows(t.case, [0]))
        y = t.output(single)
        yield near("y of one value", y.mid, t.truth(single).values.beta, y.rad, (single,))


@law(
    "F16",
    "a constant channel gives beta",
    "x = c: y = beta",
    domain="eps > 0",
    native=True,
)
def f16(t: Trial) -> Residuals:
    """Every sample replaced by the first."""
    case = t.variant(x=constant(t.case))
    y = t.output(case)
    yield near("y of a constant channel", y.mid, t.truth(case).values.beta, y.rad, (case,))


@law(
    "F19",
    "differences are scaled by gamma/s",
    "y_i - y_j = gamma (x_i - x_j)/s",
    algebraic=True,
    shared=True,
    follows=("F00",),
    norms=EVERY,
)
def f19(t: Trial) -> Residuals:
    """Contrasts against the first sample: the mean drops out."""
    truth = t.exact_training
    contrast = Ball.exact(truth.values.x) - truth.values.x[:1]
    expected = contrast * truth.ball("inv") * truth.values.gamma
    yield meet("y - y[0]", t.y - t.y[:1], expected, (t.case,))


@law(
    "F20",
    "channels are scaled, not decorrelated",
    "mean(xhat_j xhat_k) = cov(x_j, x_k)/(s_j s_k)",
    algebraic=True,
    shared=True,
    follows=("F00",),
    norms=EVERY,
)
def f20(t: Trial) -> Residuals:
    """Cross moments of neighbouring channels."""
    if t.case.channels < 2:
        raise Inapplicable
    truth = t.exact_training
    y = t.y - truth.values.beta
    scale = truth.ball("inv") * truth.values.gamma
    left, right = slice(0, -1), slice(1, None)
    d = truth.ball("centered")
    cov = (d[:, left] * d[:, right]).mean(0)
    expected = cov * scale[left] * scale[right]
    yield meet("mean(y_j y_k)", (y[:, left] * y[:, right]).mean(0), expected, (t.case,))


@law(
    "F24",
    "another eps rescales the output",
    "BN_{e1}(x) = BN_{e2}(x) sqrt((v + e2)/(v + e1))",
    algebraic=True,
    norms=EVERY,
    native=True,
)
def f24(t: Trial) -> Residuals:
    """eps against 4 eps."""
    case = t.variant(eps=4 * t.case.eps)
    base = t.exact_training
    beta = base.values.beta
    y = t.output(case) - beta
    ratio = t.truth(case).ball("inv") / base.ball("inv")
    yield meet("y(4 eps) - beta", y, (t.y - beta) * ratio, (case, t.case))


@law(
    "F28",
    "eps can be read off the output",
    "s = gamma (x_i - x_j)/(y_i - y_j); eps = s^2 - v",
    domain="x_i != x_j, gamma != 0",
    shared=True,
    follows=("F00",),
    norms=EVERY,
)
def f28(t: Trial) -> Residuals:
    """From the two farthest samples of each channel."""
    truth = t.exact_training
    x = truth.values.x
    if not np.isfinite(x).all():
        raise Inapplicable
    columns = np.arange(x.shape[1])
    high, low = np.argmax(x, axis=0), np.argmin(x, axis=0)
    gamma = truth.values.gamma
    usable = (x[high, columns] > x[low, columns]) & (gamma != 0)
    if not usable.any():
        raise Inapplicable
    columns, high, low = columns[usable], high[usable], low[usable]
    spread = Ball.exact(x[high, columns]) - x[low, columns]
    s = spread * gamma[columns] / (t.y[high, columns] - t.y[low, columns])
    eps = s * s - truth.ball("var")[columns]
    yield near("eps read off y", eps.mid, truth.values.eps, eps.rad, (t.case,))
