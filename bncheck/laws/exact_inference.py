"""Bit-exact laws of inference mode and of the running statistics."""

from __future__ import annotations

import numpy as np

from bncheck.model import Case, State
from bncheck.model.arrays import as_wide, flatten, in_c_order, unflatten
from bncheck.model.formats import Array
from bncheck.trial.law import Residuals, law
from bncheck.trial.probes import WIDE, backwards, calm, integers, scaled, shape_of, stored
from bncheck.trial.raw import running_statistics
from bncheck.trial.residuals import same, same_where_promised
from bncheck.trial.trial import Inapplicable, Trial, present, wide
from bncheck.truth.conventions import averages_nothing
from bncheck.truth.rounding import Ball


@law(
    "X22",
    "golden inference: an exact inverse deviation",
    "rv = 3/4 4^k, eps = 1/4 4^k, gamma = 1, beta = 0: y = (x - rm)/2^k, to the bit, for any x "
    "if rm = 0 and for integers otherwise",
    domain="exact where the inverse root is promised to be no power",
    needs=("eval",),
    contiguous=True,
    promises={"arithmetic": ("sqrt",)},
)
def x22(t: Trial) -> Residuals:
    """k = 0 and k = 1."""
    like = t.case.running_mean
    ones, zeros = np.ones_like(like), np.zeros_like(like)
    for k in (0, 1):
        affine = {"gamma": ones, "beta": zeros} if t.implementation.domain.affine else {}
        variance = stored(np.full(like.shape, 0.75 * 4.0**k), like)
        base = t.variant(running_var=variance, running_mean=zeros, eps=0.25 * 4.0**k, **affine)
        expected = wide(base.x, WIDE) / WIDE(2.0**k)
        _normal(expected, t)
        promised = x22.kept_by(t.promises)
        left = t.inferred(base)
        yield same_where_promised(promised, "y, rm = 0", left, Ball.exact(expected), (base,))
        mean = stored(integers(t.case.gamma, 4), like)
        x = stored(integers(t.case.x, 9), t.case.x)
        whole = t.variant(base, x=x, running_mean=mean)
        expected = (wide(x, WIDE) - as_wide(mean, WIDE)) / WIDE(2.0**k)
        left = t.inferred(whole)
        yield same_where_promised(promised, "y, integers", left, Ball.exact(expected), (whole,))


def _normal(values: Array, t: Trial) -> None:
    form = t.algorithms(t.case).storage
    size = np.abs(values[np.isfinite(values)])
    if ((size != 0) & ((size < form.smallest_normal) | (size > form.largest))).any():
        raise Inapplicable


@law(
    "X23",
    "inference sees each sample alone",
    "a sample in a batch, in another order, or alone: same bits",
    domain="exact where one order of operations is promised",
    needs=("eval",),
    contiguous=True,
    promises={"arithmetic": ("same-order",)},
    fused=True,
)
def x23(t: Trial) -> Residuals:
    """Reversed, and the first sample alone."""
    plain = t.variant(x=in_c_order(t.case.x))
    base = t.inferred(plain)
    promised = x23.kept_by(t.promises)
    turned = t.variant(x=backwards(t.case.x))
    left = t.inferred(turned)[::-1]
    yield same_where_promised(promised, "y, reversed", left, base, (turned, plain))
    alone = t.variant(x=in_c_order(t.case.x[:1]), dy=in_c_order(t.case.dy[:1]))
    left = t.inferred(alone)
    m = alone.m
    yield same_where_promised(promised, "y of one sample", left, base[:m], (alone, plain))


