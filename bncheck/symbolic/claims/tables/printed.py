"""A number as somebody printed it, and the numbers that are printed so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import ceil, floor, isqrt

from bncheck.symbolic.claims.tables.spans import NOTHING, Span

ROUNDED, CUT = "rounded", "cut"
MODES = (ROUNDED, CUT)

PRECISION = 2000
"""Bits after the point: the factor is less than 10^400, and a unit is no less than 10^-150."""

_DECIMAL = re.compile(r"[+-]?[0-9]*(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")


@dataclass(frozen=True)
class Printed:
    """A printed number."""

    text: str
    value: Fraction
    unit: Fraction
    """What its last digit counts; 0 for a fraction like 1/3, which is exact."""

    @property
    def decimals(self) -> int:
        """How many digits it has after the point, written without an exponent."""
        return next((n for n in count() if self.unit * 10**n >= 1), 0) if self.unit else 0

    def should_be(self, value: Root, mode: str) -> str:
        """Return another number as this one is printed: to the same unit, in the same notation."""
        unit = self.unit or Fraction(1, 10**6)
        if not self.unit and value.square == 0:
            return str(value.offset)
        mantissa, mark, exponent = self.text.lower().partition("e")
        digits = len(mantissa.partition(".")[2]) if self.unit else 6
        count, power = value.whole(unit, mode), int(exponent or 0)
        while mark and abs(count) >= 10 ** (digits + 1):
            power += 1
            count = value.whole(Fraction(10) ** (power - digits), mode)
        text = str(abs(count)).rjust(digits + 1, "0")
        text = f"{text[:-digits]}.{text[-digits:]}" if digits else text
        return f"{'-' * (count < 0)}{text}{f'e{power}' if mark else ''}"

    def cell(self, mode: str) -> Span:
        """Return the numbers that are printed so, rounded or cut."""
        return kept_in(Span(self.value, self.value), self.unit, mode)


@dataclass(frozen=True)
class Root:
    """The number offset + factor sqrt(square)."""

    offset: Fraction
    factor: Fraction = Fraction(0)
    square: Fraction = Fraction(0)

    def within(self, span: Span) -> bool:
        """Whether it is in an interval."""
        if self.factor == 0:
            return self.offset in span
        return span.solved(self.factor, self.offset).has_root(self.square)

    def whole(self, unit: Fraction, mode: str) -> int:
        """Return how many units it is, rounded or cut."""
        # a root that is near enough to be off by one unit at most; `within` decides
        near = Fraction(isqrt(floor(self.square * 4**PRECISION)), 2**PRECISION)
        guess = round((self.offset + self.factor * near) / unit)
        counts = sorted(range(guess - 2, guess + 3), key=abs, reverse=mode == ROUNDED)
        spans = ((k, kept_in(Span(k * unit, k * unit), unit, mode)) for k in counts)
        return next((k for k, span in spans if self.within(span)), guess)


def read(text: str) -> Printed:
    """Read a number that `numbers.check` has let pass.

    In 1.2e-3 the last digit counts 10^-4: the digits after the point, less the exponent.
    """
    text = text.strip()
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return Printed(text, Fraction(text), Fraction(0))
    digits, exponent = match.groups()
    return Printed(text, Fraction(text), Fraction(10) ** (int(exponent or 0) - len(digits or "")))


def column(texts: Iterable[str]) -> tuple[Printed, ...]:
    """Read a column."""
    return tuple(map(read, texts))


def kept_in(kept: Span, unit: Fraction, mode: str) -> Span:
    """Return the numbers which, rounded or cut to whole units, are in a bounded interval.

    Let the whole numbers k with k unit in the interval be those from a to b. Rounded to one of them
    is what lies from (a - 1/2) unit to (b + 1/2) unit; both ends count, since a tie goes up by one
    custom, to even by another, and either way where it was computed in binary. Cut, which is
    towards zero, k > 0 is what [k, k + 1) is cut to, k < 0 what (k - 1, k] is, 0 what (-1, 1) is.
    """
    if unit == 0 or kept.low is None or kept.high is None or kept.empty:
        return kept
    first, last = ceil(kept.low / unit), floor(kept.high / unit)
    first += kept.low_open and first * unit == kept.low
    last -= kept.high_open and last * unit == kept.high
    if first > last:
        return NOTHING
    if mode == ROUNDED:
        half = Fraction(1, 2)
        return Span((first - half) * unit, (last + half) * unit)
    low = first if first > 0 else first - 1
    high = last if last < 0 else last + 1
    return Span(low * unit, high * unit, first <= 0, last >= 0)
