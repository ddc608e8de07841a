"""Factors and roots of polynomials that need no new atom: for the roots of `surds`."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from bncheck.symbolic import algebra
from bncheck.symbolic.algebra import Atom, Monomial, Polynomial


def at_most(monomial: Monomial, c: Fraction) -> tuple[Monomial, Fraction]:
    """Put m sum x^2 for (sum x)^2: by Cauchy and Schwarz it is no less."""
    for a, e in monomial:
        if e >= 2 and a[0] == "sum" and len(a[1]) == len(a[2]) == 1 and a[2][0][1] == 1:
            squares = ("sum", a[1], ((a[2][0][0], 2),))
            rest = tuple((b, n - 2 if b == a else n) for b, n in monomial if (b, n) != (a, 2))
            more = tuple(sorted(((squares, 1), (("scalar", a[1][0]), 1))))
            return algebra.times(rest, more), c
    return monomial, c


def is_squares(a: Atom) -> bool:
    """Whether an atom is a sum of even powers."""
    return bool(a[0] == "sum" and all(e % 2 == 0 for _, e in a[2]))


def monomial_factor(p: Polynomial, q: Polynomial) -> Polynomial | None:
    """Return the positive monomial f with p = f q, if there is one."""
    if len(p.terms) != len(q.terms) or not p.terms:
        return None
    order = sorted({a for r in (p, q) for monomial in r.terms for a, _ in monomial})
    (one, c), (other, d) = _leading(p, order), _leading(q, order)
    quotient = algebra.times(one, tuple((a, -e) for a, e in other if a[0] != "sign"))
    factor = Polynomial({quotient: c / d})
    return factor if c / d > 0 and not (p - factor * q).terms else None


def _leading(p: Polynomial, order: list[Atom]) -> tuple[Monomial, Fraction]:
    return max(p.terms.items(), key=lambda item: [dict(item[0]).get(a, 0) for a in order])


def root_of_square(p: Polynomial) -> Polynomial | None:
    """Return q with q^2 = p, up to its sign, if there is one: found from the leading term on."""
    order = sorted({a for monomial in p.terms for a, _ in monomial})
    if any(a[0] in ("sign", "delta", "inverse") for a in order) or len(p.terms) < 2:
        return None
    monomial, c = _leading(p, order)
    top, bottom = isqrt(abs(c.numerator)), isqrt(c.denominator)
    if c < 0 or Fraction(top, bottom) ** 2 != c or any(e % 2 for _, e in monomial):
        return None
    first = Polynomial({tuple((a, e // 2) for a, e in monomial): Fraction(top, bottom)})
    found = first
    for _ in range(len(p.terms)):
        rest = p - found**2
        if not rest.terms:
            return found
        lead = Polynomial(dict([_leading(rest, order)]))
        found = found + lead * _inverse(first)
    return None


def _inverse(first: Polynomial) -> Polynomial:
    """Return 1 over twice a monomial."""
    ((monomial, c),) = first.terms.items()
    return Polynomial({tuple((a, -e) for a, e in monomial): 1 / (2 * c)})
