"""Bit-exact laws on batches on which every step is exact: integers, powers of two."""

from __future__ import annotations

import numpy as np

from bncheck.model.arrays import as_wide, flatten
from bncheck.model.formats import Array
from bncheck.trial.law import Residual, Residuals, law
from bncheck.trial.probes import (
    WIDE,
    Dyadic,
    backwards,
    dyadic,
    dyadic_deviation,
    flat_case,
    in_every_channel,
    integers,
    outlying,
    repeated,
    shape_of,
    short_parameters,
    spatial_case,
    stored,
)
from bncheck.trial.residuals import same, same_where_promised
from bncheck.trial.trial import Inapplicable, Trial, wide
from bncheck.truth.rounding import Ball


@law(
    "X16",
    "a constant channel of a dyadic batch gives beta",
    "x = 0, or x = c integer with eps = 4^k, m = 2^p, beta dyadic: y = beta, to the bit",
    exact=True,
    contiguous=True,
)
def x16(t: Trial) -> Residuals:
    """X16e and X16d of the notes."""
    zero = t.variant(x=np.zeros(t.case.x.shape, t.case.x.dtype))
    if not np.isfinite(t.truth(zero).bound("y")).all():
        raise Inapplicable  # eps itself may underflow in a short format
    yield same("y of x = 0", t.answered(zero), as_wide(zero.beta, WIDE), (zero,))
    x = _constant_integers(t, 4)
    changes = {}
    if t.implementation.domain.affine:
        changes["gamma"] = stored(integers(t.case.gamma, 3) + 0.5, t.case.gamma)
        changes["beta"] = stored(integers(t.case.beta, 4) / 2, t.case.beta)
    case = t.variant(x=x, dy=x, eps=0.25, **changes)
    yield same("y of x = c", t.answered(case), as_wide(case.beta, WIDE), (case,))


def _constant_integers(t: Trial, m: int) -> Array:
    flat = np.tile(integers(flatten(t.case.x)[0], 9), (m, 1))
    return stored(flat.reshape(shape_of(m, t.case)), t.case.x)


@law(
    "X16c",
    "an integer constant channel gives beta, for any m and eps",
    "x = c integer: y = beta, to the bit",
    domain="exact where a centered output is promised",
    contiguous=True,
    promises={"output": "centered"},
)
def x16c(t: Trial) -> Residuals:
    """Five samples."""
    x = _constant_integers(t, 5)
    case = t.variant(x=x, dy=x)
    beta = Ball.exact(as_wide(case.beta, WIDE))
    promised = x16c.kept_by(t.promises)
    yield same_where_promised(promised, "y", t.output(case), beta, (case,))


@law(
    "X17",
    "the dyadic oracle, forward",
    "integer x, m = 2^p, eps = 4^k - v > 0: y = gamma (x - mu)/2^k + beta, to the bit",
    domain="exact where two passes and a square root are promised",
    contiguous=True,
    promises={"arithmetic": ("sqrt", "two-pass")},
)
def x17(t: Trial) -> Residuals:
    """Every step of the definition is exact on this batch.

    And on one whose first value is far off, where the shortcuts to the variance are not: it is
    asked only of who promises to take none.
    """
    promised = x17.kept_by(t.promises)
    if promised and t.case.dtype in ("float32", "float64"):
        yield _as_defined(t, outlying(t), promised, "y, the first value far off,")
    yield _as_defined(t, dyadic(t), promised, "y")


def _as_defined(t: Trial, batch: Dyadic, promised: bool, what: str) -> Residual:
    x = wide(batch.case.x, WIDE)
    gamma, beta = (as_wide(a, WIDE) for a in (batch.case.gamma, batch.case.beta))
    expected = (x - x.mean(0)) / WIDE(batch.deviation) * gamma + beta
    stored(expected, batch.case.x)
    got = t.output(batch.case)
    return same_where_promised(promised, what, got, Ball.exact(expected), (batch.case,))


