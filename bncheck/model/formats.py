"""Binary floating-point formats: the constants that every bound is made of."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

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
    stored: name of the format whose dtype holds it, where that is another
    """

    name: str
    unit_roundoff: float
    half_subnormal: np.longdouble
    smallest_normal: np.longdouble
    largest: np.longdouble
    stored: str | None = None

    @property
    def precision(self) -> int:
        """Number of significand bits, the hidden one included."""
        return -round(math.log2(self.unit_roundoff))

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy's dtype of the format, bfloat16 that of ml_dtypes."""
        return _dtype(self.stored or self.name)


@cache
def _dtype(name: str) -> np.dtype[Any]:
    if name != "bfloat16":
        return np.dtype(name)
    # the import of ml_dtypes 0.7 takes half as long as a short run
    import ml_dtypes  # noqa: PLC0415 # as above

    found: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return found


def _format(name: str, precision: int, largest_exponent: int) -> Format:
    """Return a format of IEEE 754-2019, 3.3: p = precision, emax = largest_exponent."""
    # half of float64's smallest number does not exist in float64, hence longdouble; where
    # longdouble is float64 this rounds up to the whole smallest number, which is still a bound
    one, smallest = np.longdouble(1), 1 - largest_exponent - (precision - 1)
    half = np.ldexp(one, smallest - 1)
    return Format(
        name=name,
        unit_roundoff=2.0**-precision,
        half_subnormal=half if half > 0 else np.ldexp(one, smallest),
        smallest_normal=np.ldexp(one, 1 - largest_exponent),
        largest=np.ldexp(2 - np.ldexp(one, 1 - precision), largest_exponent),
    )


def _wide() -> Format:
    info = np.finfo(np.longdouble)
    return Format(
        name="longdouble",
        unit_roundoff=float(2.0 ** -(info.nmant + 1)),
        half_subnormal=np.longdouble(info.smallest_subnormal),
        smallest_normal=np.longdouble(info.smallest_normal),
        largest=np.longdouble(info.max),
    )


FLOAT16 = _format("float16", 11, 15)
BFLOAT16 = _format("bfloat16", 8, 127)
FLOAT32 = _format("float32", 24, 127)
FLOAT64 = _format("float64", 53, 1023)
LONGDOUBLE = _wide()

FORMATS = {f.name: f for f in (FLOAT16, BFLOAT16, FLOAT32, FLOAT64)}


# an answer may be in long double, though nothing is asked in it
_BY_DTYPE = {f.dtype: f for f in (LONGDOUBLE, FLOAT16, FLOAT32, FLOAT64)}


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


@cache
def name_of(dtype: np.dtype[Any]) -> str:
    """Return the name of a dtype, which NumPy makes anew each time that it is asked."""
    return str(dtype.name)


def called(dtype: np.dtype[Any]) -> str:
    """Return what a dtype is called: its name, and its byte order where that is not the usual."""
    return dtype.name if dtype.isnative else f"{dtype.name} in the other byte order"


def is_float(dtype: np.dtype[Any]) -> bool:
    """Whether a dtype holds floating-point numbers, bfloat16 included."""
    return dtype.kind == "f" or is_bfloat16(dtype)


def is_bfloat16(dtype: np.dtype[Any]) -> bool:
    """Whether a dtype is bfloat16, which somebody has imported then."""
    return dtype.kind == "V" and dtype.name == "bfloat16"
