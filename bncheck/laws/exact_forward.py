"""Bit-exact forward laws: powers of two, signs, ties, dyadic batches. No tolerance at all.

"Exact always": any mismatch fails. "Exact where promised": a black box cannot show that it uses
no power function, no recurrence, or one order of summation; without the promise a mismatch
within the rounding bound is a warning.
"""

from __future__ import annotations

import numpy as np

from bncheck.model.arrays import as_wide, flatten, in_c_order, unflatten
from bncheck.trial.law import EVERY, Residuals, law
from bncheck.trial.probes import WIDE, calm, rows, scaled, with_first
from bncheck.trial.residuals import same, same_where_promised
from bncheck.trial.trial import Inapplicable, Trial, wide
from bncheck.truth.rounding import Ball


@law(
    "X01",
    "powers of two pass through the output",
    "BN_{4^k eps}(2^k x) = BN_eps(x), to the bit",
    domain="no underflow or overflow; exact where the inverse root is promised to be no power",
    contiguous=True,
    promises={"arithmetic": ("sqrt",)},
    norms=EVERY,
    native=True,
)
def x01(t: Trial) -> Residuals:
    """k = 1 and k = -2."""
    t.finite()
    for k in (1, -2):
        case = t.variant(x=scaled(t.case.x, 2.0**k), eps=4.0**k * t.case.eps)
        what, ball = f"y(2^{k} x, 4^{k} eps)", t.output(case)
        yield same_where_promised(
            x01.kept_by(t.promises), what, ball, t.y, (case, t.case), expected=calm(t, t.answers.y)
        )


@law(
    "X03",
    "signs pass through the output",
    "BN_{gamma, 0}(-x) = -BN_{gamma, 0}(x); BN_{-gamma, beta}(-x) = BN_{gamma, beta}(x); "
    "BN_{-gamma, -beta}(x) = -BN_{gamma, beta}(x), to the bit",
    exact=True,
    contiguous=True,
    norms=EVERY,
    native=True,
)
def x03(t: Trial) -> Residuals:
    """Three sign changes."""
    minus = scaled(t.case.x, -1.0)
    both = t.variant(gamma=scaled(t.case.gamma, -1.0), beta=scaled(t.case.beta, -1.0), x=t.case.x)
    yield same("y(-gamma, -beta)", t.answered(both), -wide(t.answers.y, WIDE), (both, t.case))
    turned = t.variant(x=minus, gamma=scaled(t.case.gamma, -1.0))
    yield same("y(-x, -gamma)", t.answered(turned), wide(t.answers.y, WIDE), (turned, t.case))
    plain = t.variant(beta=np.zeros_like(t.case.beta))
    mirrored = t.variant(plain, x=minus)
    yield same("y(-x), beta = 0", t.answered(mirrored), -t.answered(plain), (mirrored, plain))


@law(
    "X04",
    "powers of two in gamma and beta pass through",
    "BN_{4 gamma, 4 beta}(x) = 4 BN_{gamma, beta}(x), to the bit",
    domain="outputs normal before and after; otherwise within the bound",
    contiguous=True,
    norms=EVERY,
    native=True,
)
def x04(t: Trial) -> Residuals:
    """Factor 4."""
    case = t.variant(gamma=scaled(t.case.gamma, 4.0), beta=scaled(t.case.beta, 4.0))
    answer = t.train(case, gradients=False).y
    ball = t.truth(case).measured("y", answer)
    exact = calm(t, t.answers.y, answer)
    what = "y(4 gamma, 4 beta)"
    yield same_where_promised(True, what, ball, t.y * 4.0, (case, t.case), expected=exact)


@law(
    "X05",
    "gamma = 0 gives beta",
    "gamma = 0: y = beta, to the bit",
    exact=True,
    contiguous=True,
    norms=EVERY,
)
def x05(t: Trial) -> Residuals:
    """Finite x in a range where xhat is finite."""
    t.finite()
    case = t.variant(gamma=np.zeros_like(t.case.gamma))
    if not np.isfinite(t.truth(case).bound("y")).all():
        raise Inapplicable
    yield same("y", t.answered(case), as_wide(case.beta, WIDE), (case,))


@law(
    "X06",
    "permuting channels permutes the output",
    "BN(x[:, p]) = BN(x)[:, p], to the bit",
    domain="contiguous copies; exact where one order of summation is promised",
    promises={"arithmetic": ("same-order",)},
    fused=True,
    norms=EVERY,
)
def x06(t: Trial) -> Residuals:
    """Reverse the channels."""
    if t.case.channels < 2:
        raise Inapplicable
    plain = t.variant(x=in_c_order(t.case.x))
    case = t.variant(
        x=in_c_order(t.case.x[:, ::-1]),
        gamma=t.case.gamma[::-1].copy(),
        beta=t.case.beta[::-1].copy(),
    )
    left, right = t.output(case)[:, ::-1], t.output(plain)
    promised = x06.kept_by(t.promises)
    yield same_where_promised(promised, "y, channels reversed", left, right, (case, plain))


