"""An expression at a fixed batch size, as a rational function with every sum written out.

The unknowns are generators of a polynomial ring of SymPy, and so are the roots (`rooted_ring`). A
derivative is that of the written-out function, by SymPy's ``diff``: the sum of the partial
derivatives times the velocities, where a root r of R has the derivative (that of R) / (2 r).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from zlib import crc32

from bncheck.symbolic.checkers.quotients import Quotient
from bncheck.symbolic.checkers.rooted_ring import RootedRing
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

Places = Mapping[Index, int]
Place = tuple[int, ...]


@dataclass
class Scene:
    """Which named quantities are unknowns of their own, and what has been worked out so."""

    moved: dict[tuple[str, Place], Any] = field(default_factory=dict)
    known: dict[tuple[int, Place], Quotient] = field(default_factory=dict)


class WrittenOut(RootedRing):
    """All expressions of one equation at one batch size."""

    def __init__(
        self, unknowns: Unknowns, m: int, signs: Mapping[str, int], all_symbols: bool
    ) -> None:
        """Make the ring, as `RootedRing` says; nothing is worked out yet."""
        super().__init__(unknowns, m, signs, all_symbols)
        self._base = Scene()

    def solve_roots(self, radicands: Sequence[Expr]) -> None:
        """Meet the radicands, the shortest first, so that each may replace a scalar."""
        for radicand in radicands:
            self._root(self.value(radicand, {}, self._base), may_solve=True)
            self._base.known.clear()  # a scalar may mean something else now

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
                return self._number(value)
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
