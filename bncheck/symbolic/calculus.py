"""The rules of differentiation, as rewriting of trees.

`differentiate` removes a directional derivative. Each case is one rule of calculus; together
they are all that is used. The velocity of ``x[k]`` is the velocity's expression with its formal
index replaced by k, so that no Kronecker deltas have to be summed by hand and no bound index
can be captured (SymPy's ``diff(Sum(x[k]**2, (k, 1, m)), x[k])`` captures it: issue #21891).
"""

from __future__ import annotations

from bncheck.symbolic.expression import (
    ZERO,
    Add,
    Derivative,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Position,
    Power,
    Sum,
    Symbol,
    add,
    free_indices,
    fresh,
    mul,
    power,
    rebuild,
    rename,
)


def differentiate(node: Derivative) -> Expr:
    """Return the derivative as a tree without that derivative."""
    return _rate(without_derivatives(node.body), node)


def without_derivatives(expr: Expr) -> Expr:
    """Carry out every derivative in the tree, the innermost first."""
    if isinstance(expr, Derivative):
        return differentiate(expr)
    if not expr.children:
        return expr
    return rebuild(expr, tuple(map(without_derivatives, expr.children)))


def _rate(expr: Expr, move: Derivative) -> Expr:
    match expr:
        case Symbol(name) if name == move.target:
            return without_derivatives(move.velocity)
        case Element(name, indices) | Named(name, indices, _) if name == move.target:
            return _velocity_at(move, indices)
        case Named(_, _, body):
            return _rate(body, move)
        case Add(terms):  # sum rule
            return add(*(_rate(term, move) for term in terms))
        case Mul(factors):  # product rule
            return add(
                *(
                    mul(*factors[:at], _rate(factor, move), *factors[at + 1 :])
                    for at, factor in enumerate(factors)
                )
            )
        case Power(base, exponent):  # power rule and chain rule
            inner = _rate(base, move)
            return inner if inner is ZERO else mul(exponent, power(base, exponent - 1), inner)
        case Sum(index, body):  # linearity; the velocity may speak of an outer index so called
            if index in free_indices(move.velocity) - set(move.formal):
                index, body = (new := fresh(index)), rename(body, {index: new})
            inner = _rate(body, move)
            return inner if inner is ZERO else Sum(index, inner)
    return ZERO  # numbers, deltas, and unknowns that do not move


def _velocity_at(move: Derivative, indices: tuple[Position, ...]) -> Expr:
    to: dict[Index, Position] = dict(zip(move.formal, indices, strict=True))
    return without_derivatives(rename(move.velocity, to))
