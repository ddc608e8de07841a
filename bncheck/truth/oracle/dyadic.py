"""Exact numbers for the oracle: integers times powers of two, and their one rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.model.formats import Array

ROOT_BITS = 256


@dataclass(frozen=True)
class Dyadics:
    """Integers times ``2^exponent``: a column of finite floats, exactly."""

    integers: list[int]
    exponent: int

    @staticmethod
    def of(column: Array) -> Dyadics:
        """Write the floats of a 1-d array over their largest denominator."""
        ratios = [t.as_integer_ratio() for t in column]
        places = [int(d).bit_length() - 1 for _, d in ratios]  # denominators are powers of two
        most = max(places)
        integers = [int(n) << (most - p) for (n, _), p in zip(ratios, places, strict=True)]
        return Dyadics(integers, -most)

    def repeated(self, count: int) -> Dyadics:
        """So many of the one number that it is; itself where it is as many already."""
        return (
            self if len(self.integers) == count else Dyadics(self.integers * count, self.exponent)
        )

    def times(self, other: Dyadics) -> Dyadics:
        """Products, entry by entry; one number stands for as many as the other has."""
        own = self.repeated(len(other.integers)).integers
        products = [a * b for a, b in zip(own, other.integers, strict=True)]
        return Dyadics(products, self.exponent + other.exponent)


def inverse_root(numerator: int, denominator: int, exponent: int) -> tuple[int, int]:
    """Return ``1/sqrt(numerator/denominator 2^exponent)`` as (integer, exponent).

    The argument is positive. The relative error is below ``2^-ROOT_BITS``.
    """
    missing = 2 * ROOT_BITS + 4 + numerator.bit_length() - denominator.bit_length()
    shift = max(missing, 0)
    shift += (shift + exponent) % 2
    return math.isqrt((denominator << shift) // numerator), -(exponent + shift) // 2


def rounded(
    numerators: Sequence[int], denominator: int, exponent: int, wide: np.dtype[Any]
) -> Array:
    """Return ``numerators / denominator 2^exponent`` in the dtype, each within 1.25 u relative.

    A quotient is truncated to at least 66 bits, an error of 2^-65 relative or at most u/2 for
    longdouble and less for float64, cut into two halves that floats hold exactly, and rounded
    once when they are added.
    """
    high, low, places = [], [], []
    bits = denominator.bit_length() + 67
    for n in numerators:
        shift = bits - n.bit_length()
        quotient = (abs(n) << shift if shift >= 0 else abs(n) >> -shift) // denominator
        sign = -1 if n < 0 else 1
        high.append(float(sign * (quotient >> 32)))
        low.append(float(sign * (quotient & 0xFFFFFFFF)))
        places.append(exponent - shift)
    total = np.array(high).astype(wide) * wide.type(2**32) + np.array(low).astype(wide)
    return np.asarray(np.ldexp(total, np.array(places, np.int32)))


def rounded_sums(
    products: Sequence[int], denominator: int, exponent: int, added: Dyadics, wide: np.dtype[Any]
) -> Array:
    """Return ``products / denominator 2^exponent + added``, each rounded once."""
    least = min(exponent, added.exponent)
    place, lift = added.exponent - least, exponent - least
    offsets = [denominator * a << place for a in added.repeated(len(products)).integers]
    sums = [(p << lift) + offset for p, offset in zip(products, offsets, strict=True)]
    return rounded(sums, denominator, least, wide)
