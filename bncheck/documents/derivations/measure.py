"""About how wide a term is printed, in em: enough to choose names by; what is printed is measured.

The width that counts is `bncheck.documents.formulas.width`, of what is laid out. It needs the
formula as it is written; this needs only the tree, so that every part of it can be asked for.
"""

from __future__ import annotations

from bncheck.symbolic.expression import (
    Add,
    Delta,
    Derivative,
    Element,
    Expr,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    Symbol,
)
from bncheck.symbolic.trees import is_negative

PAGE = 40.0
"""What a line may take of the page: 44 em, less a relation sign and the number of an equation."""
GRADIENTS = frozenset({"dxhat", "dvar", "dmu", "dx", "dy", "dgamma", "dbeta"})
"""What is written as a fraction, dL/dx."""
SIGN, BRACKETS, INDEX, LETTER, SMALL = 1.25, 0.8, 0.4, 0.6, 0.7


def width(expr: Expr) -> float:
    """Return about how wide an expression is; known ones are kept with the tree."""
    known: float | None = expr.__dict__.get("_width")
    if known is None:
        known = _width(expr)
        object.__setattr__(expr, "_width", known)
    return known


def _width(expr: Expr) -> float:
    match expr:
        case Number(value):
            return 0.5 * max(len(str(value.numerator)), len(str(value.denominator)))
        case Symbol(name):
            return LETTER + INDEX * ("_" in name) + (1.5 if name.startswith("running") else 0)
        case Element(_, indices):
            return LETTER + INDEX * len(indices) + (1.0 if expr.name == "dy" else 0)
        case Named(name, indices, _):
            wide = 1.1 if name in GRADIENTS else 0.6 if name == "var" else 0.3
            return LETTER + wide + INDEX * len(indices)
        case Delta():
            return 1.2
        case Add(terms):
            return sum(map(width, terms)) + SIGN * (len(terms) - 1)
        case Mul(factors):
            return _product(factors) + 0.6 * is_negative(expr)
        case Power(base, exponent):
            raised = 0.4 + 0.25 * len(str(exponent))
            if exponent == -1:
                return width(base)
            if abs(exponent.numerator) == 1:
                return width(base) + 0.9
            return _bracketed(base) + raised
        case Sum(_, body):
            return 1.8 + width(body)
        case Derivative(body, _, formal, velocity):
            by = 1.3 if isinstance(body, Named) else 1.3 + _bracketed(body)
            directional = formal and not isinstance(velocity, Delta)
            return by + (1.0 + SMALL * width(velocity) if directional else 0)
    raise TypeError(f"not a node: {expr!r}")


def _product(factors: tuple[Expr, ...]) -> float:
    over = under = beside = 0.0
    for at, factor in enumerate(factors):
        if isinstance(factor, Number):
            if factor.value.numerator not in (1, -1):
                over += 0.5 * len(str(abs(factor.value.numerator)))
            if factor.value.denominator != 1:
                under += 0.5 * len(str(factor.value.denominator))
            continue
        if isinstance(factor, Power) and factor.exponent < 0:
            under += width(factor) + (BRACKETS if isinstance(factor.base, Add) else 0)
            continue
        last = at == len(factors) - 1 and isinstance(factor, Sum)
        wide = width(factor) if last else _bracketed(factor)
        if _is_tall(factor):
            beside += wide
        else:
            over += wide
    if not under:
        return over + beside
    return max(over, under, 0.5) + 0.25 + beside


def _is_tall(expr: Expr) -> bool:
    """Whether a fraction or a sum is printed within."""
    match expr:
        case Named(name) | Element(name):
            return name in GRADIENTS
        case Sum() | Derivative():
            return True
        case Number(value):
            return value.denominator != 1
        case Power(base, exponent):
            return exponent < 0 or _is_tall(base)
    return any(map(_is_tall, expr.children))


def _bracketed(expr: Expr) -> float:
    return width(expr) + (BRACKETS if isinstance(expr, Add | Sum | Derivative) else 0)