@law(
    "X19",
    "on integer batches, order, repetition and rank do not matter",
    "integer x, m = 2^p: permutation, repetition and (N, C, H, W) against (N*H*W, C) agree to "
    "the bit; on dyadic batches an integer shift too",
    domain="exact where two passes are promised (X19, X21, X33, X20d of the notes)",
    contiguous=True,
    promises={"arithmetic": ("sqrt", "two-pass")},
)
def x19(t: Trial) -> Residuals:
    """Sums of few small integers are exact in any order."""
    batch = dyadic(t)
    base = t.output(batch.case)
    promised = x19.kept_by(t.promises)
    turned = t.variant(batch.case, x=backwards(batch.case.x))
    left = t.output(turned)[::-1]
    yield same_where_promised(promised, "y, reversed", left, base, (turned, batch.case))
    twice = t.variant(batch.case, **repeated(batch.case))
    left = t.output(twice)[: batch.case.m]
    yield same_where_promised(promised, "y of [x, x]", left, base, (twice, batch.case))
    moved = t.variant(batch.case, x=stored(as_wide(batch.case.x, WIDE) + 5, batch.case.x))
    yield same_where_promised(promised, "y(x + 5)", t.output(moved), base, (moved, batch.case))
    form = spatial_case if batch.case.x.ndim == 2 else flat_case
    other = t.variant(batch.case, **form(batch.case))
    what = f"y of rank {other.x.ndim}"
    yield same_where_promised(promised, what, t.output(other), base, (other, batch.case))


@law(
    "X20",
    "an integer shift of an integer batch changes no bit",
    "integer x, m = 2^p: BN(x + 3) = BN(x), to the bit, any eps",
    domain="exact where a centered output in two passes is promised",
    contiguous=True,
    promises={"arithmetic": ("two-pass",), "output": "centered"},
)
def x20(t: Trial) -> Residuals:
    """The mean moves exactly, so the differences are the same numbers."""
    batch = dyadic(t)
    plain = t.variant(batch.case, eps=t.case.eps)
    moved = t.variant(plain, x=stored(as_wide(plain.x, WIDE) + 3, plain.x))
    promised = x20.kept_by(t.promises)
    left, right = t.output(moved), t.output(plain)
    yield same_where_promised(promised, "y(x + 3)", left, right, (moved, plain))


@law(
    "X34",
    "a batch of two symmetric values",
    "x in {c - s, c + s} in equal numbers, s^2 + eps = 4^k: y = beta +- gamma s/2^k, to the bit",
    domain="exact where two passes and a square root are promised",
    contiguous=True,
    promises={"arithmetic": ("sqrt", "two-pass")},
)
def x34(t: Trial) -> Residuals:
    """s = 1, eps = 3, c = 3; alternating."""
    t.finite()
    m = 4 if t.case.m < 8 else 8
    sign = np.where(np.arange(m) % 2 == 0, 1.0, -1.0)[:, None] * np.ones(t.case.channels)
    x = stored((sign + 3).reshape(shape_of(m, t.case)), t.case.x)
    changes = {}
    if t.implementation.domain.affine:
        changes["beta"] = stored(integers(t.case.beta, 4), t.case.beta)
        changes["gamma"] = stored(integers(t.case.gamma, 4), t.case.gamma)
    case = t.variant(x=x, dy=x, eps=3.0, **changes)
    gamma, beta = as_wide(case.gamma, WIDE), as_wide(case.beta, WIDE)
    expected = Ball.exact(sign.astype(WIDE) / 2 * gamma + beta)
    promised = x34.kept_by(t.promises)
    yield same_where_promised(promised, "y", t.output(case), expected, (case,))


@law(
    "X36",
    "a batch on which the recurrence of Welford is exact too",
    "x_n = mean_{n-1} + n k_n with integer k_n, m = 2^p, eps = 4^k - v, gamma and beta of one or "
    "two bits: y = gamma (x - mu)/2^k + beta, to the bit",
    domain="exact where a square root is promised and no merging of unequal parts is used",
    contiguous=True,
    promises={"arithmetic": ("sqrt", "two-pass")},
)
def x36(t: Trial) -> Residuals:
    """Running means stay integers."""
    t.finite()
    m, steps = 4, np.resize(integers(flatten(t.case.x)[:, 0], 1), 4)
    column, mean = [], 0.0
    for n in range(1, m + 1):
        column.append(mean + n * float(steps[n - 1]))
        mean += float(steps[n - 1])
    values = np.array(column)
    variance, k = dyadic_deviation(values)
    x = stored(in_every_channel(values, t.case), t.case.x)
    case = t.variant(x=x, dy=x, eps=4.0**k - variance, **short_parameters(t))
    yield _as_defined(t, Dyadic(case, 2.0**k), x36.kept_by(t.promises), "y")
