"""What a backward pass reads that was rounded to storage when the forward pass saved it.

Symbols as in `bncheck.truth.rounding.training`; u_s and eta_s are those of storage.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.truth.rounding.algorithms import Algorithms, Roundoff, promised, rounded
from bncheck.truth.rounding.gradient import Normalized
from bncheck.truth.rounding.statistics import Statistics
from bncheck.truth.rounding.values import Training


def saved_statistics(
    values: Training, stats: Statistics, algorithms: Algorithms, k: Roundoff
) -> Statistics:
    """Bound mean and inverse deviation that are rounded to storage before the backward pass.

    ``e_mean + u_s (|mean| + e_mean) + eta_s``, where there is a mean, and ``e_r + u_s r' + eta_s``;
    what is made of them grows with them. No promise where r' is more than storage holds.
    """
    storage = algorithms.storage
    more_inv = rounded(stats.inv_max, storage)
    more = rounded(np.abs(values.mean) + stats.e_mean, storage)
    if not values.norm.centred:
        more = np.zeros_like(more)
    inv_max = stats.inv_max + more_inv
    return replace(
        stats,
        e_mean=stats.e_mean + more,
        e_inv=stats.e_inv + more_inv,
        inv_max=inv_max,
        reach=stats.reach + more,
        span=stats.span + more,
        spread=stats.spread + more * (1 + k.u),
        fits=stats.fits & (inv_max <= storage.largest),
    )


def saved_xhat(norm: Normalized, algorithms: Algorithms) -> Normalized:
    """Bound xhat that is rounded to storage: ``e_xhat + u_s xh' + eta_s``."""
    storage = algorithms.storage
    error = promised(rounded(norm.xhat_max, storage), norm.xhat_max <= storage.largest)
    return replace(norm, e_xhat=norm.e_xhat + error, xhat_max=norm.xhat_max + error)
