"""Bit-exact backward laws. See `bncheck.laws.exact_forward` for what exact means."""

from __future__ import annotations

import numpy as np

from bncheck.model.arrays import in_c_order
from bncheck.model.formats import Array
from bncheck.trial.law import EVERY, Residuals, law
from bncheck.trial.probes import calm, integers, scaled, stored, with_first
from bncheck.trial.raw import GRADIENTS, RawGradients, matched, named, raw_gradients
from bncheck.trial.residuals import same, same_where_promised
from bncheck.trial.trial import Inapplicable, Trial, present


def _compare(
    t: Trial,
    promised: bool,
    what: str,
    left: RawGradients,
    right: RawGradients,
    factors: tuple[float, float, float],
) -> Residuals:
    """Compare (dx, dgamma, dbeta) of two calls up to exact factors on the left."""
    expected = calm(t, *_arrays(left), *_arrays(right))
    factor = dict(zip(GRADIENTS, factors, strict=True))
    for name, a, b in matched(left.raw, right.raw):
        lhs = t.truth(left.case).measured(name, a) * factor[name]
        rhs = t.truth(right.case).measured(name, b)
        cases = (left.case, right.case)
        yield same_where_promised(promised, f"{name} {what}", lhs, rhs, cases, expected=expected)


@law(
    "X02",
    "powers of two pass through the gradients",
    "x -> 2^k x, eps -> 4^k eps: dx 2^k, dgamma and dbeta keep every bit",
    domain="no underflow or overflow; exact where the inverse root is promised to be no power",
    needs=("backward",),
    contiguous=True,
    promises={"arithmetic": ("sqrt",)},
    fused=True,
    norms=EVERY,
    native=True,
)
def x02(t: Trial) -> Residuals:
    """k = 1."""
    case = t.variant(x=scaled(t.case.x, 2.0), eps=4 * t.case.eps)
    left, right = raw_gradients(t, case), raw_gradients(t, t.case)
    promised = x02.kept_by(t.promises)
    yield from _compare(t, promised, "of (2 x, 4 eps), scaled back", left, right, (2.0, 1.0, 1.0))


def _arrays(given: RawGradients) -> tuple[Array | None, ...]:
    return (given.raw.dx, given.raw.dgamma, given.raw.dbeta)


