"""Rational functions over a polynomial ring of SymPy, with denominators kept in factors.

Sums take the least common denominator of what is known to be a factor; no greatest common
divisor is computed, which is what makes SymPy's own fractions slow here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyElement, PolyRing

MAX_TERMS = 200_000


@dataclass(frozen=True)
class Quotient:
    """A polynomial over a product of powers of polynomials."""

    top: Any  # PolyElement: SymPy ships no types
    bottom: Mapping[Any, int]

    @property
    def ring(self) -> PolyRing:
        """The ring that both parts are of."""
        return self.top.ring

    def __add__(self, other: Quotient) -> Quotient:
        if self.bottom == other.bottom:
            return Quotient(self.top + other.top, self.bottom)
        common = {
            factor: max(self.bottom.get(factor, 0), other.bottom.get(factor, 0))
            for factor in {**self.bottom, **other.bottom}
        }
        return Quotient(self._over(common) + other._over(common), common)

    def _over(self, common: Mapping[Any, int]) -> Any:
        """Return what stands over the common denominator."""
        top = self.top
        for factor, exponent in common.items():
            missing = exponent - self.bottom.get(factor, 0)
            if missing:
                top = top * factor**missing
        return top

    def __neg__(self) -> Quotient:
        return Quotient(-self.top, self.bottom)

    def __sub__(self, other: Quotient) -> Quotient:
        return self + -other

    def __mul__(self, other: Quotient) -> Quotient:
        bottom = dict(self.bottom)
        for factor, exponent in other.bottom.items():
            bottom[factor] = bottom.get(factor, 0) + exponent
        return _cancelled(_times(self.top, other.top), bottom)

    def __pow__(self, exponent: int) -> Quotient:
        if exponent < 0:
            return self.inverse() ** -exponent
        return Quotient(self.top**exponent, {f: e * exponent for f, e in self.bottom.items()})

    def inverse(self) -> Quotient:
        """Return 1 over this. Raises ZeroDivisionError for zero."""
        if not self.top:
            raise ZeroDivisionError
        exponents, rest = _content(self.top)
        factors = {self.ring.gens[at]: e for at, e in enumerate(exponents) if e}
        top = self.ring.one
        for factor, exponent in self.bottom.items():
            top = top * factor**exponent
        if rest.is_ground:
            return _cancelled(top * (1 / rest.LC), factors)
        return _cancelled(top * (1 / rest.LC), {**factors, rest.monic(): 1})

    def diff(self, generator: Any) -> Quotient:
        """Return the partial derivative by a generator."""
        result = Quotient(self.top.diff(generator), self.bottom)
        for factor, exponent in self.bottom.items():
            inner = factor.diff(generator)
            if inner:
                bottom = {**self.bottom, factor: exponent + 1}
                result = result + Quotient(self.top * inner * -exponent, bottom)
        return result

    def divided(self, other: Quotient) -> Quotient | None:
        """Return this over the other where its numerator divides this one's, else ``None``."""
        ratio, rest = self.top.div(other.top)
        if rest:
            return None
        return (Quotient(ratio, self.bottom) * other._bottom()).cancelled()

    def cancelled(self) -> Quotient:
        """Return the same with every factor of the denominator cancelled as far as it goes."""
        top, bottom = self.top, dict(self.bottom)
        for factor in self.bottom:
            while bottom[factor]:
                quotient, rest = top.div(factor)
                if rest:
                    break
                top, bottom[factor] = quotient, bottom[factor] - 1
        return Quotient(top, {f: e for f, e in bottom.items() if e})

    def _bottom(self) -> Quotient:
        """Return the denominator."""
        top = self.ring.one
        for factor, exponent in self.bottom.items():
            top = top * factor**exponent
        return Quotient(top, {})

    def compose(self, values: Mapping[Any, Quotient]) -> Quotient:
        """Put quotients in place of generators."""
        result = _composed(self.top, values)
        for factor, exponent in self.bottom.items():
            result = result * _composed(factor, values) ** -exponent
        return result

    def has(self, generator: Any) -> bool:
        """Whether a generator occurs."""
        at = self.ring.gens.index(generator)
        return any(monomial[at] for p in (self.top, *self.bottom) for monomial in p)

    def monomial_root(self, positive: frozenset[Any]) -> Quotient | None:
        """Return the root, if this is the square of a product of positive generators."""
        parts = [(self.top, 1), *((factor, -e) for factor, e in self.bottom.items())]
        root = Quotient(self.ring.one, {})
        for p, exponent in parts:
            half = _half(p, positive) if exponent % 2 else p ** (abs(exponent) // 2)
            if half is None or (exponent % 2 == 0 and not _is_positive(p, positive)):
                return None
            power = exponent if exponent % 2 else (1 if exponent > 0 else -1)
            root = root * Quotient(half, {}) ** power
        return root


def _times(left: Any, right: Any) -> Any:
    """Multiply; by a plain number without the detour over monomials."""
    if left.is_ground:
        left, right = right, left
    return left.mul_ground(right.LC) if right.is_ground and right else left * right


def _is_positive(p: Any, positive: frozenset[Any]) -> bool:
    """Whether all coefficients and all generators of a polynomial are positive."""
    gens = p.ring.gens
    return all(
        c > 0 and all(e % 2 == 0 or gens[at] in positive for at, e in enumerate(monomial))
        for monomial, c in p.items()
    )


def _half(p: Any, positive: frozenset[Any]) -> Any | None:
    """Return the root of a monomial with even exponents and a square for a coefficient."""
    if len(p) != 1:
        return None
    ((monomial, c),) = p.items()
    c = sp.Rational(str(c))
    if c <= 0 or any(e % 2 for e in monomial):
        return None
    top, bottom = isqrt(int(c.p)), isqrt(int(c.q))
    half = p.ring({tuple(e // 2 for e in monomial): 1})
    if top**2 != c.p or bottom**2 != c.q or not _is_positive(half, positive):
        return None
    return half * p.ring.domain(top) / p.ring.domain(bottom)


def _content(p: Any) -> tuple[tuple[int, ...], Any]:
    """Split off the greatest monomial that divides all terms."""
    exponents = tuple(map(min, zip(*p, strict=True)))
    if not any(exponents):
        return exponents, p
    lowered = {tuple(a - b for a, b in zip(m, exponents, strict=True)): c for m, c in p.items()}
    return exponents, p.ring.from_dict(lowered)


def _cancelled(top: Any, bottom: dict[Any, int]) -> Quotient:
    """Cancel powers of generators that stand above and below."""
    if not top:
        return Quotient(top, {})
    if len(top) > MAX_TERMS:
        raise OverflowError
    for factor in [f for f in bottom if len(f) == 1]:
        at = next(n for n, e in enumerate(next(iter(factor))) if e)
        common = min(bottom[factor], *(monomial[at] for monomial in top), bottom[factor])
        if common:
            lowered = {(*k[:at], k[at] - common, *k[at + 1 :]): c for k, c in top.items()}
            top = top.ring.from_dict(lowered)
            bottom[factor] -= common
    return Quotient(top, {f: e for f, e in bottom.items() if e})


def _composed(p: PolyElement, values: Mapping[Any, Quotient]) -> Quotient:
    """Put quotients in place of generators of a polynomial, grouped by their powers."""
    ring = p.ring
    places = {ring.gens.index(generator): value for generator, value in values.items()}
    groups: dict[tuple[int, ...], Any] = {}
    for monomial, c in p.items():
        moved = tuple(monomial[at] for at in places)
        rest = tuple(0 if at in places else e for at, e in enumerate(monomial))
        groups.setdefault(moved, {})[rest] = c
    result = Quotient(ring.zero, {})
    for moved, terms in groups.items():
        term = Quotient(ring.from_dict(terms), {})
        for value, exponent in zip(places.values(), moved, strict=True):
            if exponent:
                term = term * value**exponent
        result = result + term
    return result
