"""Numbers that are rounded or cut to some digits before they are used, exactly.

A number is a rational, or the square root of one. Whole units in a root are counted without
computing it: floor(sqrt(q) / u) = isqrt(floor(q / u^2)), as both sides are the largest k >= 0 with
k^2 u^2 <= q.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import isqrt

from bncheck.symbolic.claims.tables.printed import CUT, ROUNDED

HALF_EVEN = "rounded, halves to even,"
DECIMALS, SIGNIFICANT = "decimals", "significant digits"


@dataclass(frozen=True)
class Keep:
    """So many digits are kept."""

    digits: int
    kind: str = DECIMALS
    mode: str = ROUNDED

    def __str__(self) -> str:
        """Say it, as what was done to a number."""
        kind = self.kind if self.digits > 1 else self.kind.removesuffix("s")
        return f"{self.mode} to {self.digits} {kind}"

    def __call__(self, value: Fraction) -> Fraction:
        """Keep the digits of a rational."""
        root = self.of_root(value**2)
        return root if value >= 0 else -root

    def of_root(self, square: Fraction) -> Fraction:
        """Keep the digits of a square root: signs aside, every number is the root of its square."""
        unit = self.unit(square)
        return whole(square, unit, self.mode) * unit

    def unit(self, square: Fraction) -> Fraction:
        """Return what the last digit counts that is kept of a square root."""
        if self.kind == DECIMALS or square == 0:
            return Fraction(1, 10**self.digits)
        return Fraction(10) ** (_leading(square) + 1 - self.digits)


def whole(square: Fraction, unit: Fraction, mode: str = ROUNDED) -> int:
    """Return how many units are in a square root, rounded or cut."""
    ratio = square / unit**2
    if mode == CUT:
        return _isqrt(ratio)
    # floor(t + 1/2) = floor((floor(2 t) + 1) / 2)
    count = (_isqrt(4 * ratio) + 1) // 2
    tie = ratio == (count - Fraction(1, 2)) ** 2
    return count - 1 if mode == HALF_EVEN and tie and count % 2 else count


def _isqrt(value: Fraction) -> int:
    return isqrt(value.numerator // value.denominator)


def _leading(square: Fraction) -> int:
    """Return the e with 10^e <= sqrt(square) < 10^(e + 1)."""
    # square < 2^bits, and log10(2) < 0.30103: the start is no less than e, the steps are exact
    bits = square.numerator.bit_length() - square.denominator.bit_length() + 1
    e = bits * 30103 // 200000 + 1
    while square < Fraction(10) ** (2 * e):
        e -= 1
    return e


def in_digits(value: Fraction, digits: int, up: bool | None = None) -> str:
    """Write a number with so many significant digits: rounded up, down, or to the nearest."""
    rounding = ROUND_HALF_UP if up is None else ROUND_CEILING if up else ROUND_FLOOR
    context = Context(prec=digits, rounding=rounding)
    number = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{number.normalize(context):g}".lower()
