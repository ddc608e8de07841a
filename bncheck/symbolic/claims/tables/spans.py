"""Intervals of real numbers with rational ends, each open or closed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Span:
    """The numbers between two ends; an end that is None is infinite."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    @property
    def empty(self) -> bool:
        """Whether no number is in it."""
        if self.low is None or self.high is None or self.low < self.high:
            return False
        return self.low > self.high or self.low_open or self.high_open

    def __contains__(self, value: Fraction) -> bool:
        """Whether a rational is in it."""
        low, high = self.low, self.high
        if low is not None and (value < low or (self.low_open and value == low)):
            return False
        return high is None or value < high or (not self.high_open and value == high)

    def meet(self, other: Span) -> Span:
        """Return what both have in common."""
        low, low_open = _inner(self.low, self.low_open, other.low, other.low_open, 1)
        high, high_open = _inner(self.high, self.high_open, other.high, other.high_open, -1)
        return Span(low, high, low_open, high_open)

    def mirrored(self) -> Span:
        """Return the numbers whose negatives are in it."""
        low = None if self.high is None else -self.high
        high = None if self.low is None else -self.low
        return Span(low, high, self.high_open, self.low_open)

    def solved(self, factor: Fraction, offset: Fraction) -> Span:
        """Return the v for which factor v + offset is in it."""
        if factor == 0:
            return POSSIBLE if offset in self else NOTHING
        if factor < 0:
            return self.mirrored().solved(-factor, -offset)
        low = None if self.low is None else (self.low - offset) / factor
        high = None if self.high is None else (self.high - offset) / factor
        return Span(low, high, self.low_open, self.high_open)

    def has_root(self, square: Fraction) -> bool:
        """Whether the square root of a number >= 0 is in it: ends >= 0 are compared squared."""
        return square in self.squares()

    def squares(self) -> Span:
        """Return the squares of those numbers in it that are not negative."""
        part = self.meet(Span(Fraction(0)))
        if part.empty:
            return NOTHING
        low, high = part.low or Fraction(0), part.high
        return Span(low**2, None if high is None else high**2, part.low_open, part.high_open)


POSSIBLE = Span()
NOTHING = Span(Fraction(1), Fraction(0))
POSITIVE = Span(Fraction(0), None, low_open=True)


def _inner(
    a: Fraction | None, a_open: bool, b: Fraction | None, b_open: bool, sign: int
) -> tuple[Fraction | None, bool]:
    """Return the end that is further inside: the larger of lower ends (1), the less of upper."""
    if a is None or b is None:
        return (b, b_open) if a is None else (a, a_open)
    if a == b:
        return a, a_open or b_open
    return (a, a_open) if (a > b) == (sign > 0) else (b, b_open)


def dividing(value: Fraction, quotients: Span) -> Span:
    """Return the s > 0 for which value / s is among the quotients.

    For value > 0: s = value / q with 0 < q, so that low <= q <= high is value / high <= s <=
    value / low; without an upper end of q, s comes as near to 0 as one likes.
    """
    if value == 0:
        return POSITIVE if value in quotients else NOTHING
    if value < 0:
        return dividing(-value, quotients.mirrored())
    part = quotients.meet(POSITIVE)
    if part.empty:
        return NOTHING
    low = Fraction(0) if part.high is None else value / part.high
    high = value / part.low if part.low else None
    return Span(low, high, part.high_open or low == 0, part.low_open)
