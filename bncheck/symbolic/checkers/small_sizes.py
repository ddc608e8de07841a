"""Checks an equation at m = 2 to 5 with SymPy.

The sums are written out, derivatives are SymPy's ``diff`` of the written-out formula, roots are
SymPy's ``sqrt``. To decide, each root is made rational by solving its radicand for a symbol in
which it is linear, and the difference is put over one denominator and expanded.

At m = 2 the scalars and the first entry of each vector are symbols, the other entries whole
numbers that look random; from m = 3 on all entries are such numbers, and from m = 4 on also the
scalars that may have either sign. With all unknowns as symbols the written-out polynomials would
have 10^5 terms; what the larger sizes add is that nothing was special about m = 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from zlib import crc32

import sympy as sp

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
    Power,
    Sum,
    Symbol,
    free_indices,
    walk,
)

SIZES = (2, 3, 4, 5)
OTHER_SIZE = 2
"""Length of every index that is not the batch's."""

Places = Mapping[Index, int]


@dataclass(frozen=True)
class Writer:
    """Writes trees as SymPy expressions at a fixed batch size.

    A derivative is written as what it is: the body with its target moved by ``t velocity``,
    differentiated by t with SymPy's ``diff``, at t = 0. ``move`` and ``places`` are the
    derivative that is being written and where; ``outer`` writes what does not move by it.
    """

    m: int
    other_sizes: frozenset[str]
    move: Derivative | None = None
    t: sp.Symbol | None = None
    places: Places = field(default_factory=dict)
    outer: Writer | None = None
    written: dict[tuple[int, tuple[int, ...]], sp.Expr] = field(default_factory=dict)

    def length(self, size: str) -> int:
        """Return how far an index runs."""
        return self.m if size == "m" else OTHER_SIZE

    def write(self, node: Expr, places: Places) -> sp.Expr:
        """Return the node as a SymPy expression; what was written before is used again."""
        here = tuple(places[x] for x in sorted(free_indices(node), key=lambda x: x.name))
        key = (id(node), here)
        if key not in self.written:
            self.written[key] = self._write(node, places)
        return self.written[key]

    def _write(self, node: Expr, places: Places) -> sp.Expr:
        match node:
            case Number(value):
                return sp.Rational(value.numerator, value.denominator)
            case Symbol(name):
                return self._moved(node, name, (), places)
            case Element(name, indices) | Named(name, indices, _):
                return self._moved(node, name, tuple(_place(x, places) for x in indices), places)
            case Delta(left, right):
                return sp.Integer(int(_place(left, places) == _place(right, places)))
            case Add(terms):
                return sp.Add(*(self.write(term, places) for term in terms))
            case Mul(factors):
                return sp.Mul(*(self.write(factor, places) for factor in factors))
            case Power(base, exponent):
                rational = sp.Rational(exponent.numerator, exponent.denominator)
                return self.write(base, places) ** rational
            case Sum(index, body):
                every = range(1, self.length(index.size) + 1)
                parts = (self.write(body, {**places, index: at}) for at in every)
                total = sp.Add(*parts)
                # collects the numbers of a polynomial; with roots it would multiply out too much
                return total if any(map(_is_root, total.atoms(sp.Pow))) else sp.expand(total)
            case Derivative(body):
                t = sp.Dummy("t")
                inner = Writer(self.m, self.other_sizes, node, t, places, self)
                return sp.diff(inner.write(body, places), t).subs(t, 0)
        raise TypeError(f"not a node: {node!r}")

    def _moved(self, node: Expr, name: str, at: tuple[int, ...], places: Places) -> sp.Expr:
        if self.move is not None and self.outer is not None and self.move.target == name:
            formal = dict(zip(self.move.formal, at, strict=True))
            velocity = self.outer.write(self.move.velocity, {**self.places, **formal})
            return self.outer.write(node, places) + self.t * velocity
        if isinstance(node, Named):
            return self.write(node.body, places)
        if self.outer is not None:
            return self.outer.write(node, places)
        if isinstance(node, Symbol):
            return self._symbol(node)
        label = f"{name}_{'_'.join(map(str, at))}"
        if self.m > 2 or max(at) > 1:
            return _number(label)
        return sp.Symbol(label)

    def _symbol(self, node: Symbol) -> sp.Expr:
        if node.name == "m":
            return sp.Integer(self.m)
        if node.name in self.other_sizes:
            return sp.Integer(OTHER_SIZE)
        if self.m > 3 and not node.positive:
            return _number(node.name)
        return sp.Symbol(node.name, **({"positive": True} if node.positive else {"real": True}))


