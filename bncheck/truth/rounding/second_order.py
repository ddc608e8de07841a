"""Bounds for double backward: the gradient of ``<w, dx>`` with respect to x and gamma."""

from __future__ import annotations

import numpy as np

from bncheck.model.formats import Array
from bncheck.truth.rounding.algorithms import Algorithms, roundoff, stored
from bncheck.truth.rounding.ball import Ball
from bncheck.truth.rounding.values import Training, TrainingBounds


def double_backward_bounds(
    values: Training, allowed: TrainingBounds, weights: Array, algorithms: Algorithms
) -> Ball:
    """The true gradient by x, with what an evaluation of its closed form may be off by.

    weights: w ``(m, C)``, wide. With g = dy, a = w - mean(w), b = g - mean(g), r = 1/s,
    ``dF/dx = -gamma r^2 (mean(a b) xh + mean(xh g) a + mean(xh w) b - 3 mean(xh w) mean(xh g)
    xh)``. Let W = |w| + mean|w|, G = |g| + mean|g|, so that |a| <= W and |b| <= G.

    In any order of summation, centred before or after: ``e_a = gamma_(m+4) W``;
    ``e(mean(xh w)) = mean(W e_xh) + gamma_(m+4) mean(W (|xh| + e_xh))``;
    ``e(mean(a b)) = gamma_(2m+8) mean(W G)``, also where it is formed as ``mean(w g) - mean(w)
    mean(g)``. These are put into the closed form as balls, and each of its four terms takes at
    most 16 roundings (powers of r, products, the sum), relative to its largest value. Where gamma
    stands inside the means, g is gamma dy and gamma is 1; where nothing is centred, a = w, b = g.

    Holds for the closed form in any arrangement; no promise is made about automatic
    differentiation of the chain, nor about inputs that make products underflow.
    """
    with np.errstate(all="ignore"):
        m, norm = len(values.x), values.norm
        k = roundoff(values.x.dtype, m, algorithms.accumulates)
        # gamma dy is rounded once, and its own error reaches everything that it is in
        extra = 1 if norm.inside else 0
        g = values.dy * values.gamma if norm.inside else values.dy
        front = np.ones_like(values.var) if norm.inside else values.gamma
        size_w, size_g = (_size(values, t) for t in (weights, g))
        xhat = Ball(values.xhat, allowed.xhat)
        most = np.abs(values.xhat) + allowed.xhat
        a = Ball(_centred(values, weights), k.gamma(m + 4) * size_w)
        b = Ball(_centred(values, g), k.gamma(m + 4 + extra) * size_g)
        with_a = _mean(values.xhat * weights, size_w, allowed.xhat, most, k.gamma(m + 4))
        with_b = _mean(values.xhat * g, size_g, allowed.xhat, most, k.gamma(m + 4 + extra))
        rounded = k.gamma(2 * m + 8 + extra) * (size_w * size_g).mean(0)
        both = Ball((a.mid * b.mid).mean(0), rounded)
        inv = Ball(values.inv, allowed.inv)
        terms = (both * xhat, with_b * a, with_a * b, with_a * with_b * xhat * -3.0)
        scale = inv * inv * -front
        total = (terms[0] + terms[1] + terms[2] + terms[3]) * scale
        reach = sum((np.abs(t.mid) + t.rad for t in terms), np.zeros_like(values.x))
        rounding = k.gamma(16) * reach * (np.abs(scale.mid) + scale.rad)
        error, held = total.rad + rounding, algorithms.accumulates
        bound = stored(np.abs(total.mid), error, held, algorithms.storage)
        return Ball(total.mid, bound)


def _centred(values: Training, terms: Array) -> Array:
    return terms - terms.mean(0) if values.norm.centred else terms


def _size(values: Training, terms: Array) -> Array:
    """|t| + mean|t|, or |t| where nothing is centred."""
    size = np.abs(terms)
    return size + size.mean(0) if values.norm.centred else size


def _mean(products: Array, size: Array, e_xhat: Array, xhat: Array, summing: float) -> Ball:
    return Ball(products.mean(0), (size * e_xhat).mean(0) + summing * (size * xhat).mean(0))