@law(
    "X07",
    "a channel does not see the others, NaN and infinity included",
    "y[:, j] is unchanged, to the bit, by anything in another channel",
    exact=True,
    contiguous=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def x07(t: Trial) -> Residuals:
    """Replace the first channel's first value by NaN, infinity, and a large number."""
    if t.case.channels < 2:
        raise Inapplicable
    for value in (np.nan, np.inf, 1000.0):
        plain = t.variant(x=in_c_order(t.case.x), dy=in_c_order(t.case.dy))
        case = t.variant(plain, x=with_first(t.case.x, value))
        a, b = t.train(case), t.train(plain)
        others = slice(1, None)
        what = f"with x[0, 0] = {value:g}, other channels'"
        yield same(f"{what} y", wide(a.y, WIDE)[:, others], wide(b.y, WIDE)[:, others], (case,))
        if a.gradients is not None and b.gradients is not None:
            left, right = wide(a.gradients.dx, WIDE), wide(b.gradients.dx, WIDE)
            yield same(f"{what} dx", left[:, others], right[:, others], (case,))


@law(
    "X09",
    "equal inputs give equal outputs",
    "x_i = x_j: y_i = y_j, to the bit",
    exact=True,
    contiguous=True,
    fused=True,
    norms=EVERY,
)
def x09(t: Trial) -> Residuals:
    """Make the last sample equal to the first."""
    flat = flatten(t.case.x).copy()
    flat[-1] = flat[0]
    case = t.variant(x=unflatten(flat, t.case.x.shape))
    y = t.answered(case)
    yield same("y[last]", y[-1], y[0], (case,))


@law(
    "X10",
    "the output keeps the order of the input",
    "gamma > 0, x_i <= x_j: y_i <= y_j, neighbouring numbers included",
    exact=True,
    contiguous=True,
    fused=True,
    norms=EVERY,
)
def x10(t: Trial) -> Residuals:
    """With the last sample one unit in the last place above the first."""
    t.finite()
    flat = in_c_order(flatten(t.case.x))
    above = np.nextafter(flat[0], np.asarray(np.inf, flat.dtype))
    if not np.isfinite(as_wide(above, np.float64)).all():
        raise Inapplicable
    flat[-1] = above
    changes = {"gamma": np.abs(t.case.gamma)} if t.implementation.domain.affine else {}
    case = t.variant(x=unflatten(flat, t.case.x.shape), **changes)
    if not np.isfinite(t.truth(case).bound("y")).all():
        raise Inapplicable
    order = np.argsort(as_wide(flat, np.float64), axis=0, kind="stable")
    y = np.take_along_axis(t.answered(case), order, axis=0)
    drop = np.maximum(y[:-1] - y[1:], 0)
    yield same("y_i above y_j where x_i <= x_j, by", drop, 0.0, (case,))


@law(
    "X31",
    "an eps below the last place of v does not matter",
    "eps = 2^-60 and eps = 2^-61 give the same bits where v >= 1",
    domain="float32 and float64 arithmetic of at most 53 bits; v >= 1",
    contiguous=True,
    promises={"arithmetic": ("two-pass",)},
    norms=EVERY,
    native=True,
)
def x31(t: Trial) -> Residuals:
    """Both sums v + eps round to v."""
    t.finite()
    v = t.exact_training.values.var
    precision = t.algorithms(t.case).accumulates.precision
    if not ((v >= 1).all() and np.isfinite(t.exact_training.bound("y")).all()):
        raise Inapplicable
    small, smaller = t.variant(eps=2.0**-60), t.variant(eps=2.0**-61)
    promised = x31.kept_by(t.promises) and precision <= 53
    left, right = t.output(small), t.output(smaller)
    # the truths differ by the relative change of s, which is below 2^-61
    gap = np.abs(right.mid) * WIDE(2.0**-60)
    right = Ball(right.mid, right.rad + gap)
    yield same_where_promised(promised, "y(eps = 2^-60)", left, right, (small, smaller))


@law(
    "X37",
    "one value per channel gives beta, to the bit",
    "m = 1: y = beta",
    domain="exact where a centered output is promised",
    contiguous=True,
    promises={"output": "centered"},
)
def x37(t: Trial) -> Residuals:
    """The first sample alone."""
    if t.convention.one_value == "raises":
        raise Inapplicable("convention")
    case = t.variant(**rows(t.case, [0]))
    promised = x37.kept_by(t.promises) and bool(np.isfinite(t.truth(case).bound("y")).all())
    beta = Ball.exact(as_wide(case.beta, WIDE))
    yield same_where_promised(promised, "y", t.output(case), beta, (case,))


@law(
    "X51",
    "NaN and infinity stay in their channel and fill it",
    "a non-finite x_ij makes all of y[:, j] NaN, and nothing else",
    exact=True,
    contiguous=True,
    native=True,
)
def x51(t: Trial) -> Residuals:
    """One NaN, one infinity; in inference only that element."""
    for value in (np.nan, np.inf):
        case = t.variant(x=with_first(t.case.x, value))
        if t.has_training:
            hidden = np.isfinite(t.answered(case)[:, 0])
            what = f"entries of y[:, 0] that hide x[0, 0] = {value:g}"
            yield same(what, hidden.astype(np.float64), 0.0, (case,))
        if t.can("eval"):
            y = wide(t.infer(case, gradients=False).y, WIDE)
            plain = wide(t.inference.y, WIDE)
            finite = np.isfinite(y[0, 0])
            yield same(f"y[0, 0] in inference hides {value:g}", float(finite), 0.0, (case,))
            left, right = y[1:], plain[1:]
            yield same("y of the other samples in inference", left, right, (case, t.case))
