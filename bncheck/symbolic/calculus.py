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
from bncheck.symbolic.trees import shared
from bncheck.symbolic.work import NODE, step


def differentiate(node: Derivative) -> Expr:
    """Return the derivative as a tree without that derivative.

    Raises TooLarge where a block of limited work ends in it.
    """
    return _Rates(node).of(shared(without_derivatives(node.body))[0])


def without_derivatives(expr: Expr) -> Expr:
    """Carry out every derivative in the tree, the innermost first.

    Raises TooLarge where a block of limited work ends in it.
    """
    return _carried_out(expr, {})


def _carried_out(expr: Expr, done: dict[int, Expr]) -> Expr:
    if not expr.children:
        return expr
    if id(expr) not in done:
        step(NODE)
        if isinstance(expr, Derivative):
            done[id(expr)] = differentiate(expr)
        else:
            children = tuple(_carried_out(child, done) for child in expr.children)
            done[id(expr)] = rebuild(expr, children)
    return done[id(expr)]


class _Rates:
    """The rates of change of a tree's parts under one move, each found once.

    A part that stands in many places, as a root does once a product rule has been used, is one
    object (`shared`): derivatives of derivatives would otherwise take time like the tree written
    out, which doubles with each.
    """

    def __init__(self, move: Derivative) -> None:
        self.move = move
        self.known: dict[int, tuple[Expr, Expr]] = {}
        self.velocities: dict[tuple[Position, ...], Expr] = {}

    def of(self, expr: Expr) -> Expr:
        """Return the rate of a part without derivatives; 0 is `ZERO` itself."""
        known = self.known.get(id(expr))
        if known is None:  # the part is kept too, so that its id stays taken
            step(NODE + len(expr.children))
            known = self.known[id(expr)] = (expr, self._rate(expr))
        return known[1]

    def _rate(self, expr: Expr) -> Expr:
        move = self.move
        match expr:
            case Symbol(name) if name == move.target:
                return self._velocity_at(())
            case Element(name, indices) | Named(name, indices, _) if name == move.target:
                return self._velocity_at(indices)
            case Named(_, _, body):
                return self.of(body)
            case Add(terms):  # sum rule
                return add(*map(self.of, terms))
            case Mul(factors):  # product rule
                return self._of_product(factors)
            case Power(base, exponent):  # power rule and chain rule
                inner = self.of(base)
                return inner if inner is ZERO else mul(exponent, power(base, exponent - 1), inner)
            case Sum(index, body):  # linearity; the velocity may speak of an outer index so called
                if index in free_indices(move.velocity) - set(move.formal):
                    index, body = (new := fresh(index)), rename(body, {index: new})
                inner = self.of(body)
                return inner if inner is ZERO else Sum(index, inner)
        return ZERO  # numbers, deltas, and unknowns that do not move

    def _of_product(self, factors: tuple[Expr, ...]) -> Expr:
        rates = [self.of(factor) for factor in factors]
        moving = [at for at, rate in enumerate(rates) if rate is not ZERO]
        if not moving:
            return ZERO
        step(len(moving) * len(factors))
        return add(*(mul(*factors[:at], rates[at], *factors[at + 1 :]) for at in moving))

    def _velocity_at(self, indices: tuple[Position, ...]) -> Expr:
        if indices not in self.velocities:
            to: dict[Index, Position] = dict(zip(self.move.formal, indices, strict=True))
            self.velocities[indices] = without_derivatives(rename(self.move.velocity, to))
        return self.velocities[indices]
