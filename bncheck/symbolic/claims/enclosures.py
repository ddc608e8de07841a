"""Values of expressions at rational points where roots are irrational: proved intervals.

A number is enclosed by two whole multiples of 2^-bits; sums are exact, products, quotients and
square roots (by whole-number roots) are rounded outwards. Two values are called different only
where their intervals have no number in common, which proves it; values that merely look alike are
looked at with more bits, and are never called equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt

from bncheck.symbolic.checkers.points import Point
from bncheck.symbolic.expression import (
    Add,
    Delta,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    Symbol,
    ordered_indices,
)
from bncheck.symbolic.work import NODE, step

PRECISIONS = (64, 256)
"""Bits after the point: what is equal is looked at twice, what is different nearly always once."""

DIGITS = (10, 30, 70)
"""Digits after the point: as few as show a difference."""


class OutOfDomain(Exception):
    """A root of what is not positive, or a division by what may be zero."""


@dataclass(slots=True)  # not frozen: millions are made, and freezing doubles what one costs
class Enclosure:
    """All numbers from ``low`` to ``high``, in units of 2^-bits."""

    low: int
    high: int
    bits: int

    @staticmethod
    def of(value: Fraction, bits: int) -> Enclosure:
        """Enclose a rational number."""
        top, bottom = value.numerator << bits, value.denominator
        return Enclosure(top // bottom, -(-top // bottom), bits)

    def __add__(self, other: Enclosure) -> Enclosure:
        return Enclosure(self.low + other.low, self.high + other.high, self.bits)

    def __mul__(self, other: Enclosure) -> Enclosure:
        low, high, bits = self.low, self.high, self.bits
        if low >= 0 and other.low >= 0:
            return Enclosure(low * other.low >> bits, -(-high * other.high >> bits), bits)
        ends = (low * other.low, low * other.high, high * other.low, high * other.high)
        return Enclosure(min(ends) >> bits, -(-max(ends) >> bits), bits)

    def power(self, exponent: Fraction) -> Enclosure:
        """Raise to a whole or half exponent.

        Raises OutOfDomain for the root of what is not positive, and for 1 over what may be 0.
        """
        if exponent.denominator == 2:
            return self._root().power(2 * exponent)
        if exponent < 0:
            return self._inverse().power(-exponent)
        times = exponent.numerator
        base = self._magnitude() if times % 2 == 0 else self
        result = base if times else Enclosure.of(Fraction(1), self.bits)
        for _ in range(times - 1):
            result = result * base
        return result

    def _magnitude(self) -> Enclosure:
        ends = (abs(self.low), abs(self.high))
        least = 0 if self.low <= 0 <= self.high else min(ends)
        return Enclosure(least, max(ends), self.bits)

    def _inverse(self) -> Enclosure:
        if self.low <= 0 <= self.high:
            raise OutOfDomain
        one = 1 << 2 * self.bits
        return Enclosure(one // self.high, -(-one // self.low), self.bits)

    def _root(self) -> Enclosure:
        if self.low <= 0:
            raise OutOfDomain
        low, high = self.low << self.bits, self.high << self.bits
        return Enclosure(isqrt(low), isqrt(high - 1) + 1, self.bits)

    def decimal(self, digits: int) -> str:
        """Return a decimal, off by less than one unit of its last digit; shorter if need be."""
        while digits and (self.high - self.low) * 10**digits > 1 << self.bits:
            digits -= 1
        unit = Fraction(self.low + self.high, 2 << self.bits)
        shown = round(unit * 10**digits)
        whole, rest = divmod(abs(shown), 10**digits)
        fraction = f".{rest:0{digits}}" if digits else ""
        return f"{'-' if shown < 0 else ''}{whole}{fraction}"


Places = Mapping[Index, int]


@dataclass(frozen=True, eq=False)
class Page:
    """The values of expressions without derivatives at one point, enclosed."""

    point: Point
    bits: int
    known: dict[tuple[int, tuple[int, ...]], Enclosure] = field(default_factory=dict)

    def value(self, node: Expr, places: Places) -> Enclosure:
        """Enclose the value of a node at given places of its free indices.

        Raises OutOfDomain where it has none, or none that this many bits can tell.
        """
        here = tuple(places[x] for x in ordered_indices(node))
        key = (id(node), here)
        if key not in self.known:
            step(NODE + len(node.children))
            self.known[key] = self._value(node, places)
        return self.known[key]

    def _value(self, node: Expr, places: Places) -> Enclosure:
        match node:
            case Number(value):
                return self._number(value)
            case Symbol():
                return self._number(self.point.symbol(node))
            case Element(name, indices):
                return self._number(self.point.element(name, _at(indices, places)))
            case Delta(left, right):
                return self._number(Fraction(len(set(_at((left, right), places))) == 1))
            case Named(_, _, body):
                return self.value(body, places)
            case Add((first, *terms)):
                total = self.value(first, places)
                for term in terms:
                    total = total + self.value(term, places)
                return total
            case Mul((first, *factors)):
                product = self.value(first, places)
                for factor in factors:
                    product = product * self.value(factor, places)
                return product
            case Power(base, exponent):
                return self.value(base, places).power(exponent)
            case Sum(index, body):
                total = self._number(Fraction(0))
                for at in range(1, self.point.sizes[index.size] + 1):
                    total = total + self.value(body, {**places, index: at})
                return total
        raise TypeError(f"not a node without derivatives: {node!r}")

    def _number(self, value: Fraction) -> Enclosure:
        return Enclosure.of(value, self.bits)


def _at(indices: tuple[Index | int, ...], places: Places) -> tuple[int, ...]:
    return tuple(x if isinstance(x, int) else places[x] for x in indices)


def told_apart(
    left: Expr, right: Expr, point: Point, places: Places
) -> tuple[Enclosure, Enclosure] | None:
    """Return enclosures of both sides that have no number in common, or ``None``.

    Raises OutOfDomain where a side has no value.
    """
    for bits in PRECISIONS:
        first, second = _both(left, right, Page(point, bits), places)
        if first.high < second.low or second.high < first.low:
            return _both(left, right, Page(point, PRECISIONS[-1]), places)
    return None


def _both(left: Expr, right: Expr, page: Page, places: Places) -> tuple[Enclosure, Enclosure]:
    return page.value(left, places), page.value(right, places)


def in_digits(first: Enclosure, second: Enclosure) -> tuple[str, str]:
    """Return both values in as many digits as show that they differ."""
    shown = ("", "")
    for digits in DIGITS:
        shown = (first.decimal(digits), second.decimal(digits))
        if shown[0] != shown[1]:
            break
    return shown
