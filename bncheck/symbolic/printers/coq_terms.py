"""Formulas and normal forms as Coq writes them: real numbers, products, and sums over the batch.

An entry x[1] of the batch, the first one, is ``x 0`` in Coq: there the places are 0 .. m - 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from bncheck.errors import NotSupported
from bncheck.symbolic.algebra import Atom, Monomial, Polynomial
from bncheck.symbolic.expression import (
    Add,
    Delta,
    Element,
    Expr,
    Index,
    Mul,
    Number,
    Position,
    Power,
    Sum,
    Symbol,
)
from bncheck.symbolic.printers.coq_trees import Moved, Slope

RESERVED = frozenset(("R", "fun", "at", "in", "as", "h"))

Override = Callable[[Expr], "str | None"]


def name_of(name: str) -> str:
    """Return a name that Coq takes."""
    name = name.replace("~", "_")
    return f"{name}_" if name in RESERVED else name


def place(position: Position) -> str:
    """Return an index, or a fixed place."""
    return name_of(position.name) if isinstance(position, Index) else f"{position - 1}%nat"


def formula(expr: Expr, sizes: frozenset[str], override: Override = lambda _: None) -> str:
    """Return an expression; where ``override`` has a text for a part, that text stands there."""

    def of(expr: Expr) -> str:
        known = override(expr)
        if known is not None:
            return known
        match expr:
            case Number(value):
                return number(value)
            case Symbol(name):
                return f"(INR {name_of(name)})" if name in sizes else name_of(name)
            case Element(name, indices):
                return f"({name_of(name)} {' '.join(map(place, indices))})"
            case Delta(left, right):
                return f"(delta {place(left)} {place(right)})"
            case Add(terms):
                return f"({' + '.join(map(of, terms))})"
            case Mul(factors):
                return f"({' * '.join(map(of, factors))})"
            case Power(base, exponent):
                return root_power(of(base), exponent)
            case Sum(index, body):
                return total(index.size, place(index), of(body))
            case Moved(base, velocity):
                return f"(moved h {of(base)} {of(velocity)})"
            case Slope(body):
                return f"(Derive (fun h => {of(body)}) 0)"
        raise NotSupported(f"a certificate cannot speak of {type(expr).__name__}")

    return of(expr)


def total(size: str, index: str, body: str) -> str:
    """Return a sum."""
    return f"(total {name_of(size)} (fun {index} => {body}))"


def root_power(base: str, exponent: Fraction) -> str:
    """Return a whole or half power."""
    shown = f"(sqrt {base})" if exponent.denominator == 2 else base
    count = abs(exponent.numerator)
    raised = shown if count == 1 else f"({shown} ^ {count})"
    return raised if exponent > 0 else f"(/ {raised})"


def number(value: Fraction) -> str:
    """Return a rational number."""
    shown = str(abs(value.numerator))
    if value.denominator != 1:
        shown = f"({shown} / {value.denominator})"
    return f"(- {shown})" if value < 0 else shown


def polynomial(p: Polynomial, texts: Mapping[Atom, str], sizes: frozenset[str]) -> str:
    """Return a normal form; ``texts`` says how atoms are written that have another text now."""
    terms = [
        " * ".join(
            part for part in (_coefficient(c, key), monomial(key, texts, sizes)) if part != "1"
        )
        for key, c in sorted(p.terms.items())
    ]
    return f"({' + '.join(term or '1' for term in terms)})" if terms else "0"


def _coefficient(c: Fraction, key: Monomial) -> str:
    return number(c) if key or c != 1 else "1"


def monomial(key: Monomial, texts: Mapping[Atom, str], sizes: frozenset[str]) -> str:
    """Return a product."""
    parts = [repeated(atom(a, texts, sizes), e) for a, e in key]
    return " * ".join(parts) or "1"


def atom(a: Atom, texts: Mapping[Atom, str], sizes: frozenset[str]) -> str:
    """Return an atom of a normal form."""
    if a in texts:
        return texts[a]
    match a[0]:
        case "scalar":
            return f"(INR {name_of(a[1])})" if a[1] in sizes else name_of(a[1])
        case "element":
            return f"({name_of(a[1])} {' '.join(map(_position, a[2]))})"
        case "delta":
            return f"(delta {_position(a[1])} {_position(a[2])})"
        case "sum":
            return nested(a)
        case "inverse":
            return f"(/ {polynomial(Polynomial(dict(a[1])), texts, sizes)})"
    raise NotSupported(f"a certificate cannot speak of a {a[0]}")


def _position(position: tuple[int, str | int]) -> str:
    kind, at = position
    if kind == 2:
        return f"{int(at) - 1}%nat"
    return name_of(str(at)) if kind == 1 else f"p{at}"


def nested(a: Atom) -> str:
    """Return a power sum; its n-th index is called p0, p1, ..."""
    _, sizes, factors = a
    body = product_of(factors)
    for n in reversed(range(len(sizes))):
        body = total(sizes[n], f"p{n}", body)
    return body


def product_of(
    factors: tuple[tuple[tuple[str, tuple[tuple[int, str | int], ...]], int], ...],
) -> str:
    """Return the product inside a power sum."""
    entries = [
        repeated(f"({name_of(name)} {' '.join(map(_position, ps))})", e)
        for (name, ps), e in factors
    ]
    return " * ".join(entries)


def repeated(base: str, exponent: int) -> str:
    """Return a whole power, written out so that equal products are equal texts."""
    product = " * ".join([base] * abs(exponent))
    shown = product if abs(exponent) == 1 else f"({product})"
    return shown if exponent > 0 else f"(/ {shown})"