@law(
    "X24",
    "powers of two, signs, ties and order in inference",
    "(2^k x, 2^k rm, 4^k rv, 4^k eps): same bits; (-x, -rm, -gamma): same bits; gamma > 0: order "
    "is kept",
    domain="scaling exact where the inverse root is promised to be no power; signs and order "
    "exact always",
    needs=("eval",),
    contiguous=True,
    promises={"arithmetic": ("sqrt",)},
)
def x24(t: Trial) -> Residuals:
    """k = 2."""
    base = t.exact_inference.measured("y", t.inference.y)
    case = t.case
    grown = t.variant(
        x=scaled(case.x, 4.0),
        running_mean=scaled(case.running_mean, 4.0),
        running_var=scaled(case.running_var, 16.0),
        eps=16 * case.eps,
    )
    left = t.inferred(grown)
    yield same_where_promised(
        x24.kept_by(t.promises), "y(4 x, 4 rm, 16 rv, 16 eps)", left, base, (grown, case)
    )
    if t.implementation.domain.affine:
        turned = t.variant(
            x=scaled(case.x, -1.0),
            running_mean=scaled(case.running_mean, -1.0),
            gamma=scaled(case.gamma, -1.0),
        )
        y = wide(t.infer(turned, gradients=False).y, WIDE)
        yield same("y(-x, -rm, -gamma)", y, wide(t.inference.y, WIDE), (turned, case))
    flat = flatten(case.x)
    order = np.argsort(as_wide(flat, np.float64), axis=0, kind="stable")
    y = np.take_along_axis(wide(t.inference.y, WIDE), order, axis=0)
    y = y * np.sign(as_wide(case.gamma, WIDE))
    with np.errstate(all="ignore"):
        drop = np.where(np.isfinite(y[:-1]) & np.isfinite(y[1:]), y[:-1] - y[1:], 0)
    yield same("order in inference, broken by", np.maximum(drop, 0), 0.0, (case,))


def _state(t: Trial, case: Case) -> State:
    return present(t.train(case, gradients=False, state=True).state)


@law(
    "X25",
    "extreme momenta, and what the running statistics do not depend on",
    "no weight on the batch: unchanged; full weight: independent of the old ones; never "
    "dependent on gamma, beta, eps",
    domain="full weight: exact where the convex form is promised",
    needs=("running", "state_before_step"),
    contiguous=True,
    promises={"arithmetic": ("convex",)},
    fused=True,
)
def x25(t: Trial) -> Residuals:
    """Weight 0, weight 1, and other parameters."""
    weighs = t.convention.momentum_weighs
    if weighs is None or t.convention.debiased:
        raise Inapplicable("convention")
    case = t.case
    t.finite()
    if t.implementation.domain.sets_momentum:
        nothing = t.variant(momentum=0.0 if weighs == "new" else 1.0)
        state = _state(t, nothing)
        if np.isfinite(t.exact_training.bound("var")).all():
            given = State(case.running_mean, case.running_var)
            for name, got, old in running_statistics(state, given):
                yield same(f"running {name} without weight", got, old, (nothing,))
        yield from _forgets(t, 1.0 if weighs == "new" else 0.0)
    if t.implementation.domain.affine:
        other = t.variant(
            gamma=stored(integers(case.gamma, 3) + 4, case.gamma),
            beta=stored(integers(case.beta, 3) + 4, case.beta),
        )
        for name, a, b in running_statistics(_state(t, other), _state(t, case)):
            yield same(f"running {name} for other gamma, beta", a, b, (other, case))


def _forgets(t: Trial, momentum: float) -> Residuals:
    if t.case.m == 1:
        return
    zero = np.zeros_like(t.case.running_mean)
    one = t.variant(momentum=momentum, running_mean=zero, running_var=zero)
    two = t.variant(one, running_mean=zero + 1, running_var=zero + 1)
    left, right = _state(t, one), _state(t, two)
    u = t.algorithms(t.case).parameters.unit_roundoff
    for name, a, b in running_statistics(left, right):
        # old + a (new - old), with a = 1, is off by at most u (|new - old| + |new|) twice
        room = WIDE(u) * (3 * np.abs(a) + 2)
        what = f"running {name} with full weight, from 0 and from 1"
        convex = x25.kept_by(t.promises)
        yield same_where_promised(convex, what, Ball(a, room), Ball(b, room), (one, two))


