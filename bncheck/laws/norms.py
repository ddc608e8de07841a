"""Laws of the relatives of batch normalization, with their own parameters.

Where gamma varies inside a statistic set it stands inside the means of the backward pass, as
``h = gamma dy``; everything that batch norm's laws say of ``gamma dy`` is then said of h. Notation:
a set of n values, ``r = 1/sqrt(v + eps)``, [..] is left out where nothing is centred.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.model import Case, Norm
from bncheck.model.arrays import as_wide, flatten, in_c_order, unflatten
from bncheck.model.formats import Array
from bncheck.trial.law import Residuals, law
from bncheck.trial.probes import WIDE, backwards, calm
from bncheck.trial.residuals import meet, near, same_where_promised, zero
from bncheck.trial.trial import Inapplicable, Trial, present, wide
from bncheck.truth.rounding import Ball
from bncheck.truth.rounding.second_order import double_backward_bounds

RELATIVES = ("layer", "rms", "group", "instance")
BA16 = "Ba, Kiros & Hinton 2016 (arXiv 1607.06450), 3"
ZS19 = "Zhang & Sennrich 2019 (arXiv 1910.07467), 4"


def _gathered(t: Trial, ball: Ball) -> Ball:
    """Add balls up over what shares a parameter: ``(m, C)`` to ``(P,)``."""
    values = t.exact_training.values
    norm, shape = values.norm, values.shape
    parts = [np.broadcast_to(a, values.x.shape) for a in (ball.mid, ball.rad)]
    mid, rad, size = (norm.gathered(a, shape) for a in (*parts, np.abs(parts[0])))
    p, u = norm.fibre(shape), np.finfo(mid.dtype).eps
    return Ball(mid, (rad + p * u * size) * (1 + 2 * p * u))


def _h(t: Trial) -> Ball:
    values = t.exact_training.values
    return Ball.exact(values.dy) * values.gamma


@law(
    "N01",
    "each gamma and beta for itself",
    "gamma_j dgamma_j + beta_j dbeta_j = sum(dy_j y_j), over the values that they belong to",
    source=f"{BA16}; {ZS19}",
    needs=("backward",),
    shared=True,
    native=True,
    norms=RELATIVES,
)
def n01(t: Trial) -> Residuals:
    """Euler's identity, parameter by parameter: it tells which gradient belongs to which."""
    gamma, beta = (as_wide(a, WIDE) for a in (t.case.gamma, t.case.beta))
    left = t.dgamma * gamma
    if t.case.norm.shifted and t.gradients.dbeta is not None:
        left = left + t.dbeta * beta
    elif np.any(beta):
        raise Inapplicable
    products = t.y * t.exact_training.values.dy
    yield meet("gamma dgamma + beta dbeta", left, _gathered(t, products), (t.case,))


@law(
    "N02",
    "the input gradient is almost orthogonal to what is normalized",
    "sum(dx (x - [mu])) = eps/(v + eps) sum(h xhat), h = gamma dy",
    needs=("backward",),
    shared=True,
    native=True,
    norms=RELATIVES,
)
def n02(t: Trial) -> Residuals:
    """Euler's identity for the scale law, with gamma inside."""
    truth = t.exact_training
    eps = truth.values.eps
    expected = (_h(t) * truth.ball("xhat")).sum(0) * eps / (truth.ball("var") + eps)
    products = t.dx * truth.ball("centered")
    terms = np.abs(products.mid).sum(0)
    yield meet("sum(dx (x - mu))", products.sum(0), expected, (t.case,), terms=terms)


@law(
    "N03",
    "the norm of the input gradient",
    "|dx|^2 = r^2 (|h|^2 - [sum(h)^2/n] - (1 + eps r^2) sum(h xhat)^2/n), h = gamma dy",
    needs=("backward",),
    shared=True,
    native=True,
    norms=RELATIVES,
)
def n03(t: Trial) -> Residuals:
    """What batch norm's law says of gamma dy, where gamma varies in the set."""
    truth = t.exact_training
    h, inv, n = _h(t), truth.ball("inv"), len(truth.values.x)
    along = (h * truth.ball("xhat")).sum(0)
    inner = (h * h).sum(0) - (inv * inv * truth.values.eps + 1.0) * along * along / n
    if t.case.norm.centred:
        total = h.sum(0)
        inner = inner - total * total / n
    yield meet("|dx|^2", (t.dx * t.dx).sum(0), inv * inv * inner, (t.case,))


@law(
    "N04",
    "forward mode has gamma in front, reverse mode inside",
    "the directional derivative of y along t is gamma J t, J = r (I - [1 1'/n] - xhat xhat'/n)",
    needs=("backward", "jvp"),
    native=True,
    norms=RELATIVES,
)
def n04(t: Trial) -> Residuals:
    """J t is dx for gamma = 1 and the cotangent t."""
    tangent = t.case.dy
    given = present(t.make(t.case).jvp)(*map(in_c_order, (t.case.x, tangent)))
    expected = _along(t, tangent)
    kind = t.exact_training.values.x.dtype
    yield near("jvp(x, dy)", wide(given, kind), expected.mid, expected.rad, (t.case,))


