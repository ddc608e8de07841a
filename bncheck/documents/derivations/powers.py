"""Powers as papers write them: what has the same base is gathered, R^-2 sqrt(R) to R^(-3/2)."""

from __future__ import annotations

from fractions import Fraction

from bncheck.documents.derivations.outlines import Outline, outline
from bncheck.symbolic.expression import Expr, Mul, Named, Power, mul, power
from bncheck.symbolic.trees import with_children


def gathered(expr: Expr) -> Expr:
    """Return the same expression, in each product of which a root's radicand stands once.

    Only where a half exponent says that the base is positive: 1/a times a is left as it is.
    """
    if isinstance(expr, Named):
        return expr
    children = tuple(map(gathered, expr.children))
    if isinstance(expr, Mul):
        return _product(children)
    same = all(new is old for new, old in zip(children, expr.children, strict=True))
    return expr if same else with_children(expr, children)


def _product(factors: tuple[Expr, ...]) -> Expr:
    bases: dict[Outline, list[tuple[int, Expr, Fraction]]] = {}
    for at, factor in enumerate(factors):
        base, exponent = factor, Fraction(1)
        if isinstance(factor, Power):
            base, exponent = factor.base, factor.exponent
        label, free = outline(base)
        bases.setdefault((label, free), []).append((at, base, exponent))
    done: dict[int, Expr] = {}
    gone: set[int] = set()
    for found in bases.values():
        if len(found) > 1 and any(exponent.denominator == 2 for _, _, exponent in found):
            total = sum((exponent for _, _, exponent in found), Fraction(0))
            done[found[-1][0]] = power(found[0][1], total)
            gone.update(at for at, _, _ in found[:-1])
    if not done:
        return Mul(factors)
    return mul(*(done.get(at, factor) for at, factor in enumerate(factors) if at not in gone))
