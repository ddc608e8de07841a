"""The stages of a correct batch normalization, one small function each.

Every stage reads a `Pass` and returns an array. Values are held as ``(C, m)``, one row per
channel, in the accumulation dtype; per-channel quantities are ``(C, 1)`` so that they broadcast.
Formulas: Ioffe & Szegedy 2015, Algorithm 1 (forward) and section 3 (backward).

For the relatives (`bncheck.model.norm`) a row is a statistic set. Where gamma varies inside it,
gamma is ``(1, m)`` or ``(C, m)`` and stands inside the means, as ``h = gamma dy``, and what a
parameter's gradient adds up is kept apart, ``(C, m)``, for who knows which values share it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bncheck.deviations.passes import Pass, filled
from bncheck.model.formats import Array


def read(array: Array) -> Array:
    """Take the elements as the strides say."""
    return array


def accumulator(storage: np.dtype[Any]) -> np.dtype[Any]:
    """Dtype to compute in: float32 for the half formats, otherwise the storage dtype."""
    return np.dtype(np.float32) if storage.itemsize == 2 else storage


def total(values: Array, p: Pass) -> Array:
    """Sum each row; NumPy sums contiguous rows pairwise, in an order that m alone decides."""
    del p
    return np.asarray(values.sum(axis=1, keepdims=True))


def count(p: Pass) -> int:
    """Values per channel; 1 for an empty batch, whose sums are 0."""
    return max(p.m, 1)


def mean(p: Pass) -> Array:
    """Batch mean; 0 where no mean is taken off."""
    if not p.case.norm.centred:
        return np.zeros_like(p.x[:, :1])
    return p.rules.total(p.x, p) / p.rules.count(p)


def variance(p: Pass) -> Array:
    """Biased batch variance, by the second pass of the two-pass algorithm."""
    deviation = p.x - p.mean
    return p.rules.total(deviation * deviation, p) / p.rules.count(p)


def inverse(p: Pass) -> Array:
    """Inverse deviation ``1 / sqrt(var + eps)``."""
    return 1 / np.sqrt(p.var + p.eps)


def normalize(p: Pass) -> Array:
    """``xhat``, centred before it is scaled."""
    return (p.x - p.mean) * p.inverse


def affine(p: Pass) -> Array:
    """``y = gamma * xhat + beta``."""
    return p.gamma * p.xhat + p.beta


def finish(p: Pass) -> Array:
    """Return y, still in the accumulation dtype, as it is to be rounded to the storage dtype."""
    return p.y


def recall(p: Pass) -> tuple[Array, Array]:
    """Mean and variance of inference mode: the running statistics."""
    return p.running_mean, p.running_var


def weight(p: Pass) -> float:
    """Weight of the new statistics; ``1/k`` at the k-th batch for a cumulative average."""
    return 1 / (p.steps + 1) if p.momentum is None else p.momentum


def bessel(p: Pass) -> float:
    """Bessel's factor ``m / (m - 1)``; asked for only where m is at least 2."""
    return p.m / (p.m - 1)


def blend(p: Pass, old: Array, new: Array) -> Array:
    """Moving average in its convex form, ``(1 - a) old + a new``."""
    a = p.rules.weight(p)
    return (1 - a) * old + a * new


def update_mean(p: Pass) -> Array:
    """Running mean after the step; an empty batch leaves it."""
    return blend(p, p.running_mean, p.mean) if p.m else p.running_mean


def update_variance(p: Pass) -> Array:
    """Running variance after the step; fewer than two values per channel leave it."""
    if p.m < 2:
        return p.running_var
    return blend(p, p.running_var, p.var * p.rules.bessel(p))


def inference_update(p: Pass) -> tuple[Array, Array]:
    """Running statistics after an inference pass: the same as before."""
    return p.running_mean, p.running_var


def saved(p: Pass) -> Pass:
    """What the backward pass finds of the forward pass: all of it."""
    return p


def backward_count(p: Pass) -> float:
    """Values per channel, as the backward pass counts them."""
    return count(p)


def dgamma(p: Pass) -> Array:
    """``sum(dy * xhat)``."""
    return _by_owner(p, p.dy * p.xhat)