@law(
    "X12",
    "powers of two in the cotangent pass through; a zero cotangent gives zeros",
    "dy -> 4 dy, -dy, 0: all gradients times 4, -1, 0, to the bit",
    domain="outputs normal before and after; otherwise within the bound",
    needs=("backward",),
    contiguous=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def x12(t: Trial) -> Residuals:
    """The backward pass is linear, and these factors are exact."""
    base = raw_gradients(t, t.case)
    four = raw_gradients(t, t.variant(dy=scaled(t.case.dy, 4.0)))
    yield from _compare(t, True, "of 4 dy, divided by 4", four, base, (0.25, 0.25, 0.25))
    minus = raw_gradients(t, t.variant(dy=scaled(t.case.dy, -1.0)))
    yield from _compare(t, True, "of -dy, negated", minus, base, (-1.0, -1.0, -1.0))
    if np.isfinite(t.exact_training.bound("dx")).all():
        none = raw_gradients(t, t.variant(dy=np.zeros_like(t.case.dy)))
        for name, answer in named(none):
            yield same(f"{name} of dy = 0", answer, 0.0, (none.case,))


@law(
    "X13",
    "the gradients do not depend on beta, nor those of the parameters on gamma",
    "dx, dgamma, dbeta: same bits for another beta; dgamma, dbeta: for another gamma, zero "
    "included; dbeta: for another x and eps",
    exact=True,
    needs=("backward",),
    contiguous=True,
    norms=EVERY,
)
def x13(t: Trial) -> Residuals:
    """X13 and X35."""
    base = raw_gradients(t, t.case)
    if not np.isfinite(t.exact_training.bound("dx")).all():
        raise Inapplicable
    beta = stored(integers(t.case.beta, 3) + 4, t.case.beta)
    other = raw_gradients(t, t.variant(beta=beta))
    yield from _same(GRADIENTS, "for another beta", other, base)
    for gamma in (integers(t.case.gamma, 3) + 4, np.zeros(t.case.channels)):
        changed = raw_gradients(t, t.variant(gamma=stored(gamma, t.case.gamma)))
        yield from _same(("dgamma", "dbeta"), f"for gamma[0] = {gamma[0]:g}", changed, base)
    elsewhere = raw_gradients(t, t.variant(x=scaled(t.case.x, -2.0)))
    yield from _same(("dbeta",), "for another x", elsewhere, base)


def _same(names: tuple[str, ...], what: str, left: RawGradients, right: RawGradients) -> Residuals:
    for name, a, b in matched(left, right):
        if name in names:
            yield same(f"{name} {what}", a, b, (left.case, right.case))


@law(
    "X14",
    "the Jacobian is even in x",
    "x -> -x: dx and dbeta keep every bit, dgamma turns its sign",
    exact=True,
    needs=("backward",),
    contiguous=True,
    norms=EVERY,
    native=True,
)
def x14(t: Trial) -> Residuals:
    """Negation is exact everywhere."""
    base, minus = raw_gradients(t, t.case), raw_gradients(t, t.variant(x=scaled(t.case.x, -1.0)))
    yield from _same(("dx", "dbeta"), "of -x", minus, base)
    if minus.dgamma is not None and base.dgamma is not None:
        yield same("-dgamma of -x", -minus.dgamma, base.dgamma, (minus.case, t.case))


@law(
    "X15",
    "powers of two in gamma pass through dx",
    "gamma -> 4 gamma: dx times 4, to the bit",
    domain="outputs normal before and after; otherwise within the bound",
    needs=("backward",),
    contiguous=True,
    norms=EVERY,
    native=True,
)
def x15(t: Trial) -> Residuals:
    """Factor 4."""
    base = raw_gradients(t, t.case)
    case = t.variant(gamma=scaled(t.case.gamma, 4.0))
    given = present(t.train(case).gradients)
    left = t.truth(case).measured("dx", given.dx) * 0.25
    exact, what = calm(t, base.raw.dx, given.dx), "dx of 4 gamma, divided by 4"
    yield same_where_promised(True, what, left, t.dx, (case, t.case), expected=exact)


@law(
    "X30",
    "signs of gamma, dy and x pass through dx",
    "gamma -> -gamma: -dx; (gamma, dy) -> (-gamma, -dy): dx; (x, gamma) -> (-x, -gamma): -dx; "
    "gamma = 0: dx = 0; to the bit",
    exact=True,
    needs=("backward",),
    contiguous=True,
    norms=EVERY,
    native=True,
)
def x30(t: Trial) -> Residuals:
    """Negation is exact everywhere."""
    base = raw_gradients(t, t.case)
    minus = scaled(t.case.gamma, -1.0)
    cases = {
        "-dx of -gamma": (t.variant(gamma=minus), -1.0),
        "dx of (-gamma, -dy)": (t.variant(gamma=minus, dy=scaled(t.case.dy, -1.0)), 1.0),
        "-dx of (-x, -gamma)": (t.variant(gamma=minus, x=scaled(t.case.x, -1.0)), -1.0),
    }
    for what, (case, sign) in cases.items():
        yield same(what, sign * raw_gradients(t, case).dx, base.dx, (case, t.case))
    if np.isfinite(t.exact_training.bound("dx")).all():
        none = t.variant(gamma=np.zeros_like(t.case.gamma))
        yield same("dx of gamma = 0", raw_gradients(t, none).dx, 0.0, (none,))


@law(
    "X56",
    "a NaN in the cotangent stays in its channel",
    "NaN at dy_ij: dx[:, j] is NaN, other channels keep every bit",
    exact=True,
    needs=("backward",),
    contiguous=True,
    norms=EVERY,
    native=True,
)
def x56(t: Trial) -> Residuals:
    """The backward half of X51."""
    plain = t.variant(dy=in_c_order(t.case.dy))
    case = t.variant(dy=with_first(t.case.dy, np.nan))
    got, base = raw_gradients(t, case), raw_gradients(t, plain)
    hidden = np.isfinite(got.dx[:, 0]).astype(np.float64)
    yield same("entries of dx[:, 0] that hide dy[0, 0] = nan", hidden, 0.0, (case,))
    yield same("dx of the other channels", got.dx[:, 1:], base.dx[:, 1:], (case, plain))
