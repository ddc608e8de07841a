"""Writes expressions as Python that runs on NumPy's numbers as well as on SymPy's.

Entry i of a vector is ``x[i]``, counted from 0, a sum is ``sum(... for i in range(m))``, and a
derivative is ``derivative(lambda x: ..., x, velocity)``: it is computed, not taken from a rule.
A quantity with a name is a function of all that it depends on, ``var(x, m)``.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from bncheck.documents.ascii_formulas import broken
from bncheck.errors import NotSupported
from bncheck.symbolic.expression import (
    Add,
    Delta,
    Derivative,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Number,
    Position,
    Power,
    Sum,
    Symbol,
    mul,
    ordered_indices,
    power,
    rename,
)
from bncheck.symbolic.trees import is_negative, shape, walk

WIDTH = 88
SUM, PRODUCT, UNARY, ATOM = 1, 2, 3, 4
TAKEN = frozenset(
    (
        "abs",
        "agree",
        "derivative",
        "int",
        "np",
        "random",
        "range",
        "sqrt",
        "sum",
        "sympy",
        "Fraction",
    )
)


@dataclass(frozen=True)
class Scope:
    """What names stand for where we are.

    indices: the variable of each index; moved: the variable of each named quantity that moves
    """

    indices: Mapping[Index, str]
    moved: Mapping[str, str] = field(default_factory=dict)

    def bind(self, index: Index, taken: frozenset[str]) -> Scope:
        """Return the scope within a sum over an index."""
        variable = _unused(identifier(index.name.split("~")[0]), taken | {*self.indices.values()})
        return Scope({**self.indices, index: variable}, self.moved)


@dataclass
class Functions:
    """The functions of named quantities that a cell needs, in the order they are needed in."""

    taken: frozenset[str]
    source: list[str] = field(default_factory=list)
    known: dict[tuple[object, ...], str] = field(default_factory=dict)

    def called(self, node: Named, scope: Scope) -> str:
        """Return the call of a named quantity; its function is written where it is new."""
        free = ordered_indices(node.body)
        places = [scope.indices[index] for index in free]
        canonical = {
            index: Index(name, index.size) for index, name in zip(free, "ijkl", strict=False)
        }
        node, free = _renamed(node, canonical), tuple(canonical.values())
        key = (node.name, free, shape(node.body))
        names = [*map(identifier, unknowns(node.body))]
        if key not in self.known:
            used = self.taken | {*self.known.values()}
            name = _unused(identifier(node.name), used)
            self.known[key] = name
            inner = Scope({})
            for index in free:
                inner = inner.bind(index, self.taken)
            parameters = [*inner.indices.values(), *names]
            body = Writer(self).write(node.body, inner)[0]
            head = f"def {name}({', '.join(parameters)}):"
            self.source.append(f"{head}\n{returned(body)}\n")
        return f"{self.known[key]}({', '.join([*places, *names])})"


def unknowns(*exprs: Expr) -> list[str]:
    """Return the names of arrays, then of scalars, then of sizes, each in order of appearance."""
    nodes = [node for expr in exprs for node in walk(expr)]
    arrays = dict.fromkeys(n.name for n in reversed(nodes) if isinstance(n, Element))
    sizes = dict.fromkeys(sizes_of(nodes))
    scalars = dict.fromkeys(n.name for n in reversed(nodes) if isinstance(n, Symbol))
    return [*sorted(arrays), *(s for s in sorted(scalars) if s not in sizes), *sorted(sizes)]


def sizes_of(nodes: list[Expr]) -> set[str]:
    """Return the names of lengths that occur, which are sums, derivatives, or written out."""
    found = {n.index.size for n in nodes if isinstance(n, Sum)}
    for n in nodes:
        if isinstance(n, Derivative):
            found |= {index.size for index in n.formal}
    return found | {n.name for n in nodes if isinstance(n, Symbol) and n.name == "m"}


def identifier(name: str) -> str:
    """Return a name as one of Python's, which none of the tools has."""
    shown = re.sub(r"\W", "_", name, flags=re.ASCII)
    if not shown or shown[0].isdigit() or keyword.iskeyword(shown) or shown in TAKEN:
        return f"{shown}_"
    return shown


