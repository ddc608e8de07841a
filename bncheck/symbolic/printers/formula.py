"""Writes expressions for people: as LaTeX or as plain text.

One walk over the tree serves both: a `Notation` says how each construct is spelled. A quantity is
printed by its name only where it is what readers take the name for: the variance of a x is
written out, since sigma^2 is the variance of x.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

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
    free_indices,
    i,
    mul,
    rename,
)
from bncheck.symbolic.printers.factors import MARK, bare, over_and_under, stays_raised
from bncheck.symbolic.printers.notation import LATEX, NOTHING, TEXT, Notation, Spellings
from bncheck.symbolic.trees import is_negative, shape, walk
from bncheck.symbolic.vocabulary import USUAL

SUM, PRODUCT, ATOM = 1, 2, 3
"""How tightly a string holds together."""
WORD = r"\mathrm{"


def latex(expr: Expr, names: Spellings = NOTHING) -> str:
    """Return the expression as LaTeX, for math mode."""
    return _Printer(LATEX, _taken(expr, names), names).write(expr)[0]


def text(expr: Expr, names: Spellings = NOTHING) -> str:
    """Return the expression as plain ASCII text."""
    return _Printer(TEXT, _taken(expr, names), names).write(expr)[0]


def _taken(expr: Expr, names: Spellings) -> frozenset[str]:
    """Return the names that mean something already: of free indices, scalars, local names."""
    taken = {index.name for index in free_indices(expr)}
    taken.update(n.name for n in walk(expr) if isinstance(n, Symbol))
    return frozenset(taken.union(spelling.base for spelling in names.values()))


@dataclass(frozen=True)
class _Printer:
    notation: Notation
    taken: frozenset[str]  # names of indices that mean something where we are
    local: Spellings = field(default_factory=dict)
    done: dict[int, tuple[Expr, tuple[str, int]]] = field(default_factory=dict, compare=False)

    def write(self, expr: Expr) -> tuple[str, int]:
        """Return the string, and how tightly it holds together; made once for each node."""
        known = self.done.get(id(expr))
        if known is None:  # the tree is kept too, so that its id stays taken
            known = self.done[id(expr)] = (expr, self._written(expr))
        return known[1]

    def _written(self, expr: Expr) -> tuple[str, int]:
        n = self.notation
        match expr:
            case Number(value):
                return self._number(value)
            case Symbol(name):
                return self._name(name), ATOM
            case Element(name, indices):
                return self._indexed(name, indices), ATOM
            case Named(name, indices, _) if name in self.local:
                return self._local(name, indices), ATOM
            case Named(name, _, body) if name == MARK:
                shown, holds = self.write(body)
                return n.mark % shown, holds
            case Named(name, indices, body):
                if is_usual(name, indices, body):
                    return self._indexed(name, indices), ATOM
                return self.write(body)
            case Delta(left, right):
                return n.delta % (_position(left), _position(right)), ATOM
            case Add(terms):
                return self._sum(terms), SUM
            case Mul():
                return self._product(expr)
            case Power(base, exponent):
                if exponent == Fraction(1, 2):
                    return n.root % self.write(base)[0], ATOM
                if exponent < 0 and not stays_raised(expr):
                    return self._product(expr)
                shown = self._raised(base)
                return n.power % (shown, self._exponent(exponent)), ATOM
            case Sum(index, body):
                return self._total(index, body), PRODUCT
            case Derivative():
                return self._derivative(expr)
        raise TypeError(f"not a node: {expr!r}")

    def _total(self, index: Index, body: Expr) -> str:
        shown = index
        if _position(index) in self.taken:  # readers are spared two meanings of one letter
            spare = (name for name in "ijklpqrst" if name not in self.taken)
            shown = Index(next(spare, index.name), index.size)
        inside = _Printer(self.notation, self.taken | {_position(shown)}, self.local)
        written = inside._held(rename(body, {index: shown}), PRODUCT)
        return self.notation.total % (_position(shown), self._name(index.size), written)

    def _held(self, expr: Expr, tightness: int) -> str:
        shown, holds = self.write(expr)
        return shown if holds >= tightness else self.notation.brackets % shown

    def _raised(self, base: Expr) -> str:
        whole, base = base, bare(base)
        plain = isinstance(base, Symbol | Element)
        if isinstance(base, Named) and base.name in self.local:
            plain = not self.local[base.name].above
        elif isinstance(base, Named):
            usual = is_usual(base.name, base.indices, base.body)
            plain = usual and "^" not in self._name(base.name)
        shown = self.write(whole)[0]
        plain = plain and not shown.startswith(r"\frac")
        return shown if plain else self.notation.brackets % shown

    def _exponent(self, exponent: Fraction) -> str:
        plain = exponent.denominator == 1 or self.notation.fraction_is_atom
        return str(exponent) if plain else self.notation.brackets % exponent

    def _number(self, value: Fraction) -> tuple[str, int]:
        if value < 0:
            return "-" + self._number(-value)[0], SUM
        if value.denominator == 1:
            return str(value.numerator), ATOM
        shown = self.notation.fraction % (value.numerator, value.denominator)
        return shown, ATOM if self.notation.fraction_is_atom else PRODUCT

    def _sum(self, terms: tuple[Expr, ...]) -> str:
        if is_negative(terms[0]):  # 1 - a, not -a + 1
            terms = tuple(sorted(terms, key=is_negative))
        first, *rest = terms
        shown = self._held(first, SUM)
        for term in rest:
            negative = is_negative(term)
            part = self._held(mul(-1, term) if negative else term, PRODUCT)
            shown += f" {'-' if negative else '+'} {part}"
        return shown

    def _product(self, expr: Expr) -> tuple[str, int]:
        if is_negative(expr):
            return "-" + self._held(mul(-1, expr), PRODUCT), SUM
        top, bottom = over_and_under(expr)
        if not bottom:
            return self._factors(top), PRODUCT
        n = self.notation
        if len(bottom) == 1 and isinstance(bottom[0], Number) and any(map(stays_raised, top)):
            return self._behind_a_number(1 / bottom[0].value, top), PRODUCT
        tall = [each for each in top if n.fraction_is_atom and self._is_tall(each)]
        if tall:
            low = [each for each in top if not any(each is other for other in tall)]
            return self._beside_a_fraction(low, bottom, tall), PRODUCT
        if n.fraction_is_atom:
            return n.fraction % (
                self._factors(top, alone=True),
                self._factors(bottom, alone=True),
            ), ATOM
        under = self._held(bottom[0], ATOM)
        if len(bottom) > 1:
            under = n.brackets % self._factors(bottom)
        over = self._factors(top)
        if top and isinstance(bare(top[-1]), Sum):
            over = n.brackets % over
        return n.fraction % (over, under), PRODUCT

    def _behind_a_number(self, value: Fraction, top: list[Expr]) -> str:
        """Return 1/2 a (b + c)^(-3/2)."""
        if isinstance(top[0], Number):
            value, top = value * top[0].value, top[1:]
        return self.notation.times.join((self._held(Number(value), ATOM), self._factors(top)))

    def _beside_a_fraction(self, top: list[Expr], bottom: list[Expr], tall: list[Expr]) -> str:
        """Return 1/m sum x, and not sum x / m: no fraction within a fraction."""
        over = self._factors(top, alone=True) if top else "1"
        front = self.notation.fraction % (over, self._factors(bottom, alone=True))
        tight = PRODUCT if isinstance(bare(tall[-1]), Sum) else ATOM
        shown = [*(self._held(each, ATOM) for each in tall[:-1]), self._held(tall[-1], tight)]
        return self.notation.times.join([front, *shown])

    def _factors(self, factors: list[Expr], alone: bool = False) -> str:
        if not factors:
            return "1"
        if alone and len(factors) == 1:
            return self.write(factors[0])[0]
        # a sum over an index takes the whole product after it, so it goes last or into brackets
        shown = [self._held(factor, ATOM) for factor in factors[:-1]]
        last = factors[-1]
        tight = PRODUCT if isinstance(bare(last), Sum) or not shown else ATOM
        shown.append(self._held(last, tight))
        product = shown[0]
        for one, other in pairwise(shown):
            words = one.startswith(WORD) and other.startswith(WORD)  # hi lo is not "hilo"
            product += (r" \cdot " if words else self.notation.times) + other
        return product

    def _is_tall(self, factor: Expr) -> bool:
        """Whether a factor has a fraction or a sum in it."""
        shown = self.write(factor)[0]
        return r"\frac" in shown or r"\sum" in shown

    def _name(self, name: str) -> str:
        names = self.notation.names
        if name in names or not names:
            return names.get(name, name)
        head, _, below = name.partition("_")  # eps_2, hi
        shown = names.get(head, head if len(head) == 1 else rf"\mathrm{{{head}}}")
        return f"{shown}_{{{below}}}" if below else shown

    def _indexed(self, name: str, indices: tuple[Position, ...]) -> str:
        shown = self._name(name)
        if not indices:
            return shown
        at = " ".join(map(_position, indices))
        if shown.endswith("}") and shown.startswith(r"\frac"):
            return f"{shown[:-1]}_{{{at}}}}}"
        return self.notation.index % (shown, at)

    def _local(self, name: str, indices: tuple[Position, ...]) -> str:
        spelling = self.local[name]
        at = (spelling.below, " ".join(map(_position, indices)))
        below = (", " if self.notation is LATEX else "_").join(filter(None, at))
        shown = self.notation.index % (spelling.base, below) if below else spelling.base
        return self.notation.power % (shown, spelling.above) if spelling.above else shown

    def _derivative(self, expr: Derivative) -> tuple[str, int]:
        n = self.notation
        shown = self._held(expr.body, ATOM)
        match expr.velocity:
            case Delta(left, right) if left in expr.formal:  # along one entry: a partial derivative
                return self._partial(shown, self._indexed(expr.target, (right,)), expr.body)
            case Number(value) if value == 1 and not expr.formal:
                return self._partial(shown, self._name(expr.target), expr.body)
        name = self._indexed(expr.target, expr.formal)
        return n.derivative % (name, self.write(expr.velocity)[0], shown), PRODUCT

    def _partial(self, shown: str, by: str, body: Expr) -> tuple[str, int]:
        if isinstance(body, Named) and body.name in self.local:
            return self.notation.slope % (shown, by), ATOM
        return self.notation.partial % (by, shown), PRODUCT


def is_usual(name: str, indices: tuple[Position, ...], body: Expr) -> bool:
    """Whether a named quantity is the one that its name stands for."""
    meanings = USUAL.get(name, ())
    return any(
        shape(body) == shape(rename(usual, dict(zip((i,), indices, strict=False))))
        for usual in meanings
    )


def _position(index: Index | int) -> str:
    return str(index) if isinstance(index, int) else index.name.split("~")[0]
