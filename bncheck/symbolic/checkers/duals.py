"""Dual numbers over the rationals: exact derivatives without rules on trees.

A value is a polynomial in nilpotent tags (tag^2 = 0), one tag for each derivative around it, and
the derivative is the coefficient of its tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from math import isqrt, prod

Tags = frozenset[int]
PLAIN: Tags = frozenset()
NONE: Mapping[Tags, Fraction] = {}
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(slots=True)  # not frozen: millions are made, and freezing doubles what one costs
class Dual:
    """A rational plus multiples of products of nilpotent tags; ``parts`` are these multiples."""

    real: Fraction
    parts: Mapping[Tags, Fraction]

    @staticmethod
    def of(value: Fraction | int) -> Dual:
        """Return a plain number."""
        return Dual(value if isinstance(value, Fraction) else Fraction(value), NONE)

    def __add__(self, other: Dual) -> Dual:
        real = self.real + other.real
        if not other.parts:
            return Dual(real, self.parts)
        total = dict(self.parts)
        for t, c in other.parts.items():
            total[t] = total[t] + c if t in total else c
        return Dual(real, total)

    def __mul__(self, other: Dual) -> Dual:
        real = self.real * other.real
        if not self.parts and not other.parts:
            return Dual(real, NONE)
        product = {t: c * other.real for t, c in self.parts.items()}
        for t, c in other.parts.items():
            product[t] = product[t] + self.real * c if t in product else self.real * c
        for s, a in self.parts.items():
            for t, b in other.parts.items():
                if not s & t:  # a tag squared is zero
                    both = s | t
                    product[both] = product[both] + a * b if both in product else a * b
        return Dual(real, product)

    def coefficient(self, tag: int) -> Dual:
        """Return the derivative: what stands beside the tag."""
        found = {t - {tag}: c for t, c in self.parts.items() if tag in t}
        return Dual(found.pop(PLAIN, ZERO), found)

    def power(self, exponent: Fraction) -> Dual:
        """Raise to a whole or half exponent by the binomial series, which ends."""
        if not self.parts:
            return Dual(rational_power(self.real, exponent), NONE)
        if exponent.denominator == 1 and exponent > 0:  # the series divides by what may be 0
            return prod(repeat(self, int(exponent)), start=Dual.of(1))
        first = rational_power(self.real, exponent)
        small = Dual(ZERO, self.parts)
        result, term, factor = Dual.of(first), Dual.of(1), first
        for n in range(1, 1 + len(frozenset().union(*self.parts))):
            term = term * small
            factor = factor * (exponent - n + 1) / n / self.real if self.real else factor * 0
            result = result + Dual.of(factor) * term
        return result


class NotSquare(Exception):
    """A radicand whose root is not rational at this point."""


def rational_power(base: Fraction, exponent: Fraction) -> Fraction:
    """Raise to a whole or half exponent.

    Raises NotSquare for a root that is not rational.
    """
    if exponent.denominator == 1:
        return base ** int(exponent)
    if base <= 0:
        raise NotSquare
    top, bottom = isqrt(base.numerator), isqrt(base.denominator)
    if top**2 != base.numerator or bottom**2 != base.denominator:
        raise NotSquare
    return Fraction(top, bottom) ** int(2 * exponent)