@dataclass(frozen=True)
class Writer:
    """Writes expressions; the functions that they need are collected."""

    functions: Functions

    def write(self, expr: Expr, scope: Scope) -> tuple[str, int]:
        """Return the code, and how tightly it holds together."""
        match expr:
            case Number(value):
                return _number(value)
            case Symbol(name):
                return identifier(name), ATOM
            case Element(name, indices):
                return f"{identifier(name)}[{', '.join(_places(indices, scope))}]", ATOM
            case Named():
                return self._named(expr, scope)
            case Delta(left, right):
                one, other = _places((left, right), scope)
                return f"int({one} == {other})", ATOM
            case Add(terms):
                return self._sum(terms, scope), SUM
            case Mul(factors):
                return self._product(factors, scope), PRODUCT
            case Power(base, exponent):
                return self._power(base, exponent, scope)
            case Sum(index, body):
                inner = scope.bind(index, self.functions.taken)
                held = self.held(body, SUM, inner)
                return (
                    f"sum({held} for {inner.indices[index]} in range({identifier(index.size)}))",
                    ATOM,
                )
            case Derivative():
                return self._derivative(expr, scope), ATOM
        raise NotSupported(f"code cannot be printed for a {type(expr).__name__}")

    def held(self, expr: Expr, tightness: int, scope: Scope) -> str:
        """Return the code, in parentheses where it would fall apart."""
        code, holds = self.write(expr, scope)
        return code if holds >= tightness else f"({code})"

    def _named(self, node: Named, scope: Scope) -> tuple[str, int]:
        if node.name in scope.moved:
            places = _places(node.indices, scope)
            variable = scope.moved[node.name]
            return f"{variable}[{', '.join(places)}]" if places else variable, ATOM
        inside = {n.name for n in walk(node.body) if isinstance(n, Named)}
        if inside & set(scope.moved):  # its function knows nothing of what moves here
            return self.write(node.body, scope)
        return self.functions.called(node, scope), ATOM

    def _sum(self, terms: tuple[Expr, ...], scope: Scope) -> str:
        ordered = sorted(terms, key=is_negative) if is_negative(terms[0]) else list(terms)
        code = self.held(ordered[0], SUM, scope)
        for term in ordered[1:]:
            negative = is_negative(term)
            part = self.held(mul(-1, term) if negative else term, PRODUCT, scope)
            code += f" {'-' if negative else '+'} {part}"
        return code

    def _product(self, factors: tuple[Expr, ...], scope: Scope) -> str:
        sign, code = "", ""
        if factors[0] == Number(Fraction(-1)):
            sign, factors = "-", factors[1:]
        for factor in factors:
            if code and isinstance(factor, Power) and factor.exponent < 0:
                code += f" / {self.held(power(factor.base, -factor.exponent), UNARY, scope)}"
            else:
                tight = UNARY if code or sign else PRODUCT
                code += (" * " if code else "") + self.held(factor, tight, scope)
        return sign + code

    def _power(self, base: Expr, exponent: Fraction, scope: Scope) -> tuple[str, int]:
        if exponent < 0:
            return f"1 / {self.held(power(base, -exponent), UNARY, scope)}", PRODUCT
        if exponent == Fraction(1, 2):
            return f"sqrt({self.write(base, scope)[0]})", ATOM
        if exponent.denominator == 1:
            return f"{self.held(base, ATOM, scope)} ** {exponent}", UNARY
        return f"sqrt({self.write(base, scope)[0]}) ** {exponent.numerator}", UNARY

    def _derivative(self, node: Derivative, scope: Scope) -> str:
        velocity = self._over(node.velocity, node.formal, scope)
        named = _moved_quantity(node)
        if named is None:
            variable = point = identifier(node.target)
            body = self.write(node.body, scope)[0]
        else:
            used = self.functions.taken | {*scope.moved.values(), *scope.indices.values()}
            variable = _unused(identifier(node.target), used)
            own = dict(
                zip((x for x in named.indices if isinstance(x, Index)), node.formal, strict=True)
            )
            point = self._over(rename(named, dict(own)), node.formal, scope)
            inner = Scope(scope.indices, {**scope.moved, node.target: variable})
            body = self.write(node.body, inner)[0]
        return f"derivative(lambda {variable}: {body}, {point}, {velocity})"

    def _over(self, body: Expr, formal: tuple[Index, ...], scope: Scope) -> str:
        """Return what has an entry for each place of the indices."""
        if not formal:
            return self.write(body, scope)[0]
        index, *more = formal
        inner = scope.bind(index, self.functions.taken)
        written = self._over(body, tuple(more), inner)
        return f"[{written} for {inner.indices[index]} in range({identifier(index.size)})]"


def returned(body: str) -> str:
    """Return the statement that returns a value, in lines that a page has room for."""
    line = f"    return {body}"
    if len(line) <= WIDTH:
        return line
    inside = "\n".join(f"        {each}" for each in broken(body, WIDTH - 8))
    return f"    return (\n{inside}\n    )"


def _renamed(node: Named, to: dict[Index, Index]) -> Named:
    indices = tuple(to.get(x, x) if isinstance(x, Index) else x for x in node.indices)
    return Named(node.name, indices, rename(node.body, dict(to)))


def _moved_quantity(node: Derivative) -> Named | None:
    """Return the named quantity that a derivative moves; ``None`` where an unknown moves."""
    named: Iterator[Named] = (
        n for n in walk(node.body) if isinstance(n, Named) and n.name == node.target
    )
    return next(named, None)


def _number(value: Fraction) -> tuple[str, int]:
    if value.denominator == 1:
        return str(value), ATOM if value >= 0 else UNARY
    return f"Fraction({value.numerator}, {value.denominator})", ATOM


def _places(indices: tuple[Position, ...], scope: Scope) -> list[str]:
    return [str(x - 1) if isinstance(x, int) else scope.indices[x] for x in indices]


def _unused(name: str, taken: frozenset[str]) -> str:
    number, shown = 1, name
    while shown in taken or shown in TAKEN:
        number += 1
        shown = f"{name}_{number}"
    return shown
