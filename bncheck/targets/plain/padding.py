"""A batch with positions that a mask leaves out: how a case is laid among them, and read back.

A batch norm that takes a mask is one of the values that the mask keeps. So a case, which has no
mask, is handed over in a larger batch, in which further positions hold other numbers and are left
out; the laws are about what comes back for the case's own positions. What is answered elsewhere
is nobody's business, but no gradient may arrive there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model.formats import Array

# what lies at the positions that are left out: zeros, as people pad, and what would show
_PADDING = (0.0, 3.0, -2.0)

# how a mask is handed over: with the axes of x but the channels', with one channel, or like x
LAYS: dict[str, Callable[[Array, int], Array]] = {
    "(N, ...)": lambda keep, channels: keep,
    "(N, 1, ...)": lambda keep, channels: keep[:, None],
    "(N, C, ...)": lambda keep, channels: np.repeat(keep[:, None], channels, axis=1),
}


def kept(shape: tuple[int, ...]) -> Array:
    """Return which positions of the larger batch are those of x: bool, ``(N', *spatial')``.

    Of ``(m, C)`` a sample after each third, and after the last, is left out. ``(N, C, L, ...)``
    grows by one along its first axis of positions; what is left out there differs from sample to
    sample.
    """
    if len(shape) == 2:
        m = shape[0]
        among = np.insert(np.ones(m, bool), np.arange(3, m, 3), False)
        return np.append(among, False)
    n, length = shape[0], shape[2]
    keep = np.ones((n, length + 1, *shape[3:]), bool)
    keep[np.arange(n), 1 + np.arange(n) % length] = False
    return keep


def padded(x: Array, others: tuple[float, ...] = _PADDING) -> Array:
    """Return the larger batch ``(N', C, *spatial')``; left-out positions hold the others."""
    keep = kept(x.shape)
    full = np.empty((*keep.shape, x.shape[1]), x.dtype)
    full[keep] = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])
    full[~keep] = np.resize(np.array(others, x.dtype), ((~keep).sum(), x.shape[1]))
    return np.ascontiguousarray(np.moveaxis(full, -1, 1))


def cotangent(dy: Array) -> Array:
    """Return dy of the larger batch: zero where nothing counts."""
    return padded(dy, (0.0,))


def taken(full: Array, shape: tuple[int, ...]) -> Array:
    """Return the case's own positions of an answer for the larger batch, in the case's shape."""
    rows = np.moveaxis(full, 1, -1)[kept(shape)]
    return np.moveaxis(rows.reshape(shape[0], *shape[2:], shape[1]), -1, 1)


def no_gradient(name: str, dx: Array, shape: tuple[int, ...]) -> None:
    """Raise TargetRaised where a gradient arrives at a position that is left out.

    In a channel whose own positions are NaN it may be NaN: 0 times NaN is.
    """
    rows, keep = np.moveaxis(dx, 1, -1).astype(np.float64), kept(shape)
    whole = np.isfinite(rows[keep]).all(0)
    rest = rows[~keep][:, whole]
    if rest.any():
        worst = rest.flat[np.nan_to_num(np.abs(rest), nan=np.inf).argmax()]
        raise TargetRaised(
            "mask",
            f"{name}: dx is {worst:.3g} at a position that the mask leaves out, but should be 0",
        )
