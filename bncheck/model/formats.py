"""Binary floating-point formats: the constants that every bound is made of."""

import math
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt

from bncheck.errors import UsageError

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Format:
    """One floating-point format, rounding to nearest with gradual underflow (IEEE 754-2019, 3.3).

    unit_roundoff: half the distance from 1 to the next number: ``fl(t) = t (1 + d)``, ``|d| <= u``
    half_subnormal: half the smallest positive number: the largest absolute error of a result
        that underflows
    smallest_normal, largest: the range in which the relative model holds
    """

    name: str
    dtype: np.dtype[Any]
    unit_roundoff: float
    half_subnormal: np.longdouble
    smallest_normal: np.longdouble
    largest: np.longdouble

    @property
    def precision(self) -> int:
        """Number of significand bits, the hidden one included."""
        return -round(math.log2(self.unit_roundoff))


def _format(name: str, dtype: np.dtype[Any]) -> Format:
    info = ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call] # ml_dtypes types it loosely
    one = np.longdouble(1)
    # half of float64's smallest number does not exist in float64, hence longdouble; where
    # longdouble is float64 this rounds up to the whole smallest number, which is still a bound
    half = np.longdouble(info.smallest_subnormal) / 2
    return Format(
        name=name,
        dtype=dtype,
        unit_roundoff=float(2.0 ** -(info.nmant + 1)),
        half_subnormal=half if half > 0 else np.longdouble(info.smallest_subnormal),
        smallest_normal=one * np.longdouble(info.smallest_normal),
        largest=one * np.longdouble(info.max),
    )


def _wide() -> Format:
    info = np.finfo(np.longdouble)
    return Format(
        name="longdouble",
        dtype=np.dtype(np.longdouble),
        unit_roundoff=float(2.0 ** -(info.nmant + 1)),
        half_subnormal=np.longdouble(info.smallest_subnormal),
        smallest_normal=np.longdouble(info.smallest_normal),
        largest=np.longdouble(info.max),
    )


FLOAT16 = _format("float16", np.dtype(np.float16))
BFLOAT16 = _format("bfloat16", np.dtype(ml_dtypes.bfloat16))
FLOAT32 = _format("float32", np.dtype(np.float32))
FLOAT64 = _format("float64", np.dtype(np.float64))
LONGDOUBLE = _wide()

FORMATS = {f.name: f for f in (FLOAT16, BFLOAT16, FLOAT32, FLOAT64)}


# an answer may be in long double, though nothing is asked in it
_BY_DTYPE = {f.dtype: f for f in (LONGDOUBLE, *FORMATS.values())}


def format_of(dtype: object) -> Format:
    """Return the format of a NumPy dtype or of a name such as ``"bfloat16"``.

    Raises UsageError for a dtype that bncheck does not check.
    """
    if isinstance(dtype, np.dtype) and dtype in _BY_DTYPE:  # the way that is taken per case
        return _BY_DTYPE[dtype]
    name = dtype if isinstance(dtype, str) else np.dtype(dtype).name  # type: ignore[call-overload] # any object that numpy takes as a dtype
    try:
        return FORMATS[name]
    except KeyError:
        known = ", ".join(FORMATS)
        raise UsageError(f"dtype={name!r}, but should be one of {known}") from None


def called(dtype: np.dtype[Any]) -> str:
    """Return what a dtype is called: its name, and its byte order where that is not the usual."""
    return dtype.name if dtype.isnative else f"{dtype.name} in the other byte order"


def is_float(dtype: np.dtype[Any]) -> bool:
    """Whether a dtype holds floating-point numbers, bfloat16 included."""
    return dtype.kind == "f" or dtype == BFLOAT16.dtype
