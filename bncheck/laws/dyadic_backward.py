"""Bit-exact backward laws on batches on which every step is exact: integers, powers of two."""

from __future__ import annotations

import numpy as np

from bncheck.model.arrays import as_wide, flatten, unflatten
from bncheck.trial.law import Residuals, law
from bncheck.trial.probes import WIDE, dyadic, integers, rows, stored
from bncheck.trial.raw import named, raw_gradients
from bncheck.trial.residuals import same, same_where_promised
from bncheck.trial.trial import Inapplicable, Trial, present, wide
from bncheck.truth.rounding import Ball


@law(
    "X18",
    "the dyadic oracle, backward",
    "integer x and dy, m = 2^p, eps = 4^k - v > 0: dx, dgamma, dbeta are exact rationals and "
    "sum(dx) = 0, to the bit",
    domain="exact where two passes and a square root are promised",
    needs=("backward",),
    contiguous=True,
    promises={"arithmetic": ("sqrt", "two-pass")},
)
def x18(t: Trial) -> Residuals:
    """Every step of the compact form is exact on this batch."""
    batch = dyadic(t)
    case, s = batch.case, WIDE(batch.deviation)
    x, dy = wide(case.x, WIDE), wide(case.dy, WIDE)
    gamma = as_wide(case.gamma, WIDE)
    xhat = (x - x.mean(0)) / s
    inner = dy - dy.mean(0) - xhat * (dy * xhat).mean(0)
    expected = {
        "dx": gamma / s * inner,
        "dgamma": (dy * xhat).sum(0),
        "dbeta": dy.sum(0),
    }
    given = raw_gradients(t, case)
    promised = x18.kept_by(t.promises)
    # dx and dgamma are rationals that a short format need not hold
    wide_enough = t.case.dtype in ("float32", "float64")
    for name, answer in named(given.raw):
        got, ball = t.truth(case).measured(name, answer), Ball.exact(expected[name])
        yield same_where_promised(promised, name, got, ball, (case,), expected=wide_enough)


@law(
    "X54",
    "dbeta of integers is their sum",
    "integer dy: dbeta = sum(dy); dy = c at one sample and 0 elsewhere: dbeta = c; to the bit",
    exact=True,
    needs=("backward",),
    contiguous=True,
)
def x54(t: Trial) -> Residuals:
    """Sums of few small integers are exact in any order."""
    flat = flatten(t.case.dy)
    if t.algorithms(t.case).accumulates.precision < 24:
        raise Inapplicable("no-promise")
    if len(flat) > 1 << 16:
        raise Inapplicable
    whole = integers(flat, 3)
    total = whole.sum(0)
    like = present(t.gradients.dbeta)
    stored(total, t.case.beta)
    case = t.variant(dy=stored(unflatten(whole, t.case.dy.shape), t.case.dy))
    yield same("dbeta", present(raw_gradients(t, case).dbeta), total, (case,))
    single = np.zeros_like(whole)
    single[0] = as_wide(flat[0], np.float64)
    for holds in (t.case.beta, like):  # a narrower answer is for another law to judge
        stored(single[0], holds)
    if not np.isfinite(single).all():
        raise Inapplicable
    case = t.variant(dy=stored(unflatten(single, t.case.dy.shape), t.case.dy))
    yield same("dbeta of one entry", present(raw_gradients(t, case).dbeta), single[0], (case,))


@law(
    "X55",
    "a constant cotangent of a symmetric pair gives dx = 0",
    "x = (c - d, c + d), dy = (k, k), small integers: dx = 0, to the bit, any eps",
    needs=("backward",),
    contiguous=True,
)
def x55(t: Trial) -> Residuals:
    """Mean and deviations of two integers are exact in every algorithm.

    But where a compiler contracts ``a b - c`` into one operation, as XLA does in the gradient of
    stax, ``g inv - fl(g inv)`` is not 0, but the rounding error of the product. So a mismatch
    within the bound is a warning.
    """
    pair = rows(t.case, [0, t.case.m - 1])
    centre, half = integers(t.case.gamma, 3), integers(t.case.beta, 2) + 3
    column = np.stack([centre - half, centre + half])
    case = t.variant(
        x=stored(column.reshape(pair["x"].shape), t.case.x),
        dy=stored(np.full(pair["x"].shape, 3.0), t.case.dy),
    )
    if not np.isfinite(t.truth(case).bound("dx")).all():
        raise Inapplicable
    dx = t.truth(case).measured("dx", raw_gradients(t, case).raw.dx)
    yield same_where_promised(False, "dx", dx, Ball.exact(np.zeros_like(dx.mid)), (case,))
