"""Laws of the relatives about samples, the order of values, and what counts, natively.

The sets of a case are of samples, ``C = s g``: each set is one in layer and RMS normalization, and
g parts are in group and instance normalization.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.model import Case, Norm
from bncheck.model.arrays import as_wide, flatten, in_c_order, unflatten
from bncheck.model.formats import Array
from bncheck.trial.law import OWN, RELATIVES, Residuals, law
from bncheck.trial.probes import backwards
from bncheck.trial.residuals import meet, same_where_promised, zero
from bncheck.trial.trial import Inapplicable, Trial
from bncheck.truth.rounding import Ball


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
    source=f"{OWN}; theorems LN17, RMS17, IN05",
    needs=("backward",),
    algebraic=True,
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
    if case.norm.owner == "part":  # one for all values of a set, as in the first GroupNormalization
        return values
    n = case.x.shape[0]
    return values.reshape(-1, n)[:, ::-1].reshape(-1).copy()


@law(
    "N10",
    "zeros appended to a set",
    "RMS_eps([x, 0]) = sqrt(2) [RMS_{2 eps}(x), 0] where as many zeros are appended as there are "
    "values",
    source=f"{OWN}; theorem RMS22",
    algebraic=True,
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
