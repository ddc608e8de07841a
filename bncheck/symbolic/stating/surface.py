"""When two expressions say the same: equal for all m, in the same quantities and derivatives.

Both sides of a theorem are equal, so equality alone cannot tell one from the other: ``0 = 0`` would
state any theorem that says that something is 0. Hence a quantity with a name of its own (mu,
sigma^2, xhat, y) is an unknown here, and a derivative is its value plus an unknown of its own.
"""

from __future__ import annotations

from typing import Any

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.checkers import rationals
from bncheck.symbolic.expression import (
    Derivative,
    Element,
    Expr,
    Named,
    Symbol,
    ordered_indices,
    rebuild,
)
from bncheck.symbolic.normal import equal
from bncheck.symbolic.printers.formula import is_usual
from bncheck.symbolic.trees import shape, walk


def same(left: Expr, right: Expr) -> bool:
    """Whether both say the same.

    Raises NotSupported where this cannot be decided.
    """
    if form(left) == form(right):
        return True
    left, right = surface(left), surface(right)
    try:
        if rationals.refutation(left, right) is not None:  # a point is found soon, a form not
            return False
    except (NotSupported, ZeroDivisionError):
        pass
    return equal(left, right)


def form(expr: Expr) -> object:
    """Return the shape of an expression, whatever the order of its terms and factors."""
    return _sorted(shape(expr))


def _sorted(part: Any) -> Any:
    if not isinstance(part, tuple) or not part:
        return part
    parts = [_sorted(each) for each in part]
    if part[0] not in ("Add", "Mul"):
        return tuple(parts)
    kind, _, *terms = parts
    flat = [one for each in terms for one in (each[1:] if each[0] == kind else (each,))]
    return (kind, *sorted(flat, key=repr))


def surface(expr: Expr) -> Expr:
    """Return the expression in unknowns for its quantities and derivatives."""
    match expr:
        case Named(name, indices, body) if is_usual(name, indices, body) and not _moves(body):
            label = f"the {name}"
            return Element(label, indices) if indices else Symbol(label, positive=name == "var")
        case Derivative(_, target):
            free = ordered_indices(expr)
            label = f"a derivative by {target}"
            return without_derivatives(expr) + (Element(label, free) if free else Symbol(label))
    return rebuild(expr, tuple(map(surface, expr.children)))


def _moves(expr: Expr) -> bool:
    return any(isinstance(node, Derivative) for node in walk(expr))