def _along(t: Trial, tangent: Array) -> Ball:
    """Enclose what a target may answer for ``gamma J t``: J t, a product, and its storage."""
    ones = t.variant(dy=in_c_order(tangent), gamma=np.ones_like(t.case.gamma))
    truth = t.truth(ones)
    gamma = t.exact_training.values.gamma
    form, kept = t.algorithms(t.case).accumulates, truth.storage
    u = form.unit_roundoff + kept.unit_roundoff
    dx = Ball(truth.values.dx, truth.bound("dx"))
    product = dx * gamma
    least = kept.half_subnormal + form.half_subnormal
    # gamma meets J t, or t, or r: the bound of dx has room for the order; it is one product more
    rounding = u * (np.abs(product.mid) + product.rad) + product.mid.dtype.type(least)
    return Ball(product.mid, product.rad + rounding)


@law(
    "N05",
    "double backward, with gamma inside",
    "F = <w, dx>: dF/dx as batch norm's with h for gamma dy; dF/ddy = gamma J w; dF/dgamma = "
    "sum(dy J w) over what shares a gamma",
    domain="the closed form is used; inputs of moderate size",
    needs=("backward", "double_backward"),
    native=True,
    norms=RELATIVES,
)
def n05(t: Trial) -> Residuals:
    """Weights: the cotangent, reversed."""
    if not calm(t) or t.case.m < 2:
        raise Inapplicable
    truth, weights = t.exact_training, backwards(t.case.dy)
    given = present(t.make(t.case).double_backward)(t.case.x, t.case.dy, weights)
    kind = truth.values.x.dtype
    by_x, by_dy = (wide(a, kind) for a in given[:2])
    algorithms = t.algorithms(t.case)
    w = wide(weights, kind)
    expected = double_backward_bounds(truth.values, truth.allowed, w, algorithms)
    yield near("dF/dx", by_x, expected.mid, expected.rad, (t.case,))
    along = _along(t, weights)
    yield near("dF/ddy", by_dy, along.mid, along.rad, (t.case,))
    yield _by_gamma(t, as_wide(given[2], kind), weights)


def _by_gamma(t: Trial, got: Array, weights: Array) -> Any:
    """dF/dgamma: a sum of p products of dy and J w, each rounded a few times."""
    ones = t.variant(dy=in_c_order(weights), gamma=np.ones_like(t.case.gamma))
    truth = t.truth(ones)
    along = Ball(truth.values.dx, truth.bound("dx"))
    values = t.exact_training.values
    total = _gathered(t, along * values.dy)
    reach = values.gathered(np.abs(values.dy) * (np.abs(along.mid) + along.rad))
    p, algorithms = values.norm.fibre(values.shape), t.algorithms(t.case)
    u = (p + 4) * algorithms.accumulates.unit_roundoff
    kept = algorithms.parameters.unit_roundoff
    rounding = u / (1 - u) * reach + kept * (np.abs(total.mid) + total.rad)
    return near("dF/dgamma", got, total.mid, total.rad + rounding, (t.case,))


def _samples(norm: Norm, sets: int) -> int:
    """How many samples the sets of a case are of: each set is one, where no sample has parts."""
    return sets if norm.owner == "value" else norm.samples


def _of_sample(case: Case, order: list[int]) -> list[int]:
    """Return the sets of some samples, in that order."""
    parts = case.channels // _samples(case.norm, case.channels)
    return [s * parts + g for s in order for g in range(parts)]


def _some(t: Trial, chosen: list[int]) -> Case:
    """Return some of the samples as a batch of their own."""
    case, norm = t.case, t.case.norm
    sets = _of_sample(case, chosen)
    x, dy = (in_c_order(a[:, sets]) for a in (case.x, case.dy))
    state = {} if norm.owner == "part" else _states(case, sets)
    of = norm if norm.owner == "value" else replace(norm, samples=len(chosen))
    return t.variant(x=x, dy=dy, norm=of, **state)


def _states(case: Case, sets: list[int]) -> dict[str, Array]:
    return {name: getattr(case, name)[sets] for name in ("running_mean", "running_var")}


@law(
    "N06",
    "samples in another order",
    "the samples reversed: y and dx are reversed, dgamma and dbeta the same",
    domain="contiguous copies; exact where one order of summation is promised",
    promises={"arithmetic": ("same-order",)},
    contiguous=True,
    native=True,
    norms=RELATIVES,
)
def n06(t: Trial) -> Residuals:
    """A sample does not see its place in the batch."""
    samples = _samples(t.case.norm, t.case.channels)
    if samples < 2:
        raise Inapplicable
    order = _of_sample(t.case, list(range(samples))[::-1])
    plain = t.variant(x=in_c_order(t.case.x))
    case = t.variant(x=in_c_order(t.case.x[:, order]), dy=in_c_order(t.case.dy[:, order]))
    promised = n06.kept_by(t.promises)
    y = t.output(case)[:, order]
    yield same_where_promised(promised, "y, samples reversed", y, t.output(plain), (case, plain))
    if t.can("backward"):
        a, b = t.backward(case), t.backward(plain)
        yield same_where_promised(
            promised, "dx, samples reversed", a.dx[:, order], b.dx, (case, plain)
        )
        for name in ("dgamma", "dbeta"):
            left, right = getattr(a, name), getattr(b, name)
            if left is not None and right is not None:
                yield meet(f"{name}, samples reversed", left, right, (case, plain))