@law(
    "X26",
    "powers of two and signs pass through the running statistics",
    "(2^k x, 2^k rm, 4^k rv): 2^k and 4^k times, to the bit; (-x, -rm): (-, same)",
    domain="no underflow or overflow",
    needs=("running", "state_before_step"),
    contiguous=True,
    fused=True,
)
def x26(t: Trial) -> Residuals:
    """k = 1, and negation."""
    case = t.case
    if t.convention.momentum_weighs is None or not np.isfinite(t.exact_training.bound("var")).all():
        raise Inapplicable
    if averages_nothing(t.convention, case.momentum):
        raise Inapplicable
    base = _state(t, case)
    grown = t.variant(
        x=scaled(case.x, 2.0),
        running_mean=scaled(case.running_mean, 2.0),
        running_var=scaled(case.running_var, 4.0),
    )
    state = _state(t, grown)
    truth = t.exact_training
    u = WIDE(t.algorithms(case).parameters.unit_roundoff)
    floor = 8 * t.algorithms(case).parameters.half_subnormal
    factor = case.m / max(case.m - 1, 1)
    for name, scale, own in (("mean", 2.0, 1.0), ("var", 4.0, factor)):
        a = as_wide(getattr(state, name), WIDE) / WIDE(scale)
        b = as_wide(getattr(base, name), WIDE)
        stat = np.abs(truth.ball(name).mid) * own
        old = np.abs(as_wide(getattr(case, f"running_{name}"), WIDE))
        room = truth.bound(name) * own + 8 * u * (old + stat) + floor
        # four times the statistic must fit into its format
        largest = t.algorithms(case).parameters.largest
        room = np.where(scale * (old + stat + room) > largest, np.inf, room)
        left, right = Ball(a, room), Ball(b, room)
        what = f"running {name} of (2 x, 2 rm, 4 rv), scaled back"
        calm_enough = calm(t, base.mean, base.var, state.mean, state.var)
        yield same_where_promised(True, what, left, right, (grown, case), expected=calm_enough)
    turned = t.variant(x=scaled(case.x, -1.0), running_mean=scaled(case.running_mean, -1.0))
    state = _state(t, turned)
    mean, var = as_wide(state.mean, WIDE), as_wide(state.var, WIDE)
    yield same("running mean of -x, -rm", -mean, as_wide(base.mean, WIDE), (turned, case))
    yield same("running var of -x, -rm", var, as_wide(base.var, WIDE), (turned, case))


@law(
    "X27",
    "golden running statistics",
    "x in {3, 5}, rm = 2, rv = 4, weight 1/2: rm = 3, and rv = 3 (unbiased) or 2.5 (biased)",
    needs=("running", "state_before_step"),
    exact=True,
    contiguous=True,
    fused=True,
)
def x27(t: Trial) -> Residuals:
    """Every step is exact on these numbers."""
    expected = {"unbiased": 3.0, "biased": 2.5}.get(t.convention.running_var or "")
    if expected is None or t.convention.debiased or t.convention.momentum_weighs is None:
        raise Inapplicable("convention")
    channels = t.case.channels
    shape = shape_of(2, t.case)
    column = np.repeat(np.array([[3.0], [5.0]]), channels, axis=1)
    like = t.case.running_mean
    case = t.variant(
        x=stored(unflatten(column, shape), t.case.x),
        dy=stored(np.ones(shape), t.case.dy),
        running_mean=np.full_like(like, 2.0),
        running_var=np.full_like(like, 4.0),
        momentum=0.5,
    )
    state = _state(t, case)
    yield same("running mean", as_wide(state.mean, WIDE), 3.0, (case,))
    yield same("running variance", as_wide(state.var, WIDE), expected, (case,))
