"""An expression at a fixed batch size, as a rational function with every sum written out.

The unknowns are generators of a polynomial ring of SymPy. So is every root r of a radicand R: a
positive symbol in which R is linear is replaced by what r^2 = R makes of it, and where there is
none, r^2 = R is used at the end. A derivative is that of the written-out function, by SymPy's
``diff``: the sum of the partial derivatives times the velocities, where r has the derivative
(that of R) / (2 r).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from zlib import crc32

import sympy as sp
from sympy.polys.rings import ring

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.quotients import Quotient
from bncheck.symbolic.checkers.unknowns import Unknowns
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
    ordered_indices,
)
from bncheck.symbolic.trees import walk

OTHER_SIZE = 2
"""Length of every index that is not the batch's."""
MAX_ROOTS = 24

Places = Mapping[Index, int]
Place = tuple[int, ...]


@dataclass
class Scene:
    """Which named quantities are unknowns of their own, and what has been worked out so."""

    moved: dict[tuple[str, Place], Any] = field(default_factory=dict)
    known: dict[tuple[int, Place], Quotient] = field(default_factory=dict)


class WrittenOut:
    """All expressions of one equation at one batch size."""

    def __init__(
        self, unknowns: Unknowns, m: int, signs: Mapping[str, int], all_symbols: bool
    ) -> None:
        """Make the ring. ``signs`` are those of the scalars that are not positive by themselves.

        Without ``all_symbols``, numbers stand for scalars and entries that nothing moves.
        """
        self._unknowns, self._m, self._all = unknowns, m, all_symbols
        self._signs = signs
        scalars = [name for name in unknowns.symbols if self._is_symbol(name)]
        entries = [
            (name, at)
            for name, lengths in unknowns.arrays.items()
            if self._is_symbol(name)
            for at in product(*(range(1, self._length(size) + 1) for size in lengths))
        ]
        spare = [f"t{n}" for n in range(MAX_ROOTS)]
        labels = [*spare, *scalars, *(f"{name}{at}" for name, at in entries)]
        self._ring, *gens = ring([sp.Dummy(label) for label in labels], sp.QQ)
        self._spare = gens[: len(spare)]
        rest = gens[len(spare) :]
        self._scalars = dict(zip(scalars, rest, strict=False))
        self._entries = dict(zip(entries, rest[len(scalars) :], strict=True))
        positive = {g for name, g in self._scalars.items() if self._is_positive(name)}
        self._positive = frozenset(positive)
        self._solved: dict[Any, Quotient] = {}  # scalars that a root has replaced
        self._roots: list[tuple[Any, Quotient]] = []
        self._left_over: list[Any] = []
        self._base = Scene()

    def _is_symbol(self, name: str) -> bool:
        positive = self._unknowns.symbols.get(name, False)
        return self._all or positive or name in self._unknowns.moved

    def _is_positive(self, name: str) -> bool:
        return self._unknowns.symbols[name] or name in self._signs

    def _length(self, size: str) -> int:
        return self._m if size == "m" else OTHER_SIZE

    def _number(self, value: Any) -> Quotient:
        return Quotient(self._ring.ground_new(sp.QQ.convert(value)), {})

    # roots

    def solve_roots(self, radicands: Sequence[Expr]) -> None:
        """Meet the radicands, the shortest first, so that each may replace a scalar."""
        for radicand in radicands:
            self._root(self.value(radicand, {}, self._base), may_solve=True)
            self._base.known.clear()  # a scalar may mean something else now

    def _root(self, radicand: Quotient, may_solve: bool = False) -> Quotient:
        radicand = radicand.cancelled()
        plain = radicand.monomial_root(self._positive)
        if plain is not None:
            return plain
        for root, square in self._roots:
            ratio = radicand.divided(square.compose(self._solved))
            multiple = None if ratio is None else ratio.monomial_root(self._positive)
            if multiple is not None:
                return multiple * Quotient(root, {})
        return self._new_root(radicand, may_solve)

    def _new_root(self, radicand: Quotient, may_solve: bool) -> Quotient:
        t = self._take_spare()
        self._positive |= {t}
        root = Quotient(t, {})
        self._roots.append((t, radicand))
        scalar = self._linear_in(radicand) if may_solve else None
        if scalar is None:
            self._left_over.append(t)
        else:
            zero = self._number(0)
            rest = radicand.compose({scalar: zero})
            slope = radicand.diff(scalar)
            value = (root**2 - rest) * slope.inverse()
            self._solved = {s: q.compose({scalar: value}) for s, q in self._solved.items()}
            self._solved[scalar] = value
        return root

    def _take_spare(self) -> Any:
        if not self._spare:
            raise NotSupported(f"more than {MAX_ROOTS} roots and moved quantities at once")
        return self._spare.pop(0)

    def _linear_in(self, radicand: Quotient) -> Any | None:
        for name in sorted(self._scalars):
            generator = self._scalars[name]
            if not self._unknowns.symbols[name] or generator in self._solved:
                continue
            top = radicand.top
            if top.degree(generator) == 1 and not any(
                factor.degree(generator) > 0 for factor in radicand.bottom
            ):
                return generator
        return None

    def is_zero(self, quotient: Quotient) -> bool:
        """Whether a quotient is zero, by r^2 = R for the roots that are left over.

        Raises NotSupported where a denominator is.
        """
        if any(not self._reduced(factor) for factor in quotient.bottom):
            raise NotSupported(f"division by zero at m = {self._m}")
        return not self._reduced(quotient.top)

    def _reduced(self, p: Any) -> Any:
        """Return a polynomial, times squares, in which the roots left over occur once at most."""
        radicands = dict(self._roots)
        for root in reversed(self._left_over):
            if p.degree(root) < 2:
                continue
            at = self._ring.gens.index(root)
            square = radicands[root].compose(self._solved)
            bottom = self._ring.one
            for factor, exponent in square.bottom.items():
                bottom = bottom * factor**exponent
            highest = p.degree(root) // 2
            groups: dict[int, dict[Place, Any]] = {}
            for monomial, c in p.items():
                kept = (*monomial[:at], monomial[at] % 2, *monomial[at + 1 :])
                groups.setdefault(monomial[at] // 2, {})[kept] = c
            p = self._ring.zero
            for half, terms in groups.items():
                part = self._ring.from_dict(terms)
                p = p + part * square.top**half * bottom ** (highest - half)
        return p

    # values

    def value(self, node: Expr, places: Places, scene: Scene | None = None) -> Quotient:
        """Return the node at the places; what was worked out before is used again."""
        scene = self._base if scene is None else scene
        here = tuple(places[x] for x in ordered_indices(node))
        key = (id(node), here)
        if key not in scene.known:
            scene.known[key] = self._value(node, places, scene)
        return scene.known[key]

    def _value(self, node: Expr, places: Places, scene: Scene) -> Quotient:
        match node:
            case Number(value):
                return self._number(sp.Rational(value.numerator, value.denominator))
            case Symbol(name):
                return self._symbol(name)
            case Element(name, indices):
                return self._entry(name, _at(indices, places))
            case Named(name, indices, body):
                moved = scene.moved.get((name, _at(indices, places)))
                return self.value(body, places, scene) if moved is None else Quotient(moved, {})
            case Delta(left, right):
                return self._number(int(len(set(_at((left, right), places))) == 1))
            case Add(terms):
                return self._total(self.value(term, places, scene) for term in terms)
            case Mul(factors):
                result = self.value(factors[0], places, scene)
                for factor in factors[1:]:
                    result = result * self.value(factor, places, scene)
                return result
            case Power(base, exponent):
                inside = self.value(base, places, scene)
                if exponent.denominator == 2:
                    return self._root(inside) ** int(2 * exponent)
                return inside ** int(exponent)
            case Sum(index, body):
                every = range(1, self._length(index.size) + 1)
                return self._total(self.value(body, {**places, index: at}, scene) for at in every)
            case Derivative():
                return self._derivative(node, places, scene)
        raise TypeError(f"not a node: {node!r}")

    def _total(self, values: Iterable[Quotient]) -> Quotient:
        result: Quotient | None = None
        for value in values:
            result = value if result is None else result + value
        return self._number(0) if result is None else result

    def _symbol(self, name: str) -> Quotient:
        if name in self._unknowns.sizes:
            return self._number(self._length(name))
        if name not in self._scalars:
            return self._number(_number(name))
        generator = self._scalars[name]
        if generator in self._solved:
            return self._solved[generator]
        return Quotient(generator * self._signs.get(name, 1), {})

    def _entry(self, name: str, at: Place) -> Quotient:
        generator = self._entries.get((name, at))
        return (
            self._number(_number(f"{name}{at}")) if generator is None else Quotient(generator, {})
        )

    # derivatives

    def _derivative(self, node: Derivative, places: Places, scene: Scene) -> Quotient:
        sizes = [range(1, self._length(index.size) + 1) for index in node.formal]
        velocities = {
            at: self.value(
                node.velocity, {**places, **dict(zip(node.formal, at, strict=True))}, scene
            )
            for at in product(*sizes)
        }
        if node.target in self._unknowns.arrays:
            moves = {self._entries[node.target, at]: v for at, v in velocities.items()}
            return self._rate(self.value(node.body, places, scene), moves)
        if node.target in self._scalars:
            sign = self._number(self._signs.get(node.target, 1))
            moves = {self._scalars[node.target]: velocities[()] * sign}
            return self._rate(self.value(node.body, places, scene), moves)
        return self._named_derivative(node, places, scene, velocities)

    def _named_derivative(
        self, node: Derivative, places: Places, scene: Scene, velocities: Mapping[Place, Quotient]
    ) -> Quotient:
        """Make the named quantity an unknown, differentiate, and put its value in again."""
        named = next(
            (n for n in walk(node.body) if isinstance(n, Named) and n.name == node.target), None
        )
        if named is None:
            return self._number(0)
        unknowns = {at: self._take_spare() for at in velocities}
        inner = Scene({**scene.moved, **{(node.target, at): g for at, g in unknowns.items()}})
        before = len(self._roots)
        body = self.value(node.body, places, inner)
        rate = self._rate(body, {unknowns[at]: v for at, v in velocities.items()})
        back: dict[Any, Quotient] = {}
        for at, generator in unknowns.items():
            own = {x: n for x, n in zip(named.indices, at, strict=True) if isinstance(x, Index)}
            back[generator] = self.value(named.body, {**places, **own}, scene)
        for root, radicand in self._roots[before:]:
            if any(radicand.has(generator) for generator in back):
                back[root] = self._root(radicand.compose(back))
        return rate.compose(back)

    def _rate(self, value: Quotient, moves: Mapping[Any, Quotient]) -> Quotient:
        """Return the derivative along the moves; a root r moves by (that of R) / (2 r)."""
        moves = dict(moves)
        for root, radicand in self._roots:
            rate = self._along(radicand, moves)
            if rate.top:
                moves[root] = (rate * (self._number(2) * Quotient(root, {})).inverse()).compose(
                    self._solved
                )
        return self._along(value, moves)

    def _along(self, value: Quotient, moves: Mapping[Any, Quotient]) -> Quotient:
        return self._total(value.diff(g) * v for g, v in moves.items() if value.has(g))


def _at(indices: Sequence[Index | int], places: Places) -> Place:
    return tuple(x if isinstance(x, int) else places[x] for x in indices)


def _number(label: str) -> int:
    """Return a whole number, never 0, that looks random and is the same in every run."""
    code = crc32(label.encode())
    return (code % 9 + 1) * (-1 if code // 9 % 2 else 1)
