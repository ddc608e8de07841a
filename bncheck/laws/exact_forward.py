"""Bit-exact forward laws: powers of two, signs, ties, dyadic batches. No tolerance at all.

"Exact always": any mismatch fails. "Exact where promised": a black box cannot show that it uses
no power function, no recurrence, or one order of summation; without the promise a mismatch
within the rounding bound is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bncheck.arrays import as_wide, flatten, unflatten
from bncheck.formats import Array
from bncheck.model import Case, Residual
from bncheck.probes import (
    WIDE,
    backwards,
    calm,
    dyadic,
    flat_case,
    integers,
    rows,
    scaled,
    spatial_case,
    stored,
)
from bncheck.residuals import same, same_where_promised
from bncheck.rounding import Ball
from bncheck.statement import law
from bncheck.trial import Inapplicable, Trial, wide

Residuals = Iterator[Residual]


def _y(t: Trial, case: Case) -> Array:
    return wide(t.train(case, gradients=False).y, WIDE)


def _ball(t: Trial, case: Case) -> Ball:
    return t.truth(case).measured("y", t.train(case, gradients=False).y)


def _finite(case: Case) -> None:
    if not np.isfinite(as_wide(case.x, np.float64)).all():
        raise Inapplicable


@law(
    "X01",
    "powers of two pass through the output",
    "BN_{4^k eps}(2^k x) = BN_eps(x), to the bit",
    domain="no underflow or overflow; exact where the inverse root is promised to be no power",
)
def x01(t: Trial) -> Residuals:
    """k = 1 and k = -2."""
    _finite(t.case)
    for k in (1, -2):
        case = t.variant(x=scaled(t.case.x, 2.0**k), eps=4.0**k * t.case.eps)
        what, ball = f"y(2^{k} x, 4^{k} eps)", _ball(t, case)
        yield same_where_promised(
            t.promised("sqrt"), what, ball, t.y, (case, t.case), expected=calm(t, t.answers.y)
        )


@law(
    "X03",
    "signs pass through the output",
    "BN_{gamma, 0}(-x) = -BN_{gamma, 0}(x); BN_{-gamma, beta}(-x) = BN_{gamma, beta}(x); "
    "BN_{-gamma, -beta}(x) = -BN_{gamma, beta}(x), to the bit",
    exact=True,
)
def x03(t: Trial) -> Residuals:
    """Three sign changes."""
    minus = scaled(t.case.x, -1.0)
    both = t.variant(gamma=scaled(t.case.gamma, -1.0), beta=scaled(t.case.beta, -1.0), x=t.case.x)
    yield same("y(-gamma, -beta)", _y(t, both), -wide(t.answers.y, WIDE), (both, t.case))
    turned = t.variant(x=minus, gamma=scaled(t.case.gamma, -1.0))
    yield same("y(-x, -gamma)", _y(t, turned), wide(t.answers.y, WIDE), (turned, t.case))
    plain = t.variant(beta=np.zeros_like(t.case.beta))
    mirrored = t.variant(plain, x=minus)
    yield same("y(-x), beta = 0", _y(t, mirrored), -_y(t, plain), (mirrored, plain))


@law(
    "X04",
    "powers of two in gamma and beta pass through",
    "BN_{4 gamma, 4 beta}(x) = 4 BN_{gamma, beta}(x), to the bit",
    domain="outputs normal before and after; otherwise within the bound",
)
def x04(t: Trial) -> Residuals:
    """Factor 4."""
    case = t.variant(gamma=scaled(t.case.gamma, 4.0), beta=scaled(t.case.beta, 4.0))
    answer = t.train(case, gradients=False).y
    ball = t.truth(case).measured("y", answer)
    exact = calm(t, t.answers.y, answer)
    what = "y(4 gamma, 4 beta)"
    yield same_where_promised(True, what, ball, t.y * 4.0, (case, t.case), expected=exact)


@law("X05", "gamma = 0 gives beta", "gamma = 0: y = beta, to the bit", exact=True)
def x05(t: Trial) -> Residuals:
    """Finite x in a range where xhat is finite."""
    _finite(t.case)
    case = t.variant(gamma=np.zeros_like(t.case.gamma))
    if not np.isfinite(t.truth(case).bound("y")).all():
        raise Inapplicable
    yield same("y", _y(t, case), as_wide(case.beta, WIDE), (case,))


@law(
    "X06",
    "permuting channels permutes the output",
    "BN(x[:, p]) = BN(x)[:, p], to the bit",
    domain="contiguous copies; exact where one order of summation is promised",
)
def x06(t: Trial) -> Residuals:
    """Reverse the channels."""
    if t.case.channels < 2:
        raise Inapplicable
    plain = t.variant(x=np.ascontiguousarray(t.case.x))
    case = t.variant(
        x=np.ascontiguousarray(t.case.x[:, ::-1]),
        gamma=t.case.gamma[::-1].copy(),
        beta=t.case.beta[::-1].copy(),
    )
    left, right = _ball(t, case)[:, ::-1], _ball(t, plain)
    promised = t.promised("same-order")
    yield same_where_promised(promised, "y, channels reversed", left, right, (case, plain))


@law(
    "X07",
    "a channel does not see the others, NaN and infinity included",
    "y[:, j] is unchanged, to the bit, by anything in another channel",
    exact=True,
)
def x07(t: Trial) -> Residuals:
    """Replace the first channel's first value by NaN, infinity, and a large number."""
    if t.case.channels < 2:
        raise Inapplicable
    for value in (np.nan, np.inf, 1000.0):
        x = np.ascontiguousarray(t.case.x).copy()
        x[(0, 0) + (0,) * (x.ndim - 2)] = value
        plain = t.variant(x=np.ascontiguousarray(t.case.x), dy=np.ascontiguousarray(t.case.dy))
        case = t.variant(plain, x=x)
        a, b = t.train(case), t.train(plain)
        others = slice(1, None)
        what = f"with x[0, 0] = {value:g}, other channels'"
        yield same(f"{what} y", wide(a.y, WIDE)[:, others], wide(b.y, WIDE)[:, others], (case,))
        if a.gradients is not None and b.gradients is not None:
            left, right = wide(a.gradients.dx, WIDE), wide(b.gradients.dx, WIDE)
            yield same(f"{what} dx", left[:, others], right[:, others], (case,))