@law(
    "N07",
    "a sample alone gives what it gives among others",
    "y and dx of a sample depend on that sample only; to the bit where that is promised",
    domain="contiguous copies; exact where batch_invariant is promised",
    contiguous=True,
    promises={"batch_invariant": True},
    native=True,
    norms=RELATIVES,
)
def n07(t: Trial) -> Residuals:
    """The last sample, alone: whose bits may differ where blocks depend on the number of rows."""
    samples = _samples(t.case.norm, t.case.channels)
    if samples < 2:
        raise Inapplicable
    last = _of_sample(t.case, [samples - 1])
    case = _some(t, [samples - 1])
    promised = n07.kept_by(t.promises)
    y = t.output(t.variant(x=in_c_order(t.case.x)))[:, last]
    yield same_where_promised(promised, "y, alone", t.output(case), y, (case,))
    if t.can("backward"):
        dx = t.backward(t.variant(x=in_c_order(t.case.x))).dx[:, last]
        yield same_where_promised(promised, "dx, alone", t.backward(case).dx, dx, (case,))


@law(
    "N08",
    "gradients of the parameters add up over the samples",
    "dgamma and dbeta of a batch are the sums of those of its samples, each alone",
    needs=("backward",),
    native=True,
    norms=("layer", "rms", "group"),
)
def n08(t: Trial) -> Residuals:
    """The first sample, and the others."""
    samples = _samples(t.case.norm, t.case.channels)
    if samples < 2 or t.convention.one_value == "raises":
        raise Inapplicable
    halves = [_some(t, [0]), _some(t, list(range(1, samples)))]
    first, rest = (t.backward(case) for case in halves)
    for name in ("dgamma", "dbeta"):
        parts = getattr(first, name), getattr(rest, name)
        if parts[0] is not None and parts[1] is not None:
            whole = getattr(t, name)
            yield meet(f"{name} of the batch", whole, parts[0] + parts[1], (t.case, *halves))


@law(
    "N09",
    "values in another order, with their parameters",
    "the values of each set, and gamma and beta with them, reversed: y and dx are reversed",
    native=True,
    norms=("layer", "rms", "group"),
)
def n09(t: Trial) -> Residuals:
    """No place in a set is special: the last one is not a tail."""
    gamma, beta = (_turned(t.case, a) for a in (t.case.gamma, t.case.beta))
    x, dy = (backwards(a) for a in (t.case.x, t.case.dy))
    case = t.variant(x=x, dy=dy, gamma=gamma, beta=beta)
    yield meet("y, reversed", t.output(case)[::-1], t.y, (case, t.case))
    if t.can("backward"):
        back = t.backward(case)
        yield meet("dx, reversed", back.dx[::-1], t.dx, (case, t.case))


def _turned(case: Case, values: Array) -> Array:
    """Reverse parameters along what varies in a set."""
    if case.norm.owner == "value":
        return values[::-1].copy()
    n = case.x.shape[0]
    return values.reshape(-1, n)[:, ::-1].reshape(-1).copy()


@law(
    "N10",
    "zeros appended to a set",
    "RMS_eps([x, 0]) = sqrt(2) [RMS_{2 eps}(x), 0] where as many zeros are appended as there are "
    "values",
    native=True,
    norms=("rms",),
)
def n10(t: Trial) -> Residuals:
    """What counts is the number of values, padding included where it is handed over."""
    case = t.case
    x = unflatten(np.concatenate([flatten(case.x), 0 * flatten(case.x)]), _twice(case))
    dy = unflatten(np.concatenate([flatten(case.dy)] * 2), _twice(case))
    gamma, beta = (np.concatenate([a, a]) for a in (case.gamma, case.beta))
    if not np.isfinite(as_wide(case.x, np.float64)).all():
        raise Inapplicable
    longer = t.variant(x=x, dy=dy, gamma=gamma, beta=beta)
    other = t.variant(eps=2 * case.eps)
    y, m = t.output(longer), case.m
    root = Ball.exact(np.full(1, 2.0)).sqrt()
    yield meet("y of x and zeros", y[:m], t.output(other) * root, (longer, other))
    yield zero("y of the zeros", y[m:], (longer,), terms=np.abs(t.y.mid))


def _twice(case: Case) -> tuple[int, ...]:
    return (2 * case.x.shape[0], *case.x.shape[1:])
