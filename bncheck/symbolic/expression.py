"""Formulas as people write them: a tree of frozen nodes with ordinary operators.

A *vector* is an expression in which the batch index `i` is free, so ``x - mean(x)`` is written
as such: ``x`` is ``x[i]``, and ``mean`` binds `i` in its argument. Scopes are lexical: an inner
sum over `i` hides an outer one.

Constructors tidy up (``0 * a``, ``1 * a``, sums in sums, numbers), and nothing else: what an
author writes is what is printed, and whether two trees are equal is decided in `algebra`.

One file of more than 300 lines: ``x[j]`` renames indices and ``a + b`` tidies up, so nodes,
constructors and renaming know one another, and apart they would be a circle.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Union

Scalar = Union["Expr", int, Fraction]


@dataclass(frozen=True)
class Index:
    """A summation index, with the name of the symbol that says how far it runs: ``1 .. size``."""

    name: str
    size: str = "m"


i, j, k = Index("i"), Index("j"), Index("k")
"""Indices of the batch, of size m."""


class Expr:
    """Base of all nodes; carries the operators."""

    def __add__(self, other: Scalar) -> Expr:
        return add(self, other)

    def __radd__(self, other: Scalar) -> Expr:
        return add(other, self)

    def __neg__(self) -> Expr:
        return mul(-1, self)

    def __sub__(self, other: Scalar) -> Expr:
        return add(self, -as_expr(other))

    def __rsub__(self, other: Scalar) -> Expr:
        return add(other, -self)

    def __mul__(self, other: Scalar) -> Expr:
        return mul(self, other)

    def __rmul__(self, other: Scalar) -> Expr:
        return mul(other, self)

    def __truediv__(self, other: Scalar) -> Expr:
        return mul(self, power(other, -1))

    def __rtruediv__(self, other: Scalar) -> Expr:
        return mul(other, power(self, -1))

    def __pow__(self, exponent: int | Fraction) -> Expr:
        return power(self, exponent)

    def __getitem__(self, index: Index | int) -> Expr:
        """Return the entry of a vector: the batch index `i` replaced by ``index``."""
        return rename(self, {i: index})

    @property
    def children(self) -> tuple[Expr, ...]:
        """The nodes directly below."""
        return ()


@dataclass(frozen=True)
class Number(Expr):
    """A rational constant."""

    value: Fraction


@dataclass(frozen=True)
class Symbol(Expr):
    """A scalar unknown. ``positive`` ones may be divided by and taken roots of freely."""

    name: str
    positive: bool = False


@dataclass(frozen=True)
class Element(Expr):
    """An entry of an array of unknowns, ``x[i]`` or ``W[c, i]``; an int is a fixed position."""

    name: str
    indices: tuple[Index | int, ...]


@dataclass(frozen=True)
class Delta(Expr):
    """Kronecker's delta: 1 where both indices are equal, else 0."""

    left: Index | int
    right: Index | int


@dataclass(frozen=True)
class Add(Expr):
    """A sum of terms."""

    terms: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        """The terms."""
        return self.terms


@dataclass(frozen=True)
class Mul(Expr):
    """A product of factors; a quotient has factors with negative exponents."""

    factors: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        """The factors."""
        return self.factors


@dataclass(frozen=True)
class Power(Expr):
    """A base to a whole or half exponent; half exponents mean the positive root."""

    base: Expr
    exponent: Fraction

    @property
    def children(self) -> tuple[Expr, ...]:
        """The base."""
        return (self.base,)


@dataclass(frozen=True)
class Sum(Expr):
    """The sum of the body over ``index = 1 .. size``."""

    index: Index
    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """The body."""
        return (self.body,)


@dataclass(frozen=True)
class Named(Expr):
    """A quantity that has a name of its own, such as the mean: printed by name, means its body.

    A derivative may move a named quantity itself (``dL/dvar`` with x and the mean held fixed,
    which is what the partial derivatives of Ioffe & Szegedy, section 3, mean).
    """

    name: str
    indices: tuple[Index | int, ...]
    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """The body."""
        return (self.body,)


@dataclass(frozen=True)
class Derivative(Expr):
    """The directional (Gateaux) derivative of the body.

    What is called ``target`` moves with the given velocity, all else is held fixed: the
    derivative of ``body(target + t velocity)`` at t = 0. For a vector, ``formal`` names the
    index in which the velocity is written: ``Delta(i, j)`` with formal ``(i,)`` gives the partial
    derivative by ``x[j]``.
    """

    body: Expr
    target: str
    formal: tuple[Index, ...]
    velocity: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """Body and velocity."""
        return (self.body, self.velocity)


def as_expr(value: Scalar) -> Expr:
    """Make a node of a number; leave a node as it is."""
    return value if isinstance(value, Expr) else Number(Fraction(value))


ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def add(*terms: Scalar) -> Expr:
    """Add, with nested sums flattened and numbers collected at the end."""
    flat: list[Expr] = []
    number = Fraction(0)
    for term in map(as_expr, terms):
        for part in term.terms if isinstance(term, Add) else (term,):
            if isinstance(part, Number):
                number += part.value
            else:
                flat.append(part)
    if number or not flat:
        flat.append(Number(number))
    return flat[0] if len(flat) == 1 else Add(tuple(flat))


