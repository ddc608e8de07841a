"""Backward laws on special batches: short, constant, repeated, permuted; golden gradients."""

from __future__ import annotations

import numpy as np

from bncheck.model.arrays import as_wide, flatten, unflatten
from bncheck.trial.law import EVERY, Residuals, law
from bncheck.trial.probes import backwards, constant, repeated, rounded, rows
from bncheck.trial.residuals import meet, near, zero
from bncheck.trial.trial import Inapplicable, Trial, present
from bncheck.truth.rounding import Ball


@law(
    "B16",
    "gradients of one and two values per channel",
    "m = 1: dx = 0, dgamma = 0, dbeta = dy; m = 2: dx = gamma eps/(2 s^3) (dy1 - dy2) (1, -1)",
    needs=("backward",),
    algebraic=True,
)
def b16(t: Trial) -> Residuals:
    """Short batches cut from the case, against their closed forms."""
    pair = t.variant(**rows(t.case, [0, t.case.m - 1]))
    b = t.backward(pair)
    values = b.truth.values
    inv = b.truth.ball("inv")
    half = (Ball.exact(values.dy[:1]) - values.dy[1:]) * 0.5
    expected = half * inv * inv * inv * values.gamma * values.eps
    yield meet("dx[0] of two values", b.dx[:1], expected, (pair,))
    yield meet("dx[1] of two values", b.dx[1:], -expected, (pair,))
    if t.convention.one_value != "raises":
        single = t.variant(**rows(t.case, [0]))
        one = t.backward(single)
        of_one = one.truth.values
        direct = of_one.dy * of_one.gamma * of_one.inv
        yield zero("dx of one value", one.dx, (single,), terms=direct)
        yield zero("dgamma of one value", present(one.dgamma), (single,), terms=of_one.dy[0])
        dbeta = present(one.dbeta)
        yield near("dbeta of one value", dbeta.mid, one.truth.values.dy[0], dbeta.rad, (single,))


@law(
    "B17",
    "gradients at a constant channel",
    "x = c: dx = gamma/sqrt(eps) (dy - mean(dy)), dgamma = 0",
    needs=("backward",),
    algebraic=True,
)
def b17(t: Trial) -> Residuals:
    """Every sample replaced by the first."""
    case = t.variant(x=constant(t.case))
    b = t.backward(case)
    values = b.truth.values
    dy = Ball.exact(values.dy)
    root = Ball.exact(np.asarray(values.eps)).sqrt()
    yield meet("dx", b.dx, (dy - dy.mean(0)) * values.gamma / root, (case,))
    if b.dgamma is not None:
        yield zero("dgamma", b.dgamma, (case,), terms=np.abs(values.dy).sum(0))


@law(
    "B18",
    "repeating batch and cotangent repeats the input gradient",
    "backward([x, x], [dy, dy]) = [dx, dx]; dgamma and dbeta double",
    needs=("backward",),
    norms=EVERY,
)
def b18(t: Trial) -> Residuals:
    """Twofold repetition along the batch."""
    if t.case.m > 1 << 14:
        raise Inapplicable
    case = t.variant(**repeated(t.case))
    b = t.backward(case)
    yield meet("dx([x, x]), first half", b.dx[: t.case.m], t.dx, (case,))
    yield meet("dx([x, x]), second half", b.dx[t.case.m :], t.dx, (case,))
    if b.dgamma is not None:
        yield meet("dgamma([x, x])", b.dgamma, t.dgamma * 2.0, (case,))


@law(
    "B25",
    "golden gradients of three losses",
    "L = sum(xhat^2)/2: dx = eps/s^3 xhat; L = sum(xhat): dx = 0; L = sum(xhat^3)/3: "
    "dx = (xhat^2 - mean(xhat^2) - xhat mean(xhat^3))/s",
    needs=("backward",),
    algebraic=True,
    native=True,
)
def b25(t: Trial) -> Residuals:
    """Cotangents made of the target's own output, with its error carried through J."""
    plain = t.variant(gamma=np.ones_like(t.case.gamma), beta=np.zeros_like(t.case.beta))
    truth = t.truth(plain)
    y = t.train(plain, gradients=False).y
    xhat = truth.measured("y", y)
    inv, eps = truth.ball("inv"), truth.values.eps
    true = truth.ball("xhat")
    scaled_down = true * inv * inv * inv * eps
    for name, cotangent, expected in (
        ("L = sum(xhat^2)/2", xhat, scaled_down),
        ("L = sum(xhat^3)/3", xhat * xhat, None),
    ):
        dy = unflatten(rounded(cotangent.mid, t.case.dy), y.shape)
        case = t.variant(plain, dy=dy)
        got = t.backward(case).dx
        given = as_wide(flatten(dy), cotangent.mid.dtype)
        ideal = true if expected is not None else true * true
        # |J e| <= (|e| + mean|e| + |xhat| mean(|xhat| |e|))/s for the error e of the cotangent
        off = Ball(np.zeros_like(given), np.abs(given - ideal.mid) + ideal.rad)
        spread = (off + off.mean(0) + true * (true * off).mean(0)) * inv
        if expected is None:
            cube = (true * true * true).mean(0)
            expected = (ideal - ideal.mean(0) - true * cube) * inv
        yield meet(name, Ball(got.mid, got.rad + spread.rad), expected, (case,))


@law(
    "B26",
    "permuting positions permutes dx and leaves dgamma and dbeta",
    "backward(x P, dy P) = dx P",
    needs=("backward",),
    norms=EVERY,
)
def b26(t: Trial) -> Residuals:
    """Reverse all m positions."""
    case = t.variant(x=backwards(t.case.x), dy=backwards(t.case.dy))
    b = t.backward(case)
    yield meet("dx, reversed", b.dx[::-1], t.dx, (case, t.case))
    if b.dgamma is not None:
        yield meet("dgamma", b.dgamma, t.dgamma, (case, t.case))
    if b.dbeta is not None:
        yield meet("dbeta", b.dbeta, t.dbeta, (case, t.case))