@law("X09", "equal inputs give equal outputs", "x_i = x_j: y_i = y_j, to the bit", exact=True)
def x09(t: Trial) -> Residuals:
    """Make the last sample equal to the first."""
    flat = flatten(t.case.x).copy()
    flat[-1] = flat[0]
    case = t.variant(x=unflatten(flat, t.case.x.shape))
    y = _y(t, case)
    yield same("y[last]", y[-1], y[0], (case,))


@law(
    "X10",
    "the output keeps the order of the input",
    "gamma > 0, x_i <= x_j: y_i <= y_j, neighbouring numbers included",
    exact=True,
)
def x10(t: Trial) -> Residuals:
    """With the last sample one unit in the last place above the first."""
    _finite(t.case)
    flat = np.ascontiguousarray(flatten(t.case.x)).copy()
    above = np.nextafter(flat[0], np.asarray(np.inf, flat.dtype))
    if not np.isfinite(as_wide(above, np.float64)).all():
        raise Inapplicable
    flat[-1] = above
    changes = {"gamma": np.abs(t.case.gamma)} if t.implementation.domain.affine else {}
    case = t.variant(x=unflatten(flat, t.case.x.shape), **changes)
    if not np.isfinite(t.truth(case).bound("y")).all():
        raise Inapplicable
    order = np.argsort(as_wide(flat, np.float64), axis=0, kind="stable")
    y = np.take_along_axis(_y(t, case), order, axis=0)
    drop = np.maximum(y[:-1] - y[1:], 0)
    yield same("y_i above y_j where x_i <= x_j, by", drop, 0.0, (case,))


@law(
    "X16",
    "a constant channel of a dyadic batch gives beta",
    "x = 0, or x = c integer with eps = 4^k, m = 2^p, beta dyadic: y = beta, to the bit",
    exact=True,
)
def x16(t: Trial) -> Residuals:
    """X16e and X16d of the notes."""
    zero = t.variant(x=np.zeros(t.case.x.shape, t.case.x.dtype))
    if not np.isfinite(t.truth(zero).bound("y")).all():
        raise Inapplicable  # eps itself may underflow in a short format
    yield same("y of x = 0", _y(t, zero), as_wide(zero.beta, WIDE), (zero,))
    shape = (4, t.case.channels, *(1,) * (t.case.x.ndim - 2))
    column = integers(flatten(t.case.x)[:1], 9)
    x = stored(np.broadcast_to(column, (4, t.case.channels)).reshape(shape), t.case.x)
    changes = {}
    if t.implementation.domain.affine:
        changes["gamma"] = stored(integers(t.case.gamma, 3) + 0.5, t.case.gamma)
        changes["beta"] = stored(integers(t.case.beta, 4) / 2, t.case.beta)
    case = t.variant(x=x, dy=x, eps=0.25, **changes)
    yield same("y of x = c", _y(t, case), as_wide(case.beta, WIDE), (case,))


