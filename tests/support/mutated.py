"""Expressions with one thing changed: a coefficient, an exponent, a sign, a term, a factor."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from bncheck.symbolic.expression import Add, Derivative, Element, Expr, Mul, Number, Power
from bncheck.symbolic.trees import with_children


def mutants(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """Yield the expression with one change at one place, and what was changed."""
    yield from _here(expr)
    for at, child in enumerate(expr.children):
        if isinstance(expr, Derivative) and at == 0:
            continue  # what a derivative is of is a definition: many changes leave it as it is
        for what, changed in mutants(child):
            children = (*expr.children[:at], changed, *expr.children[at + 1 :])
            yield what, with_children(expr, children)


def some(expr: Expr, seed: str, count: int) -> list[tuple[str, Expr]]:
    """Return so many mutants, the same in every run, of each kind at least one."""
    found = list(mutants(expr))
    random.Random(seed).shuffle(found)
    kinds = {what: (what, changed) for what, changed in found}
    rest = [each for each in found if each not in kinds.values()]
    return [*kinds.values(), *rest][:count]


def _here(node: Expr) -> Iterator[tuple[str, Expr]]:
    match node:
        case Number(value) if value:
            yield "coefficient", Number(value + (1 if value != -1 else 3))
        case Power(base, exponent):
            other = exponent + 1 if exponent not in (-1, Fraction(-1, 2)) else exponent * 2
            yield "exponent", Power(base, other)
        case Add(terms):
            for at, term in enumerate(terms):
                others = (*terms[:at], *terms[at + 1 :])
                yield "sign", Add((*others, -term))
                yield "term", Add(others) if len(others) > 1 else others[0]
        case Mul(factors):
            for at in range(len(factors)):
                others = (*factors[:at], *factors[at + 1 :])
                yield "factor", Mul(others) if len(others) > 1 else others[0]
        case Element(name, indices) if indices and not isinstance(indices[0], int):
            yield "index", Element(name, (1, *indices[1:]))
