"""Arrays that users give, looked at one by one: what each must be, and what is taken for none.

``where`` is what an error begins with. Each raises UsageError naming what it found and expected.
"""

from __future__ import annotations

import math

import numpy as np

from bncheck.cases.recipe import LARGEST_CASE
from bncheck.errors import UsageError
from bncheck.model.formats import FORMATS, Array
from bncheck.terminal import brief

_SEED = 20150211  # of a cotangent that nobody gave
_DTYPES = ", ".join(FORMATS)


def numbers(where: str, array: Array) -> Array:
    """Return x, a batch of floating-point numbers, in the usual byte order."""
    shape = array.shape
    if not 2 <= array.ndim <= 5:
        raise UsageError(f"{where} has shape {shape}, but should be (m, C) or (N, C, *spatial)")
    if min(shape) < 1:
        raise UsageError(f"{where} has shape {shape}, but should have a value along each axis")
    if array.size > LARGEST_CASE:
        raise UsageError(f"{where} has shape {shape}: more than {LARGEST_CASE:,} values")
    return _floats(where, array)


def cotangent(where: str, array: Array | None, x: Array) -> Array:
    """Return dy, shaped like x; where there is none, the same normally distributed numbers."""
    if array is None:
        # the legacy generator: its numbers are the same in every version of NumPy
        drawn = np.random.RandomState(_SEED).standard_normal(x.shape)
        return drawn.astype(x.dtype)
    if array.shape != x.shape:
        raise UsageError(f"{where} has shape {array.shape}, but should have x's, {x.shape}")
    return _floats(where, array)


def per_channel(where: str, name: str, array: Array | None, x: Array, fill: float) -> Array:
    """Return gamma, beta or a running statistic: a number for each channel."""
    channels = x.shape[1]
    if array is None:
        return np.full(channels, fill, x.dtype)
    if array.shape != (channels,):
        raise UsageError(
            f"{where} has shape {array.shape}, but should be ({channels},): a number for each "
            f"channel of x, which are along axis 1 of its shape {x.shape}"
        )
    array = _floats(where, array)
    if name == "running_var" and (array < 0).any():
        least = float(array[array < 0].min())
        raise UsageError(f"{where} has the entry {least!r}, but no variance is negative")
    return array


def scalar(where: str, name: str, array: Array | None) -> float | None:
    """Return eps, or a momentum, of which NaN stands for a cumulative average."""
    if array is None:
        return None
    if array.size != 1 or array.ndim > 1 or not (_known(array) or array.dtype.kind in "iu"):
        raise UsageError(
            f"{where} has shape {array.shape} and dtype {_called(array)}, but should be one number"
        )
    value = float(array.reshape(()))
    if name == "eps" and not (0 < value < math.inf):
        raise UsageError(f"{where} is {value!r}, but should be positive and finite")
    if name == "momentum" and not (0 <= value <= 1 or math.isnan(value)):
        raise UsageError(f"{where} is {value!r}, but should be in [0, 1], or NaN for a mean of all")
    return value


def _floats(where: str, array: Array) -> Array:
    if not _known(array):
        raise UsageError(
            f"{where} has shape {array.shape} and dtype {_called(array)}, but should be one of "
            f"{_DTYPES}: convert it with .astype(np.float32)"
        )
    native = array.dtype.newbyteorder("=")
    return array if array.dtype.isnative else array.astype(native)


def _known(array: Array) -> bool:
    return array.dtype.name in FORMATS


def _called(array: Array) -> str:
    return brief(array.dtype.name).strip("'\"")