@law(
    "X16c",
    "an integer constant channel gives beta, for any m and eps",
    "x = c integer: y = beta, to the bit",
    domain="exact where a centered output is promised",
)
def x16c(t: Trial) -> Residuals:
    """Five samples."""
    shape = (5, t.case.channels, *(1,) * (t.case.x.ndim - 2))
    column = integers(flatten(t.case.x)[:1], 9)
    x = stored(np.broadcast_to(column, (5, t.case.channels)).reshape(shape), t.case.x)
    case = t.variant(x=x, dy=x)
    beta = Ball.exact(as_wide(case.beta, WIDE))
    promised = t.promises.get("output") == "centered"
    yield same_where_promised(promised, "y", _ball(t, case), beta, (case,))


@law(
    "X17",
    "the dyadic oracle, forward",
    "integer x, m = 2^p, eps = 4^k - v > 0: y = gamma (x - mu)/2^k + beta, to the bit",
    domain="exact where two passes and a square root are promised",
)
def x17(t: Trial) -> Residuals:
    """Every step of the definition is exact on this batch."""
    batch = dyadic(t)
    x = wide(batch.case.x, WIDE)
    gamma, beta = (as_wide(a, WIDE) for a in (batch.case.gamma, batch.case.beta))
    expected = (x - x.mean(0)) / WIDE(batch.deviation) * gamma + beta
    stored(expected, batch.case.x)
    promised = t.promised("sqrt", "two-pass")
    got = _ball(t, batch.case)
    yield same_where_promised(promised, "y", got, Ball.exact(expected), (batch.case,))


@law(
    "X19",
    "on integer batches, order, repetition and rank do not matter",
    "integer x, m = 2^p: permutation, repetition and (N, C, H, W) against (N*H*W, C) agree to "
    "the bit; on dyadic batches an integer shift too",
    domain="exact where two passes are promised (X19, X21, X33, X20d of the notes)",
)
def x19(t: Trial) -> Residuals:
    """Sums of few small integers are exact in any order."""
    batch = dyadic(t)
    base = _ball(t, batch.case)
    promised = t.promised("sqrt", "two-pass")
    turned = t.variant(batch.case, x=backwards(batch.case.x))
    left = _ball(t, turned)[::-1]
    yield same_where_promised(promised, "y, reversed", left, base, (turned, batch.case))
    twice = t.variant(
        batch.case,
        x=np.concatenate([batch.case.x] * 2),
        dy=np.concatenate([batch.case.dy] * 2),
    )
    left = _ball(t, twice)[: batch.case.m]
    yield same_where_promised(promised, "y of [x, x]", left, base, (twice, batch.case))
    moved = t.variant(batch.case, x=stored(as_wide(batch.case.x, WIDE) + 5, batch.case.x))
    yield same_where_promised(promised, "y(x + 5)", _ball(t, moved), base, (moved, batch.case))
    form = spatial_case if batch.case.x.ndim == 2 else flat_case
    other = t.variant(batch.case, **form(batch.case))
    what = f"y of rank {other.x.ndim}"
    yield same_where_promised(promised, what, _ball(t, other), base, (other, batch.case))


@law(
    "X20",
    "an integer shift of an integer batch changes no bit",
    "integer x, m = 2^p: BN(x + 3) = BN(x), to the bit, any eps",
    domain="exact where a centered output in two passes is promised",
)
def x20(t: Trial) -> Residuals:
    """The mean moves exactly, so the differences are the same numbers."""
    batch = dyadic(t)
    plain = t.variant(batch.case, eps=t.case.eps)
    moved = t.variant(plain, x=stored(as_wide(plain.x, WIDE) + 3, plain.x))
    promised = t.promises.get("output") == "centered" and t.promised("two-pass")
    left, right = _ball(t, moved), _ball(t, plain)
    yield same_where_promised(promised, "y(x + 3)", left, right, (moved, plain))


@law(
    "X31",
    "an eps below the last place of v does not matter",
    "eps = 2^-60 and eps = 2^-61 give the same bits where v >= 1",
    domain="float32 and float64 arithmetic of at most 53 bits; v >= 1",
)
def x31(t: Trial) -> Residuals:
    """Both sums v + eps round to v."""
    _finite(t.case)
    v = t.exact_training.values.var
    precision = t.algorithms(t.case).accumulates.precision
    if not ((v >= 1).all() and np.isfinite(t.exact_training.bound("y")).all()):
        raise Inapplicable
    small, smaller = t.variant(eps=2.0**-60), t.variant(eps=2.0**-61)
    promised = t.promised("two-pass") and precision <= 53
    left, right = _ball(t, small), _ball(t, smaller)
    # the truths differ by the relative change of s, which is below 2^-61
    gap = np.abs(right.mid) * WIDE(2.0**-60)
    right = Ball(right.mid, right.rad + gap)
    yield same_where_promised(promised, "y(eps = 2^-60)", left, right, (small, smaller))


