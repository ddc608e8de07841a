"""Shapes: between the user's ``(N, C, *spatial)`` and the one ``(m, C)`` that formulas are in."""

import math
from typing import Any

import numpy as np

from bncheck.model.formats import Array


def samples(shape: tuple[int, ...]) -> int:
    """Values per channel, ``m = N * prod(spatial)`` (Ioffe & Szegedy 2015, section 3.2)."""
    return shape[0] * math.prod(shape[2:])


def flatten(x: Array) -> Array:
    """``(N, C, *spatial)`` to ``(m, C)``, C-ordered; ``(m, C)`` comes back unchanged."""
    if x.ndim == 2:
        return x
    return x.transpose(0, *range(2, x.ndim), 1).reshape(-1, x.shape[1])


def widened(x: Array, dtype: Any) -> Array:
    """``(N, C, *spatial)`` to ``(m, C)`` in a wider dtype, exactly, and never a view.

    What lies together is the longer of a channel and a row: sums over axis 0, and arithmetic
    with one number for each channel, are then loops over contiguous memory.
    """
    channels = x.shape[1]
    if samples(x.shape) < channels:
        return flatten(x).astype(dtype, order="C")
    if x.ndim == 2:
        return x.astype(dtype, order="F")
    return x.swapaxes(0, 1).astype(dtype, order="C").reshape(channels, -1).T


def magnitude(array: Array) -> Array:
    """``|array|``; NumPy's `fabs` is twice as fast as its `abs` in long double, and slower else."""
    return np.fabs(array) if array.dtype.char == "g" else np.abs(array)


def narrow_magnitude(array: Array) -> Array:
    """``|array|`` in float64, rounded once."""
    if array.dtype == np.float64:
        return np.abs(array)
    narrow = array.astype(np.float64)
    return np.abs(narrow, out=narrow)


def in_c_order(array: Array) -> Array:
    """Copy into a new array in C order.

    `numpy.ascontiguousarray` leaves an axis of length 1 with whatever stride it had, even a
    negative one; frameworks read the memory layout off it, or refuse it.
    """
    return np.array(array, order="C")


def unflatten(flat: Array, shape: tuple[int, ...]) -> Array:
    """Undo `flatten`: ``(m, C)`` to ``(N, C, *spatial)``, contiguous in C order.

    A copy, so that the strides of axes of length 1 are the usual ones too: frameworks read the
    memory layout off them.
    """
    if len(shape) == 2:
        return in_c_order(flat)
    n, channels, spatial = shape[0], shape[1], shape[2:]
    return np.moveaxis(flat.reshape(n, *spatial, channels), -1, 1).copy(order="C")


def per_channel(values: Array, rank: int) -> Array:
    """Reshape ``(C,)`` so that it broadcasts against ``(N, C, *spatial)`` of that rank."""
    return values.reshape(1, -1, *(1,) * (rank - 2))


def as_wide(array: Any, dtype: Any) -> Array:
    """Convert to a wider float dtype exactly (bfloat16 included)."""
    return np.asarray(array).astype(dtype)