def dbeta(p: Pass) -> Array:
    """``sum(dy)``."""
    return _by_owner(p, p.dy)


def _by_owner(p: Pass, terms: Array) -> Array:
    """Add up each set; leave apart what values of several sets share."""
    return terms if p.case.norm.owner in ("value", "channel") else p.rules.total(terms, p)


def mean_term(p: Pass) -> Array:
    """``mean(dy)``: what dx owes to the batch mean."""
    if not p.case.norm.centred:
        return np.zeros_like(p.x[:, :1])
    return p.rules.total(p.dy, p) / p.rules.backward_count(p)


def variance_term(p: Pass) -> Array:
    """``xhat * mean(dy * xhat)``: what dx owes to the batch variance."""
    return p.xhat * (p.rules.total(p.dy * p.xhat, p) / p.rules.backward_count(p))


def dx(p: Pass) -> Array:
    """Training mode: ``gamma inv (dy - mean(dy) - xhat mean(dy xhat))``, or with h for gamma dy."""
    if p.case.norm.inside:
        p = filled(p, dy=p.gamma * p.dy)
        bracket: Array = p.dy - p.rules.mean_term(p) - p.rules.variance_term(p)
        return p.inverse * bracket
    centred: Array = p.dy - p.rules.mean_term(p) - p.rules.variance_term(p)
    return p.gamma * p.inverse * centred


def inference_dx(p: Pass) -> Array:
    """Inference mode: the layer is a diagonal affine map, so ``gamma inv dy``."""
    return p.gamma * p.inverse * p.dy


def jvp(p: Pass) -> Array:
    """Directional derivative along ``p.dy``; the Jacobian is symmetric, channel by channel."""
    t, m = p.dy, count(p)
    along = p.xhat * (total(t * p.xhat, p) / m)
    return p.gamma * p.inverse * (_centred(p, t) - along)


def _centred(p: Pass, values: Array) -> Array:
    return values - total(values, p) / count(p) if p.case.norm.centred else values


def double_backward(p: Pass) -> tuple[Array, Array, Array]:
    """Gradients of ``F = <w, dx>`` with respect to x, dy and gamma.

    With ``C`` the centring, ``a = <xhat, dy>``, ``b = <xhat, w>``, ``s = 1/inv``:
    ``F = gamma/s (<Cw, Cdy> - ab/m)``, and from ``ds = <xhat, dx>/m``,
    ``da = <Cdy - xhat a/m, dx>/s`` (b alike) follows
    ``dF/dx = -gamma/(m s^2) (<Cw, Cdy> xhat + a Cw + b Cdy - 3ab/m xhat)``.
    """
    if p.case.norm.inside:
        return _double_backward_inside(p)
    m = count(p)
    cdy, cw = p.dy - total(p.dy, p) / m, p.w - total(p.w, p) / m
    a, b = total(p.xhat * p.dy, p), total(p.xhat * p.w, p)
    inner = total(cw * cdy, p)
    by_x = (inner - 3 * a * b / m) * p.xhat + a * cw + b * cdy
    by_dy = cw - p.xhat * (b / m)
    return (
        -p.gamma * p.inverse * p.inverse / m * by_x,
        p.gamma * p.inverse * by_dy,
        p.inverse * (inner - a * b / m),
    )


def _double_backward_inside(p: Pass) -> tuple[Array, Array, Array]:
    """Do the same with ``h = gamma dy``: by dy and gamma follow from ``dF/dh = J w``."""
    m, h = count(p), p.gamma * p.dy
    ch, cw = _centred(p, h), _centred(p, p.w)
    a, b = total(p.xhat * h, p), total(p.xhat * p.w, p)
    inner = total(cw * ch, p)
    by_x = (inner - 3 * a * b / m) * p.xhat + a * cw + b * ch
    by_h = p.inverse * (cw - p.xhat * (b / m))
    by_gamma = _by_owner(p, p.dy * by_h)
    return -p.inverse * p.inverse / m * by_x, p.gamma * by_h, by_gamma


def accumulate(before: Array, new: Array) -> Array:
    """Parameter gradients of this call alone, whatever came before."""
    del before
    return new
