"""Arrays of double-double numbers: the wider format of machines whose long double is a double.

A number is an unevaluated sum ``high + low`` of float64, ``|low| <= u |high|``, u = 2^-53. The
sum and the product of two float64 are such a pair exactly (Knuth's two_sum; Dekker's two_prod
with Veltkamp's split). Relative errors of one operation, all below ``16 u^2 = 2^-102``:

    sum          3 u^2 + 13 u^3    Joldes, Muller & Popescu 2017, Theorem 3.1 (algorithm 6)
    product      5 u^2             the same, Theorem 5.1 (algorithm 10, low parts left out)
    quotient     15 u^2 + 56 u^3   the same, Theorem 6.1 (algorithm 17)
    square root  see `Pairs.sqrt`, 6 u^2

A sum of m terms is m - 1 such sums, in halves. Where a part of a product is subnormal, 2^-1075
is lost for each of at most 8 roundings: `FORMAT` has these constants, with a factor 2 to spare
for ``gamma_k`` in place of ``k u``, as these operations do not round to nearest.
The quotient and the root lose more where a divisor or w is below `LEAST`, and the split overflows
above `MOST`: such cases are for the exact oracle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.model.formats import FLOAT64, Array, Format

_SPLITTER = float(2**27 + 1)
# the fourth power of a number of this size, times 2^100, is far from the ends of the range
LEAST, MOST = 2.0**-200, 2.0**200

FORMAT = Format(
    name="double-double",
    unit_roundoff=2.0**-101,
    half_subnormal=np.longdouble(2.0**-1071),
    smallest_normal=FLOAT64.smallest_normal,
    largest=FLOAT64.largest,
    stored="float64",
)


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """Return the rounded sum and its error, exactly (Knuth 1969)."""
    total = a + b
    b_part = total - a
    return total, (a - (total - b_part)) + (b - b_part)


def fast_two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """Do the same where ``|a| >= |b|`` or a = 0 (Dekker 1971)."""
    total = a + b
    return total, b - (total - a)


def two_prod(a: Array, b: Array) -> tuple[Array, Array]:
    """Return the rounded product and its error, exactly where nothing underflows (Dekker 1971)."""
    product = a * b
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def _split(a: Array) -> tuple[Array, Array]:
    """Veltkamp: two halves of at most 26 bits, whose products are exact."""
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high


@dataclass(frozen=True, eq=False)
class Pairs:
    """An array of double-double numbers, for the formulas of `bncheck.truth.derived`."""

    high: Array
    low: Array

    @staticmethod
    def of(array: Any) -> Pairs:
        """Take numbers of float64 as they are."""
        high = np.asarray(array, np.float64)
        return Pairs(high, np.zeros_like(high))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self.high.shape

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **_: Any) -> Any:
        """Take roots; nothing else is asked for by NumPy's own functions."""
        return self.sqrt() if ufunc is np.sqrt and method == "__call__" else NotImplemented

    def __add__(self, other: Any) -> Pairs:
        """Algorithm 6 (AccurateDWPlusDW)."""
        other = _pairs(other)
        high, error = two_sum(self.high, other.high)
        low, rest = two_sum(self.low, other.low)
        high, error = fast_two_sum(high, error + low)
        return Pairs(*fast_two_sum(high, rest + error))

    __radd__ = __add__

    def __neg__(self) -> Pairs:
        """Exact."""
        return Pairs(-self.high, -self.low)

    def __sub__(self, other: Any) -> Pairs:
        """See `__add__`."""
        return self + (-_pairs(other))

    def __mul__(self, other: Any) -> Pairs:
        """Algorithm 10 (DWTimesDW1)."""
        other = _pairs(other)
        high, error = two_prod(self.high, other.high)
        return Pairs(*fast_two_sum(high, error + (self.high * other.low + self.low * other.high)))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Pairs:
        """Algorithm 17 (DWDivDW2): the quotient of the high parts, and that of what is left."""
        other = _pairs(other)
        first = self.high / other.high
        product, error = two_prod(first, other.high)
        product, error = fast_two_sum(product, error + first * other.low)
        left = (self.high - product) + (self.low - error)
        return Pairs(*fast_two_sum(first, left / other.high))

    def __rtruediv__(self, other: Any) -> Pairs:
        """See `__truediv__`."""
        return _pairs(other) / self

    def sqrt(self) -> Pairs:
        """One step of Newton from ``s = fl(sqrt(high))``: ``s + (a - s^2) / (2 s)``.

        With root = sqrt(a) and s = root (1 + d), ``|d| <= 1.5 u`` (of fl, and of low), the step
        gives ``root (1 + d^2/(2 + 2 d))``: 1.2 u^2. ``high - square`` is exact (Sterbenz); taking
        the error off rounds a number of at most 2 u a, adding low one of 3 u a: 5 u^2 a, divided
        by 2 root, are 2.5 u^2. The quotient, at most 1.5 u root, is rounded: 1.5 u^2. The last sum
        is exact.
        """
        s = np.sqrt(self.high)
        square, error = two_prod(s, s)
        left = ((self.high - square) - error) + self.low
        step = np.divide(left, 2 * s, out=0 * s, where=s != 0)
        return Pairs(*fast_two_sum(s, step))

    def sum(self, axis: int) -> Pairs:
        """Sum along the first axis, the halves of it added until one row is left."""
        high, low = np.moveaxis(self.high, axis, 0), np.moveaxis(self.low, axis, 0)
        rows = Pairs(high, low)
        while (count := rows.shape[0]) > 1:
            half = count // 2
            added = rows[:half] + rows[half : 2 * half]
            rows = added.joined(rows[2 * half :])
        return rows[0]

    def __getitem__(self, index: Any) -> Pairs:
        """Return some of the rows."""
        return Pairs(self.high[index], self.low[index])

    def joined(self, other: Pairs) -> Pairs:
        """Return the rows of both."""
        return Pairs(np.concatenate([self.high, other.high]), np.concatenate([self.low, other.low]))


def _pairs(value: Any) -> Pairs:
    return value if isinstance(value, Pairs) else Pairs.of(value)
