"""Forward laws in training mode: definition, moments, invariances, special batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bncheck.arrays import flatten, unflatten
from bncheck.formats import Array, format_of
from bncheck.model import Residual
from bncheck.probes import (
    backwards,
    flat_case,
    rows,
    scaled,
    shifted,
    spatial_case,
)
from bncheck.residuals import meet, near, zero
from bncheck.rounding import Ball
from bncheck.statement import IS15, law
from bncheck.trial import Inapplicable, Trial

Residuals = Iterator[Residual]
ALG1 = f"{IS15}, Algorithm 1"


@law(
    "F00",
    "the output is the definition",
    "y = gamma (x - mu)/sqrt(v + eps) + beta, with mu = mean(x), v = mean((x - mu)^2) over N*H*W",
    source=ALG1,
    shared=True,
)
def f00(t: Trial) -> Residuals:
    """Compare y with the exact value, entry by entry."""
    truth = t.exact_training
    yield near("y", t.y.mid, truth.values.y, truth.bound("y"), (t.case,))


@law("F01", "the output's mean is beta", "mean(y) = beta", source=ALG1, algebraic=True, shared=True)
def f01(t: Trial) -> Residuals:
    """First moment."""
    yield zero("mean(y) - beta", t.y.mean(0) - t.exact_training.values.beta, (t.case,))


@law(
    "F02",
    "the output's variance is gamma^2 v/(v + eps)",
    "mean((y - beta)^2) = gamma^2 v/(v + eps); sum(x (y - beta)) = gamma m v/s",
    source=f"{ALG1}; with eps: derived here",
    algebraic=True,
    shared=True,
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


@law("F03", "adding a constant changes nothing", "BN(x + c) = BN(x)", source=f"{IS15}, 3.3")
def f03(t: Trial) -> Residuals:
    """Shift invariance, for a c that is added exactly."""
    x, c = shifted(t.case.x)
    case = t.variant(x=x)
    y = t.truth(case).measured("y", t.train(case, gradients=False).y)
    yield meet(f"y(x + {c:g})", y, t.y, (case, t.case))


@law(
    "F04",
    "scaling the input scales eps and turns the sign",
    "BN_eps(a x) = sgn(a) BN_{eps/a^2}(x), a != 0",
    source=f"{IS15}, 3.3 (there for eps = 0, a > 0); exact form derived here",
    algebraic=True,
)
def f04(t: Trial) -> Residuals:
    """Exact scale law, a = -4, so that a x and a^2 eps are exact."""
    case = t.variant(x=scaled(t.case.x, -4.0), eps=16 * t.case.eps)
    truth = t.truth(case)
    beta = truth.values.beta
    y = truth.measured("y", t.train(case, gradients=False).y)
    yield meet("y(-4 x, 16 eps) - beta", y - beta, -(t.y - beta), (case, t.case))


@law(
    "F05",
    "at fixed eps, scaling the input changes the output by this much",
    "mean((BN_eps(a x) - sgn(a) BN_eps(x))^2) = (sqrt(v/(v + eps/a^2)) - sqrt(v/(v + eps)))^2, "
    "at most ((1 - q)/sqrt(1 + q + q^2))^2 with q = |a|^(-2/3), whatever x and eps",
    algebraic=True,
)
def f05(t: Trial) -> Residuals:
    """The size of the violation of scale invariance, a = -2, and its sharp universal bound."""
    case = t.variant(x=scaled(t.case.x, -2.0))
    truth, base = t.truth(case), t.exact_training
    beta, gamma, eps = base.values.beta, base.values.gamma, base.values.eps
    change = truth.measured("y", t.train(case, gradients=False).y) - beta + (t.y - beta)
    squares = (change * change).mean(0)
    var = base.ball("var")
    now = (var / (var + eps / 4)).sqrt() - (var / (var + eps)).sqrt()
    yield meet("mean((y(-2 x) + y(x))^2)", squares, now * now * gamma * gamma, (case, t.case))
    q = np.exp2(base.values.x.dtype.type(-2.0) / 3)
    most = gamma * gamma * (1 - q) ** 2 / (1 + q + q * q)
    # the bound is evaluated by fewer than 32 roundings
    slack = 32 * np.finfo(most.dtype).eps * most
    excess = np.maximum(squares.mid - most, 0)
    yield near("its universal bound, excess", excess, 0.0, squares.rad + slack, (case, t.case))


@law(
    "F07",
    "identity recovery",
    "gamma = sqrt(v + eps), beta = mu give y = x; in inference with the running statistics",
    source=f"{IS15}, 3 (there without eps)",
    algebraic=True,
)
def f07(t: Trial) -> Residuals:
    """With gamma and beta rounded to their format: |y - x| <= bound + u |x - mu| + u |mu|."""
    truth = t.exact_training
    parameters = format_of(t.case.gamma.dtype)
    values = truth.values
    gamma, beta = 1 / values.inv, values.mean
    case = t.variant(gamma=_rounded(gamma, t.case.gamma), beta=_rounded(beta, t.case.beta))
    y = t.truth(case).measured("y", t.train(case, gradients=False).y)
    own = truth.own
    given = _recovery(parameters.unit_roundoff, parameters.half_subnormal, values.xhat, gamma, beta)
    known = own.mean + np.abs(values.centered) * own.inv * gamma
    yield near("y", y.mid, values.x, y.rad + given + known, (case,))
    if t.can("eval"):
        inference = t.exact_inference
        gamma = np.sqrt(inference.values.running_var + inference.values.eps)
        beta = inference.values.running_mean
        case = t.variant(gamma=_rounded(gamma, t.case.gamma), beta=_rounded(beta, t.case.beta))
        y = t.inference_truth(case).measured("y", t.infer(case, gradients=False).y)
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


def _rounded(values: Array, like: Array) -> Array:
    with np.errstate(all="ignore"):
        narrow = values.astype(like.dtype)
    if not np.isfinite(narrow.astype(np.float64)).all():
        raise Inapplicable
    return narrow


@law(
    "F08",
    "two layers in a row are one",
    "BN_{e2}(gamma xhat_{e1} + beta) = gamma/sqrt(gamma^2 + e2) xhat_{e1 e2/(gamma^2 + e2)}",
    domain="gamma^2 + e2 > 0",
    algebraic=True,
)
def f08(t: Trial) -> Residuals:
    """Feed the output back in; the error of the first pass goes through the second as a ball."""
    truth = t.exact_training
    gamma, eps = truth.values.gamma, truth.values.eps
    first = t.answers.y
    if not np.isfinite(first.astype(np.float64)).all() or first.dtype != t.case.x.dtype:
        raise Inapplicable
    case = t.variant(x=np.ascontiguousarray(first))
    again = t.truth(case)
    answer = again.measured("y", t.train(case, gradients=False).y) - truth.values.beta
    # what a perturbation of the first output, within its bound, does to the second
    moved = _normalized(t.y, again.values.eps) * gamma
    spread = Ball(answer.mid, answer.rad + moved.rad + again.own.y)
    square = Ball.exact(gamma * gamma)
    shared = eps / (square + eps)
    expected = truth.ball("centered") / (truth.ball("var") + shared * eps).sqrt()
    expected = expected / (square + eps).sqrt() * gamma * gamma
    yield meet("BN(BN(x)) - beta", spread, expected, (case,))


def _normalized(x: Ball, eps: Array) -> Ball:
    centred = x - x.mean(0)
    var = (centred * centred).mean(0)
    low = np.maximum(var.mid - var.rad, 0) + eps
    high = var.mid + var.rad + eps
    return centred / Ball((low + high) / 2, (high - low) / 2 + np.spacing(high)).sqrt()


@law("F09", "a permutation of the positions permutes the output", "BN(x P) = BN(x) P")
def f09(t: Trial) -> Residuals:
    """Reverse all m positions of each channel (batch and space together)."""
    case = t.variant(x=backwards(t.case.x))
    y = t.truth(case).measured("y", t.train(case, gradients=False).y)
    yield meet("y(reversed x), reversed", y[::-1], t.y, (case, t.case))


@law("F10", "a channel alone gives what it gives among others", "y[:, j] depends on x[:, j] only")
def f10(t: Trial) -> Residuals:
    """Give the last channel alone."""
    if t.case.channels < 2:
        raise Inapplicable
    last = slice(t.case.channels - 1, None)
    case = t.variant(
        x=np.ascontiguousarray(t.case.x[:, last]),
        dy=np.ascontiguousarray(t.case.dy[:, last]),
        running_mean=t.case.running_mean[last],
        running_var=t.case.running_var[last],
        **({"gamma": t.case.gamma[last], "beta": t.case.beta[last]} if _affine(t) else {}),
    )
    if not _affine(t):
        case = replace(case, gamma=t.case.gamma[last], beta=t.case.beta[last])
    y = t.truth(case).measured("y", t.train(case, gradients=False).y)
    yield meet("y of the last channel", y, t.y[:, last], (case,))


def _affine(t: Trial) -> bool:
    return t.implementation.domain.affine


@law("F11", "repeating the batch repeats the output", "BN([x, x]) = [BN(x), BN(x)]")
def f11(t: Trial) -> Residuals:
    """Twofold repetition along the batch."""
    if t.case.m > 1 << 14:
        raise Inapplicable
    case = t.variant(
        x=np.concatenate([t.case.x, t.case.x]), dy=np.concatenate([t.case.dy, t.case.dy])
    )
    y = t.truth(case).measured("y", t.train(case, gradients=False).y)
    m = t.case.m
    yield meet("y([x, x]), first half", y[:m], t.y, (case,))
    yield meet("y([x, x]), second half", y[m:], t.y, (case,))


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
    truth = t.truth(pair)
    y = truth.measured("y", t.train(pair, gradients=False).y)
    values = truth.values
    half = (Ball.exact(values.x[:1]) - values.x[1:]) * 0.5
    size = half / (half * half + values.eps).sqrt() * values.gamma
    yield meet("y[0] of two values", y[:1], size + values.beta, (pair,))
    yield meet("y[1] of two values", y[1:], -size + values.beta, (pair,))
    if t.convention.one_value != "raises":
        single = t.variant(**rows(t.case, [0]))
        truth = t.truth(single)
        y = truth.measured("y", t.train(single, gradients=False).y)
        yield near("y of one value", y.mid, truth.values.beta, y.rad, (single,))


@law("F16", "a constant channel gives beta", "x = c: y = beta", domain="eps > 0")
def f16(t: Trial) -> Residuals:
    """Every sample replaced by the first."""
    flat = np.broadcast_to(flatten(t.case.x)[:1], (t.case.m, t.case.channels))
    case = t.variant(x=unflatten(np.ascontiguousarray(flat), t.case.x.shape))
    truth = t.truth(case)
    y = truth.measured("y", t.train(case, gradients=False).y)
    yield near("y of a constant channel", y.mid, truth.values.beta, y.rad, (case,))


@law(
    "F17",
    "convolutional statistics go over N, H and W",
    "BN of (N, C, H, W) is BN of (N*H*W, C)",
    source=f'{IS15}, 3.2 ("m\' = m p q")',
)
def f17(t: Trial) -> Residuals:
    """The same values with another rank."""
    case = t.variant(**(spatial_case if t.case.x.ndim == 2 else flat_case)(t.case))
    y = t.truth(case).measured("y", t.train(case, gradients=False).y)
    yield meet(f"y of rank {case.x.ndim}, as (m, C)", y, t.y, (case, t.case))


@law(
    "F18",
    "the output is linear in gamma and beta",
    "y(gamma, beta) = y(gamma, 0) + beta; BN_{-gamma, beta}(x) = BN_{gamma, beta}(-x)",
)
def f18(t: Trial) -> Residuals:
    """Take beta away; turn gamma's sign."""
    case = t.variant(beta=np.zeros_like(t.case.beta))
    y = t.truth(case).measured("y", t.train(case, gradients=False).y)
    yield meet("y(gamma, 0) + beta", y + t.exact_training.values.beta, t.y, (case, t.case))
    case = t.variant(gamma=scaled(t.case.gamma, -1.0), x=scaled(t.case.x, -1.0))
    y = t.truth(case).measured("y", t.train(case, gradients=False).y)
    yield meet("y(-gamma, -x)", y, t.y, (case, t.case))


@law(
    "F19",
    "differences are scaled by gamma/s",
    "y_i - y_j = gamma (x_i - x_j)/s",
    algebraic=True,
    shared=True,
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
)
def f24(t: Trial) -> Residuals:
    """eps against 4 eps."""
    case = t.variant(eps=4 * t.case.eps)
    truth, base = t.truth(case), t.exact_training
    beta = base.values.beta
    y = truth.measured("y", t.train(case, gradients=False).y) - beta
    ratio = truth.ball("inv") / base.ball("inv")
    yield meet("y(4 eps) - beta", y, (t.y - beta) * ratio, (case, t.case))


@law(
    "F28",
    "eps can be read off the output",
    "s = gamma (x_i - x_j)/(y_i - y_j); eps = s^2 - v",
    domain="x_i != x_j, gamma != 0",
    shared=True,
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
