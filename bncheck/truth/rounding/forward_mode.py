"""Forward mode where gamma varies inside a set: ``gamma J t``, with gamma in front."""

from __future__ import annotations

import numpy as np

from bncheck.model.formats import Array
from bncheck.truth.rounding.algorithms import Algorithms
from bncheck.truth.rounding.ball import Ball


def tangent_bounds(dx: Ball, inv: Ball, gamma: Array, algorithms: Algorithms) -> Ball:
    """Enclose what may be answered for ``gamma J t``: J t, a product, and its storage.

    dx: J t ``(m, C)``, which is dx for gamma = 1 and the cotangent t, with its bound; inv: r
    ``(C,)``; gamma: broadcast against ``(m, C)``

    J t = r B. gamma meets J t, or B, or r: one product more, of which eta may be lost, times r in
    ``(gamma B) r``, times ``|B| = |J t|/r`` in ``(gamma r) B``.
    """
    form, kept = algorithms.accumulates, algorithms.storage
    u = form.unit_roundoff + kept.unit_roundoff
    product = dx * gamma
    least = product.mid.dtype.type(kept.half_subnormal + form.half_subnormal)
    lost = 1 + inv.mid + inv.rad + (np.abs(dx.mid) + dx.rad) / inv.mid
    rounding = u * (np.abs(product.mid) + product.rad) + least * lost
    return Ball(product.mid, product.rad + rounding)
