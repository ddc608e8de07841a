"""Rational functions over a polynomial ring of SymPy, with denominators kept in factors.

Sums take the least common denominator of what is known to be a factor; no greatest common
divisor of polynomials is computed, which is what makes SymPy's own fractions slow here. The ring
is over the integers, which are faster than SymPy's rationals: numbers have a denominator of their
own, and factors are primitive, so that what divides over the rationals does so over the integers
(Gauss).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd, isqrt, lcm
from typing import Any

from sympy.polys.rings import PolyElement, PolyRing

MAX_TERMS = 200_000


@dataclass(frozen=True)
class Quotient:
    """A polynomial over a whole number times a product of powers of primitive polynomials."""

    top: Any  # PolyElement: SymPy ships no types
    bottom: Mapping[Any, int]
    scale: int = 1

    @property
    def ring(self) -> PolyRing:
        """The ring that both parts are of."""
        return self.top.ring

    def __add__(self, other: Quotient) -> Quotient:
        scale = lcm(self.scale, other.scale)
        if self.bottom == other.bottom:
            return Quotient(self._over({}, scale) + other._over({}, scale), self.bottom, scale)
        common = {
            factor: max(self.bottom.get(factor, 0), other.bottom.get(factor, 0))
            for factor in {**self.bottom, **other.bottom}
        }
        return Quotient(self._over(common, scale) + other._over(common, scale), common, scale)

    def _over(self, common: Mapping[Any, int], scale: int) -> Any:
        """Return what stands over the common denominator."""
        top = self.top if scale == self.scale else self.top.mul_ground(scale // self.scale)
        for factor, exponent in common.items():
            missing = exponent - self.bottom.get(factor, 0)
            if missing:
                top = top * factor**missing
        return top

    def __neg__(self) -> Quotient:
        return Quotient(-self.top, self.bottom, self.scale)

    def __sub__(self, other: Quotient) -> Quotient:
        return self + -other

    def __mul__(self, other: Quotient) -> Quotient:
        bottom = dict(self.bottom)
        for factor, exponent in other.bottom.items():
            bottom[factor] = bottom.get(factor, 0) + exponent
        return _cancelled(_times(self.top, other.top), bottom, self.scale * other.scale)

    def __pow__(self, exponent: int) -> Quotient:
        if exponent < 0:
            return self.inverse() ** -exponent
        bottom = {f: e * exponent for f, e in self.bottom.items()}
        return Quotient(self.top**exponent, bottom, self.scale**exponent)

    def inverse(self) -> Quotient:
        """Return 1 over this. Raises ZeroDivisionError for zero."""
        if not self.top:
            raise ZeroDivisionError
        exponents, rest = _content(self.top)
        bottom = {self.ring.gens[at]: e for at, e in enumerate(exponents) if e}
        number, rest = _primitive(rest)
        if not rest.is_ground:
            bottom[rest] = 1
        top = self.denominator.mul_ground(1 if number > 0 else -1)
        return _cancelled(top, bottom, abs(number))

    @property
    def denominator(self) -> Any:
        """The denominator, multiplied out."""
        product = self.ring.ground_new(self.scale)
        for factor, exponent in self.bottom.items():
            product = product * factor**exponent
        return product

    def diff(self, generator: Any) -> Quotient:
        """Return the partial derivative by a generator."""
        result = Quotient(self.top.diff(generator), self.bottom, self.scale)
        for factor, exponent in self.bottom.items():
            inner = factor.diff(generator)
            if inner:
                bottom = {**self.bottom, factor: exponent + 1}
                result = result + Quotient(self.top * inner * -exponent, bottom, self.scale)
        return result

    def divided(self, other: Quotient) -> Quotient | None:
        """Return this over the other where its numerator divides this one's, else ``None``."""
        number, primitive = _primitive(other.top)
        ratio, rest = self.top.div(primitive)
        if rest:
            return None
        sign = 1 if number > 0 else -1
        below = Quotient(other.denominator.mul_ground(sign), {}, abs(number))
        return (Quotient(ratio, self.bottom, self.scale) * below).cancelled()

    def cancelled(self) -> Quotient:
        """Return the same with every factor of the denominator cancelled as far as it goes."""
        top, bottom = self.top, dict(self.bottom)
        for factor in self.bottom:
            while bottom[factor]:
                quotient, rest = top.div(factor)
                if rest:
                    break
                top, bottom[factor] = quotient, bottom[factor] - 1
        return _cancelled(top, bottom, self.scale)

    def compose(self, values: Mapping[Any, Quotient]) -> Quotient:
        """Put quotients in place of generators."""
        result = _composed(self.top, values) * Quotient(self.ring.one, {}, self.scale)
        for factor, exponent in self.bottom.items():
            result = result * _composed(factor, values) ** -exponent
        return result

    def has(self, generator: Any) -> bool:
        """Whether a generator occurs."""
        at = self.ring.gens.index(generator)
        return any(monomial[at] for p in (self.top, *self.bottom) for monomial in p)

    def monomial_root(self, positive: frozenset[Any]) -> Quotient | None:
        """Return the root, if this is the square of a product of positive generators."""
        below = self.ring.ground_new(self.scale)
        parts = [(self.top * below, 1), *((factor, -e) for factor, e in self.bottom.items())]
        root = Quotient(self.ring.one, {}, self.scale)
        for p, exponent in parts:
            half = _half(p, positive) if exponent % 2 else p ** (abs(exponent) // 2)
            if half is None or (exponent % 2 == 0 and not _is_positive(p, positive)):
                return None
            power = exponent if exponent % 2 else (1 if exponent > 0 else -1)
            root = root * Quotient(half, {}) ** power
        return root


def _primitive(p: Any) -> tuple[int, Any]:
    """Split off the number that leaves a primitive polynomial with a positive first term."""
    number = int(p.content()) * (1 if p.LC > 0 else -1)
    return number, p.quo_ground(number)


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
    if c <= 0 or any(e % 2 for e in monomial):
        return None
    number = isqrt(int(c))
    half = p.ring({tuple(e // 2 for e in monomial): number})
    if number**2 != c or not _is_positive(half, positive):
        return None
    return half


def _content(p: Any) -> tuple[tuple[int, ...], Any]:
    """Split off the greatest monomial that divides all terms."""
    exponents = tuple(map(min, zip(*p, strict=True)))
    if not any(exponents):
        return exponents, p
    lowered = {tuple(a - b for a, b in zip(m, exponents, strict=True)): c for m, c in p.items()}
    return exponents, p.ring.from_dict(lowered)


def _cancelled(top: Any, bottom: dict[Any, int], scale: int) -> Quotient:
    """Cancel numbers, and powers of generators, that stand above and below."""
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
    common = scale
    for c in top.values() if scale > 1 else ():
        common = gcd(common, c)
        if common == 1:
            break
    if common > 1:
        top, scale = top.quo_ground(common), scale // common
    return Quotient(top, {f: e for f, e in bottom.items() if e}, scale)


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