@law(
    "X34",
    "a batch of two symmetric values",
    "x in {c - s, c + s} in equal numbers, s^2 + eps = 4^k: y = beta +- gamma s/2^k, to the bit",
    domain="exact where two passes and a square root are promised",
)
def x34(t: Trial) -> Residuals:
    """s = 1, eps = 3, c = 3; alternating."""
    _finite(t.case)
    m = 4 if t.case.m < 8 else 8
    shape = (m, t.case.channels, *(1,) * (t.case.x.ndim - 2))
    sign = np.where(np.arange(m) % 2 == 0, 1.0, -1.0)[:, None] * np.ones(t.case.channels)
    x = stored((sign + 3).reshape(shape), t.case.x)
    changes = {}
    if t.implementation.domain.affine:
        changes["beta"] = stored(integers(t.case.beta, 4), t.case.beta)
        changes["gamma"] = stored(integers(t.case.gamma, 4), t.case.gamma)
    case = t.variant(x=x, dy=x, eps=3.0, **changes)
    gamma, beta = as_wide(case.gamma, WIDE), as_wide(case.beta, WIDE)
    expected = Ball.exact(sign.astype(WIDE) / 2 * gamma + beta)
    promised = t.promised("sqrt", "two-pass")
    yield same_where_promised(promised, "y", _ball(t, case), expected, (case,))


@law(
    "X36",
    "a batch on which the recurrence of Welford is exact too",
    "x_n = mean_{n-1} + n k_n with integer k_n, m = 2^p, eps = 4^k - v: y = gamma (x - mu)/2^k "
    "+ beta, to the bit",
    domain="exact where a square root is promised and no merging of unequal parts is used",
)
def x36(t: Trial) -> Residuals:
    """Running means stay integers."""
    _finite(t.case)
    m, steps = 4, np.resize(integers(flatten(t.case.x)[:, 0], 1), 4)
    column, mean = [], 0.0
    for n in range(1, m + 1):
        column.append(mean + n * float(steps[n - 1]))
        mean += float(steps[n - 1])
    values = np.array(column)
    variance = float(((values - values.mean()) ** 2).mean())
    k = 0
    while 4.0**k <= variance + 0.2:
        k += 1
    shape = (m, t.case.channels, *(1,) * (t.case.x.ndim - 2))
    x = stored(np.tile(values[:, None], (1, t.case.channels)).reshape(shape), t.case.x)
    case = t.variant(x=x, dy=x, eps=4.0**k - variance)
    gamma, beta = as_wide(case.gamma, WIDE), as_wide(case.beta, WIDE)
    exact = (values - values.mean())[:, None].astype(WIDE) / WIDE(2.0**k) * gamma + beta
    stored(exact, t.case.x)
    promised = t.promised("sqrt", "two-pass")
    yield same_where_promised(promised, "y", _ball(t, case), Ball.exact(exact), (case,))


@law(
    "X37",
    "one value per channel gives beta, to the bit",
    "m = 1: y = beta",
    domain="exact where a centered output is promised",
)
def x37(t: Trial) -> Residuals:
    """The first sample alone."""
    if t.convention.one_value == "raises":
        raise Inapplicable("convention")
    case = t.variant(**rows(t.case, [0]))
    promised = t.promises.get("output") == "centered" and bool(
        np.isfinite(t.truth(case).bound("y")).all()
    )
    beta = Ball.exact(as_wide(case.beta, WIDE))
    yield same_where_promised(promised, "y", _ball(t, case), beta, (case,))


@law(
    "X51",
    "NaN and infinity stay in their channel and fill it",
    "a non-finite x_ij makes all of y[:, j] NaN, and nothing else",
    exact=True,
)
def x51(t: Trial) -> Residuals:
    """One NaN, one infinity; in inference only that element."""
    for value in (np.nan, np.inf):
        x = np.ascontiguousarray(t.case.x).copy()
        x[(0, 0) + (0,) * (x.ndim - 2)] = value
        case = t.variant(x=x)
        hidden = np.isfinite(_y(t, case)[:, 0])
        what = f"entries of y[:, 0] that hide x[0, 0] = {value:g}"
        yield same(what, hidden.astype(np.float64), 0.0, (case,))
        if t.can("eval"):
            y = wide(t.infer(case, gradients=False).y, WIDE)
            plain = wide(t.inference.y, WIDE)
            finite = np.isfinite(y[0, 0])
            yield same(f"y[0, 0] in inference hides {value:g}", float(finite), 0.0, (case,))
            left, right = y[1:], plain[1:]
            yield same("y of the other samples in inference", left, right, (case, t.case))