def mul(*factors: Scalar) -> Expr:
    """Multiply, with nested products flattened and numbers collected at the front."""
    flat: list[Expr] = []
    number = Fraction(1)
    for factor in map(as_expr, factors):
        for part in factor.factors if isinstance(factor, Mul) else (factor,):
            if isinstance(part, Number):
                number *= part.value
            else:
                flat.append(part)
    if number == 0:
        return ZERO
    if number != 1 or not flat:
        flat.insert(0, Number(number))
    return flat[0] if len(flat) == 1 else Mul(tuple(flat))


def power(base: Scalar, exponent: int | Fraction) -> Expr:
    """Raise to a whole or half exponent.

    Roots are taken last: ``(b^(1/2))^2`` is b, while ``(b^2)^(1/2)``, which is ``|b|``, stays.
    Raises ValueError for any other exponent, and for 0 to a negative one.
    """
    base, exponent = as_expr(base), Fraction(exponent)
    if exponent.denominator not in (1, 2):
        raise ValueError(f"exponent {exponent}: only whole and half exponents are supported")
    if exponent == 0:
        return ONE
    if exponent == 1:
        return base
    if isinstance(base, Number) and exponent.denominator == 1:
        if base.value == 0 and exponent < 0:
            raise ValueError("division by zero")
        return Number(base.value ** int(exponent))
    if isinstance(base, Power) and exponent.denominator == 1:
        return power(base.base, base.exponent * exponent)
    return Power(base, exponent)


def sqrt(value: Scalar) -> Expr:
    """Return the positive square root."""
    return power(value, Fraction(1, 2))


def delta(left: Index | int, right: Index | int) -> Expr:
    """Return Kronecker's delta, decided where it can be."""
    if left == right:
        return ONE
    if isinstance(left, int) and isinstance(right, int):
        return ZERO
    return Delta(left, right)


def vector(name: str, index: Index = i) -> Element:
    """Return a vector of unknowns, its entry at ``index``."""
    return Element(name, (index,))


def free_indices(expr: Expr) -> frozenset[Index]:
    """Return the indices that no sum binds; found once for each node, and kept with it."""
    known: frozenset[Index] | None = expr.__dict__.get("_free")
    if known is None:
        known = _free_indices(expr)
        object.__setattr__(expr, "_free", known)
    return known


def ordered_indices(expr: Expr) -> tuple[Index, ...]:
    """Return the free indices by name; found once for each node, and kept with it."""
    known: tuple[Index, ...] | None = expr.__dict__.get("_ordered")
    if known is None:
        known = tuple(sorted(free_indices(expr), key=lambda index: index.name))
        object.__setattr__(expr, "_ordered", known)
    return known


def _free_indices(expr: Expr) -> frozenset[Index]:
    match expr:
        case Element(_, indices):
            return frozenset(x for x in indices if isinstance(x, Index))
        case Delta(left, right):
            return frozenset(x for x in (left, right) if isinstance(x, Index))
        case Named(_, indices, body):
            return free_indices(body).union(x for x in indices if isinstance(x, Index))
        case Sum(index, body):
            return free_indices(body) - {index}
        case Derivative(body, _, formal, velocity):
            return free_indices(body) | (free_indices(velocity) - set(formal))
        case _:
            return frozenset().union(*map(free_indices, expr.children))


_fresh = count()


def fresh(index: Index) -> Index:
    """Return an index of the same size that occurs nowhere else."""
    return Index(f"{index.name.split('~')[0]}~{next(_fresh)}", index.size)


Position = Index | int
Renaming = dict[Index, Position]


def rename(expr: Expr, to: Renaming) -> Expr:
    """Replace free indices; bound ones step aside where they would capture a new one."""
    if not free_indices(expr) & {old for old, new in to.items() if old != new}:
        return expr
    match expr:
        case Element(name, indices):
            return Element(name, _positions(indices, to))
        case Delta(left, right):
            return delta(*_positions((left, right), to))
        case Named(name, indices, body):
            return Named(name, _positions(indices, to), rename(body, to))
        case Sum(index, body):
            (bound,), inner = _step_aside((index,), to)
            return Sum(bound, rename(body, inner))
        case Derivative(body, target, formal, velocity):
            formal, inner = _step_aside(formal, to)
            return Derivative(rename(body, to), target, formal, rename(velocity, inner))
    return rebuild(expr, tuple(rename(child, to) for child in expr.children))


def _positions(indices: tuple[Position, ...], to: Renaming) -> tuple[Position, ...]:
    return tuple(to.get(x, x) if isinstance(x, Index) else x for x in indices)


def _step_aside(bound: tuple[Index, ...], to: Renaming) -> tuple[tuple[Index, ...], Renaming]:
    """Return the bound indices, renamed where ``to`` brings in the same, and the new ``to``."""
    inner = {old: new for old, new in to.items() if old not in bound}
    clash = {x: fresh(x) for x in bound if x in inner.values()}
    return tuple(clash.get(x, x) for x in bound), {**inner, **clash}


def rebuild(expr: Expr, children: tuple[Expr, ...]) -> Expr:
    """Make the same kind of node from other children."""
    match expr:
        case Add():
            return add(*children)
        case Mul():
            return mul(*children)
        case Power(_, exponent):
            return power(children[0], exponent)
        case Sum(index, _):
            return Sum(index, children[0])
        case Named(name, indices, _):
            return Named(name, indices, children[0])
        case Derivative(_, target, formal, _):
            return Derivative(children[0], target, formal, children[1])
    return expr