def _number(label: str) -> sp.Integer:
    """Return a whole number, never 0, that looks random and is the same in every run."""
    return sp.Integer((crc32(label.encode()) % 9 + 1) * (-1) ** (crc32(label.encode()) // 9))


def _place(index: Index | int, places: Places) -> int:
    return index if isinstance(index, int) else places[index]


def refutation(left: Expr, right: Expr) -> str | None:
    """Return ``None`` if both sides are equal at all these sizes, else a sentence."""
    sums = [n for n in (*walk(left), *walk(right)) if isinstance(n, Sum)]
    other_sizes = frozenset(n.index.size for n in sums) - {"m"}
    for m in SIZES:
        for places in _places(free_indices(left) | free_indices(right), m):
            writer = Writer(m, other_sizes)
            difference = writer.write(left, places) - writer.write(right, places)
            if not _is_zero(difference):
                at = "".join(f", {index.name} = {place}" for index, place in places.items())
                return f"at m = {m}{at} the difference of both sides does not simplify to zero"
    return None


def _places(free: frozenset[Index], m: int) -> Iterator[dict[Index, int]]:
    """Yield places for the free indices: 1, 2, ...; at m = 2 and 3 also all of them equal."""
    ordered = sorted(free, key=lambda x: x.name)
    apart = {
        index: min(at, m if index.size == "m" else OTHER_SIZE)
        for at, index in enumerate(ordered, 1)
    }
    yield apart
    if len(ordered) > 1 and m <= 3:
        yield dict.fromkeys(ordered, 1)


def _is_zero(difference: sp.Expr) -> bool:
    for cased in _sign_cases(difference):
        rational, left_over = _with_rational_roots(cased)
        numerator = sp.expand(sp.fraction(sp.together(rational))[0])
        for root, radicand in reversed(left_over):
            numerator = _reduced(numerator, root, radicand)
        if numerator != 0:
            return False
    return True


def _reduced(numerator: sp.Expr, root: sp.Symbol, radicand: sp.Expr) -> sp.Expr:
    """Return a polynomial in which the root occurs at most linearly, by root^2 = radicand.

    It may be multiplied by the radicand's denominator.
    """
    numerator = sp.expand(numerator)
    if not numerator.has(root):
        return numerator
    top, bottom = sp.fraction(radicand)
    terms = sp.Poly(numerator, root).terms()
    highest = max(power // 2 for (power,), _ in terms)
    return sp.expand(
        sp.Add(
            *(
                coefficient
                * root ** (power % 2)
                * top ** (power // 2)
                * bottom ** (highest - power // 2)
                for (power,), coefficient in terms
            )
        )
    )


def _sign_cases(expr: sp.Expr) -> Iterator[sp.Expr]:
    """Yield the expression with each absolute value decided, both ways."""
    absolute = expr.atoms(sp.Abs, sp.sign)
    unknown = sorted(set().union(*(a.free_symbols for a in absolute)), key=str) if absolute else []
    for signs in product((1, -1), repeat=len(unknown)):
        cased = {
            s: c * sp.Symbol(f"{s}_abs", positive=True) for s, c in zip(unknown, signs, strict=True)
        }
        yield expr.subs(cased)


Root = tuple[sp.Symbol, sp.Expr]


def _with_rational_roots(expr: sp.Expr) -> tuple[sp.Expr, list[Root]]:
    """Substitute symbols so that every radicand is a square.

    A root that has no symbol to solve its radicand for becomes a symbol itself, and is returned
    with its radicand.
    """
    left_over: list[Root] = []
    while roots := [p for p in expr.atoms(sp.Pow) if _is_root(p)]:
        inner = [p for p in roots if not any(map(_is_root, p.base.atoms(sp.Pow)))]
        node = min(inner, key=lambda p: (p.count_ops(), str(p)))
        same = [p for p in inner if p.base == node.base]
        base = _over_one_denominator(node.base, left_over)
        root = _rational_root(base, left_over)
        if root is None:
            solved = _solved(base)
            if solved is not None:
                expr = expr.xreplace(dict([solved]))
                left_over = [(t, radicand.xreplace(dict([solved]))) for t, radicand in left_over]
                continue
            root = sp.Dummy("root", positive=True)
            left_over.append((root, base))
        expr = expr.xreplace({p: root ** (2 * p.exp) for p in same})
    return expr, left_over


def _over_one_denominator(radicand: sp.Expr, known: list[Root]) -> sp.Expr:
    radicand = sp.together(radicand)
    for root, square in reversed(known):
        radicand = sp.together(radicand.subs(root**-2, 1 / square).subs(root**2, square))
    return sp.factor(radicand)


def _rational_root(radicand: sp.Expr, known: list[Root]) -> sp.Expr | None:
    """Return the root of a square, or of a square times a radicand that is known."""
    for root, square in [(sp.Integer(1), sp.Integer(1)), *known]:
        candidate = sp.sqrt(sp.factor(radicand / square))
        if not any(map(_is_root, candidate.atoms(sp.Pow))):
            return root * candidate
    return None


def _is_root(power: sp.Pow) -> bool:
    return bool(power.exp.is_Rational and power.exp.q == 2)


def _solved(radicand: sp.Expr) -> Root | None:
    """Return a positive symbol, and its value that makes the radicand a square."""
    top, bottom = sp.fraction(radicand)
    for symbol in sorted((s for s in radicand.free_symbols if s.is_positive), key=str):
        if isinstance(symbol, sp.Dummy) or bottom.has(symbol) or sp.degree(top, symbol) != 1:
            continue
        slope, rest = sp.Poly(top, symbol).all_coeffs()
        return symbol, (sp.Dummy("t", positive=True) ** 2 * bottom - rest) / slope
    return None
