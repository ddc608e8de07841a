"""What of a product stands above the bar of a fraction, and what below; and what is marked."""

from __future__ import annotations

from fractions import Fraction

from bncheck.symbolic.expression import Add, Expr, Mul, Named, Number, Power, power

MARK = "the mark"
"""The name of a `Named` whose body is marked, as what a rule is applied to."""


def stays_raised(expr: Expr) -> bool:
    """Whether a factor is written (a + b)^{-3/2}, as papers do, and not below a fraction's bar."""
    if not isinstance(expr, Power) or expr.exponent >= -1 or expr.exponent.denominator == 1:
        return False
    return isinstance(bare(expr.base), Add)


def bare(expr: Expr) -> Expr:
    """Return what is marked, or the expression itself."""
    return expr.body if isinstance(expr, Named) and expr.name == MARK else expr


def over_and_under(expr: Expr) -> tuple[list[Expr], list[Expr]]:
    """Return the factors that stand above and below the bar of a fraction."""
    top: list[Expr] = []
    bottom: list[Expr] = []
    for factor in expr.factors if isinstance(expr, Mul) else (expr,):
        if isinstance(factor, Power) and factor.exponent < 0 and not stays_raised(factor):
            bottom.append(power(factor.base, -factor.exponent))
        elif isinstance(factor, Number) and factor.value.denominator != 1:
            if factor.value.numerator != 1:
                top.append(Number(Fraction(factor.value.numerator)))
            bottom.insert(0, Number(Fraction(factor.value.denominator)))
        else:
            top.append(factor)
    return top, bottom
