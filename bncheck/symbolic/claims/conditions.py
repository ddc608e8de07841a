"""Conditions under which a formula that is false becomes true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import combinations

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.expression import (
    ONE,
    ZERO,
    Add,
    Element,
    Expr,
    Mul,
    Number,
    Power,
    Symbol,
    as_expr,
    free_indices,
    rebuild,
)
from bncheck.symbolic.normal import equal
from bncheck.symbolic.trees import substitute, walk
from bncheck.symbolic.vocabulary import mean, x


def conditions(left: Expr, right: Expr) -> tuple[str, ...]:
    """Return the smallest set of known conditions under which both sides are equal."""
    # first: dL/d(eps) at eps = 0 is not the derivative of L(0)
    left, right = without_derivatives(left), without_derivatives(right)
    known = _known_conditions(left, right)
    for count in (1, 2):
        for names in combinations(known, count):
            try:
                first, second = (_under([known[n] for n in names], side) for side in (left, right))
                if equal(first, second) and not _is_empty(first, second):
                    return names
            except (NotSupported, ZeroDivisionError, ValueError):
                continue
    return ()


Condition = Callable[[Expr], Expr]


def _known_conditions(left: Expr, right: Expr) -> dict[str, Condition]:
    """Return the conditions that are tried, each with what it makes of a side."""
    nodes = [*walk(left), *walk(right)]
    symbols = {n.name: n.positive for n in nodes if isinstance(n, Symbol)}
    factors = sorted(n for n, positive in symbols.items() if not positive and n not in AFFINE)
    values: dict[str, tuple[str, Expr]] = {"eps = 0": ("eps", ZERO)}
    values |= {f"{name} > 0": (name, Symbol(name, positive=True)) for name in factors}
    values |= {"gamma = 1": ("gamma", as_expr(1)), "beta = 0": ("beta", ZERO)}
    found: dict[str, Condition] = {
        says: partial(substitute, name=name, value=value)
        for says, (name, value) in values.items()
        if name in symbols
    }
    if any(isinstance(n, Element) and n.name == "x" for n in nodes):
        found["mu = 0"] = _centred
    return found


AFFINE = ("gamma", "beta")


def _under(conditions: Iterable[Condition], side: Expr) -> Expr:
    for condition in conditions:
        side = condition(side)
    return side


def divides_by_zero_at_one(left: Expr, right: Expr) -> bool:
    """Whether a denominator is zero for every batch of one value, as m - 1 is."""
    for node in dict.fromkeys([*walk(left), *walk(right)]):
        if isinstance(node, Power) and node.exponent < 0:
            parts = list(walk(node.base))
            if all(isinstance(n, Number | Symbol | Add | Mul | Power) for n in parts) and equal(
                substitute(node.base, "m", ONE), ZERO
            ):
                return True
    return False


def _centred(side: Expr) -> Expr:
    if isinstance(side, Element) and side.name == "x":
        (at,) = side.indices
        return (x - mean(x))[at]
    return rebuild(side, tuple(map(_centred, side.children)))


def _is_empty(left: Expr, right: Expr) -> bool:
    """Whether a condition has made both sides plain numbers: then it says nothing of interest."""
    return isinstance(left, Number) and isinstance(right, Number) and not free_indices(left)
