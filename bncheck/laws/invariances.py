"""Forward invariances: what may be done to the batch, and what it does to the output."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.model.arrays import in_c_order
from bncheck.model.formats import Array
from bncheck.trial.law import EVERY, IS15, Residuals, law
from bncheck.trial.probes import backwards, flat_case, repeated, scaled, shifted, spatial_case
from bncheck.trial.residuals import meet, near
from bncheck.trial.trial import Inapplicable, Trial
from bncheck.truth.rounding import Ball


@law(
    "F03",
    "adding a constant changes nothing",
    "BN(x + c) = BN(x)",
    source=f"{IS15}, 3.3",
    fused=True,
    native=True,
)
def f03(t: Trial) -> Residuals:
    """Shift invariance, for a c that is added exactly."""
    x, c = shifted(t.case.x)
    case = t.variant(x=x)
    y = t.output(case)
    yield meet(f"y(x + {c:g})", y, t.y, (case, t.case))


@law(
    "F04",
    "scaling the input scales eps and turns the sign",
    "BN_eps(a x) = sgn(a) BN_{eps/a^2}(x), a != 0",
    source=f"{IS15}, 3.3 (there for eps = 0, a > 0); exact form derived here",
    algebraic=True,
    norms=EVERY,
    native=True,
)
def f04(t: Trial) -> Residuals:
    """Exact scale law, a = -4, so that a x and a^2 eps are exact."""
    case = t.variant(x=scaled(t.case.x, -4.0), eps=16 * t.case.eps)
    y = t.output(case)
    beta = t.truth(case).values.beta
    yield meet("y(-4 x, 16 eps) - beta", y - beta, -(t.y - beta), (case, t.case))


@law(
    "F05",
    "at fixed eps, scaling the input changes the output by this much",
    "mean((BN_eps(a x) - sgn(a) BN_eps(x))^2) = (sqrt(v/(v + eps/a^2)) - sqrt(v/(v + eps)))^2, "
    "at most ((1 - q)/sqrt(1 + q + q^2))^2 with q = |a|^(-2/3), whatever x and eps",
    algebraic=True,
    norms=EVERY,
)
def f05(t: Trial) -> Residuals:
    """The size of the violation of scale invariance, a = -2, and its sharp universal bound."""
    case = t.variant(x=scaled(t.case.x, -2.0))
    base = t.exact_training
    beta, gamma, eps = base.values.beta, base.values.gamma, base.values.eps
    change = t.output(case) - beta + (t.y - beta)
    squares = (change * change).mean(0)
    var = base.ball("var")
    now = (var / (var + eps / 4)).sqrt() - (var / (var + eps)).sqrt()
    yield meet("mean((y(-2 x) + y(x))^2)", squares, now * now * gamma * gamma, (case, t.case))
    q = np.exp2(base.values.x.dtype.type(-2.0) / 3)
    most = gamma * gamma * (1 - q) ** 2 / (1 + q + q * q)
    # the bound is evaluated by fewer than 32 roundings
    slack = 32 * np.finfo(most.dtype).eps * most
    excess = np.maximum(squares.mid - most, 0)
    off = squares.rad + slack
    yield near("its universal bound, excess", excess, 0.0, off, (case, t.case), signal=most)


@law(
    "F08",
    "two layers in a row are one",
    "BN_{e2}(gamma xhat_{e1} + beta) = gamma/sqrt(gamma^2 + e2) xhat_{e1 e2/(gamma^2 + e2)}",
    domain="gamma^2 + e2 > 0",
    algebraic=True,
    norms=EVERY,
)
def f08(t: Trial) -> Residuals:
    """Feed the output back in; the error of the first pass goes through the second as a ball."""
    truth = t.exact_training
    gamma, eps = truth.values.gamma, truth.values.eps
    first = t.answers.y
    if not np.isfinite(first.astype(np.float64)).all() or first.dtype != t.case.x.dtype:
        raise Inapplicable
    case = t.variant(x=in_c_order(first))
    again = t.truth(case)
    answer = t.output(case) - truth.values.beta
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


@law(
    "F09",
    "a permutation of the positions permutes the output",
    "BN(x P) = BN(x) P",
    fused=True,
    norms=EVERY,
)
def f09(t: Trial) -> Residuals:
    """Reverse all m positions of each channel (batch and space together)."""
    case = t.variant(x=backwards(t.case.x))
    y = t.output(case)
    yield meet("y(reversed x), reversed", y[::-1], t.y, (case, t.case))


@law(
    "F10",
    "a channel alone gives what it gives among others",
    "y[:, j] depends on x[:, j] only",
    fused=True,
    norms=EVERY,
)
def f10(t: Trial) -> Residuals:
    """Give the last channel alone."""
    if t.case.channels < 2:
        raise Inapplicable
    last = slice(t.case.channels - 1, None)
    case = t.variant(
        x=in_c_order(t.case.x[:, last]),
        dy=in_c_order(t.case.dy[:, last]),
        running_mean=t.case.running_mean[last],
        running_var=t.case.running_var[last],
        **({"gamma": t.case.gamma[last], "beta": t.case.beta[last]} if _affine(t) else {}),
    )
    if not _affine(t):
        case = replace(case, gamma=t.case.gamma[last], beta=t.case.beta[last])
    y = t.output(case)
    yield meet("y of the last channel", y, t.y[:, last], (case,))


def _affine(t: Trial) -> bool:
    return t.implementation.domain.affine


@law(
    "F11",
    "repeating the batch repeats the output",
    "BN([x, x]) = [BN(x), BN(x)]",
    fused=True,
    norms=EVERY,
)
def f11(t: Trial) -> Residuals:
    """Twofold repetition along the batch."""
    if t.case.m > 1 << 14:
        raise Inapplicable
    case = t.variant(**repeated(t.case))
    y = t.output(case)
    m = t.case.m
    yield meet("y([x, x]), first half", y[:m], t.y, (case,))
    yield meet("y([x, x]), second half", y[m:], t.y, (case,))


@law(
    "F17",
    "convolutional statistics go over N, H and W",
    "BN of (N, C, H, W) is BN of (N*H*W, C)",
    source=f'{IS15}, 3.2 ("m\' = m p q")',
    fused=True,
    norms=EVERY,
)
def f17(t: Trial) -> Residuals:
    """The same values with another rank."""
    case = t.variant(**(spatial_case if t.case.x.ndim == 2 else flat_case)(t.case))
    y = t.output(case)
    yield meet(f"y of rank {case.x.ndim}, as (m, C)", y, t.y, (case, t.case))


@law(
    "F18",
    "the output is linear in gamma and beta",
    "y(gamma, beta) = y(gamma, 0) + beta; BN_{-gamma, beta}(x) = BN_{gamma, beta}(-x)",
    native=True,
)
def f18(t: Trial) -> Residuals:
    """Take beta away; turn gamma's sign."""
    case = t.variant(beta=np.zeros_like(t.case.beta))
    y = t.output(case)
    yield meet("y(gamma, 0) + beta", y + t.exact_training.values.beta, t.y, (case, t.case))
    case = t.variant(gamma=scaled(t.case.gamma, -1.0), x=scaled(t.case.x, -1.0))
    y = t.output(case)
    yield meet("y(-gamma, -x)", y, t.y, (case, t.case))
