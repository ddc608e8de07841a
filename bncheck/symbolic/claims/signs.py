"""The sign of an expression, as far as its form shows it: for batches of at least one value.

Where a part has no value (a root of what is negative), nothing is said: `domain` names that.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from fractions import Fraction
from functools import cache
from math import ceil

from bncheck.errors import NotSupported
from bncheck.symbolic.algebra import Polynomial
from bncheck.symbolic.expression import (
    Add,
    Delta,
    Expr,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    Symbol,
    as_expr,
    free_indices,
    mul,
    power,
)
from bncheck.symbolic.factors import root_of_square
from bncheck.symbolic.normal import Normalizer
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import eps, m, square, var

FAR = 10_000
"""Sizes that are looked at one by one, at most."""


class Sign(IntEnum):
    """What is known of a sign."""

    UNKNOWN = 0
    NONNEGATIVE = 1
    POSITIVE = 2


def sign(expr: Expr) -> Sign:
    """Return what the form of an expression shows of its sign."""
    match expr:
        case Number(value):
            return Sign.POSITIVE if value > 0 else Sign(int(value == 0))
        case Symbol(_, positive):
            return Sign.POSITIVE if positive else Sign.UNKNOWN
        case Delta():
            return Sign.NONNEGATIVE
        case Named(_, _, body) | Sum(_, body):
            return sign(body)
        case Power(base, exponent):
            return _of_power(sign(base), exponent)
        case Mul(factors):
            return min(map(sign, factors))
        case Add(terms):
            parts = [sign(term) for term in terms]
            if min(parts) > Sign.UNKNOWN:
                return max(parts)
            return _of_sizes(expr) or _of_statistics(expr) or _of_square(expr)
    return Sign.UNKNOWN


def _of_power(base: Sign, exponent: Fraction) -> Sign:
    even = exponent.denominator == 2 or exponent % 2 == 0
    if base is Sign.UNKNOWN and not even:
        return Sign.UNKNOWN
    if exponent < 0:  # where it has a value
        return Sign.POSITIVE
    return max(base, Sign.NONNEGATIVE)


def _of_sizes(expr: Expr) -> Sign:
    """Return the sign of a polynomial in m for all m >= 1."""
    exceptions = sizes_where(expr, lambda value: value < 0)
    if exceptions != ((), False):
        return Sign.UNKNOWN
    zeros = sizes_where(expr, lambda value: value == 0)
    return Sign.POSITIVE if zeros == ((), False) else Sign.NONNEGATIVE


def _of_statistics(expr: Expr) -> Sign:
    """Return the sign of other spellings of the variance, say E[x^2] - E[x]^2 + eps."""
    form = _plain_form(expr)
    if form is None:
        return Sign.UNKNOWN
    if form in _variances():
        return Sign.NONNEGATIVE
    return Sign.POSITIVE if form in _variances(above=True) else Sign.UNKNOWN


def _of_square(expr: Expr) -> Sign:
    """Return the sign of a square that is multiplied out, say x_i^2 - 2 x_i mu + mu^2."""
    if any(isinstance(n, Power) and n.exponent.denominator == 2 for n in walk(expr)):
        return Sign.UNKNOWN
    try:
        form = Normalizer().form(expr)
    except (NotSupported, ValueError, ZeroDivisionError):
        return Sign.UNKNOWN
    return Sign.NONNEGATIVE if root_of_square(form) is not None else Sign.UNKNOWN


def is_variance(expr: Expr) -> bool:
    """Whether this is the variance of the batch, or a positive multiple of it."""
    form = _plain_form(expr)
    return form is not None and form in _variances()


def _plain_form(expr: Expr) -> Polynomial | None:
    """Return the normal form of a number of the whole batch without roots; else ``None``."""
    if free_indices(expr) or any(
        isinstance(n, Power) and n.exponent.denominator == 2 for n in walk(expr)
    ):
        return None
    try:
        return Normalizer().form(expr)
    except (NotSupported, ValueError, ZeroDivisionError):
        return None


@cache
def _variances(*, above: bool = False) -> tuple[Polynomial, ...]:
    """Return multiples of the variance; ``above``: positive ones of var + eps."""
    value = var() + eps if above else var()
    factors = [as_expr(1), m, square(m), m / (m - 1), 1 / (m - 1)]
    factors += [] if above else [m - 1]
    return tuple(Normalizer().form(factor * value) for factor in factors)


def squared(expr: Expr) -> Expr:
    """Return the square, with roots taken away."""
    if isinstance(expr, Mul):
        return mul(*map(squared, expr.factors))
    if isinstance(expr, Named) and isinstance(expr.body, Mul | Power):
        return squared(expr.body)
    return power(expr, 2)


def sizes_where(
    expr: Expr, holds: Callable[[Fraction], bool]
) -> tuple[tuple[int, ...], bool] | None:
    """Return the m >= 1 at which a polynomial in m has a property, and whether all large m have.

    ``None`` where it is no polynomial in m. Beyond Cauchy's bound on its roots a polynomial has
    the sign of its leading term.
    """
    coefficients = polynomial_in_m(expr)
    if coefficients is None:
        return None
    lead = coefficients[max(coefficients)]
    bound = 1 + max(abs(c / lead) for c in coefficients.values())
    if bound > FAR:
        return None

    def value(at: int) -> Fraction:
        return sum((c * Fraction(at) ** e for e, c in coefficients.items()), Fraction(0))

    last = ceil(bound)
    return tuple(at for at in range(1, last + 1) if holds(value(at))), holds(value(last + 1))


def polynomial_in_m(expr: Expr) -> dict[int, Fraction] | None:
    """Return the coefficients of an expression in m alone, by exponents; none that are zero."""
    if not all(n == m or isinstance(n, Number | Add | Mul | Power) for n in walk(expr)):
        return None
    if any(isinstance(n, Power) and n.exponent.denominator == 2 for n in walk(expr)):
        return None
    try:
        form: Polynomial = Normalizer().form(expr)
    except (NotSupported, ValueError, ZeroDivisionError):
        return None
    found: dict[int, Fraction] = {}
    for monomial, c in form.terms.items():
        if any(a != ("scalar", "m") for a, _ in monomial):
            return None
        found[monomial[0][1] if monomial else 0] = c
    return found or None
