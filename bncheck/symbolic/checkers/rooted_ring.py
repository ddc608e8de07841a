"""The ring in which an equation at one batch size is written out: its unknowns and its roots.

A positive symbol in which a radicand R is linear is replaced by what r^2 = R makes of it; where
there is none, r^2 = R is used at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import sympy as sp
from sympy.polys.rings import ring

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.quotients import Quotient
from bncheck.symbolic.checkers.unknowns import Unknowns

OTHER_SIZE = 2
"""Length of every index that is not the batch's."""
MAX_ROOTS = 24


class RootedRing:
    """A polynomial ring for the unknowns of an equation at one batch size, and for its roots."""

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
        self._ring, *gens = ring([sp.Dummy(label) for label in labels], sp.ZZ)
        self._spare = gens[: len(spare)]
        rest = gens[len(spare) :]
        self._scalars = dict(zip(scalars, rest, strict=False))
        self._entries = dict(zip(entries, rest[len(scalars) :], strict=True))
        positive = {g for name, g in self._scalars.items() if self._is_positive(name)}
        self._positive = frozenset(positive)
        self._solved: dict[Any, Quotient] = {}  # scalars that a root has replaced
        self._roots: list[tuple[Any, Quotient]] = []
        self._left_over: list[Any] = []

    def _is_symbol(self, name: str) -> bool:
        positive = self._unknowns.symbols.get(name, False)
        return self._all or positive or name in self._unknowns.moved

    def _is_positive(self, name: str) -> bool:
        return self._unknowns.symbols[name] or name in self._signs

    def _length(self, size: str) -> int:
        return self._m if size == "m" else OTHER_SIZE

    def _number(self, value: Fraction | int) -> Quotient:
        return Quotient(self._ring.ground_new(value.numerator), {}, value.denominator)

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
            bottom = square.denominator
            highest = p.degree(root) // 2
            groups: dict[int, dict[tuple[int, ...], Any]] = {}
            for monomial, c in p.items():
                kept = (*monomial[:at], monomial[at] % 2, *monomial[at + 1 :])
                groups.setdefault(monomial[at] // 2, {})[kept] = c
            p = self._ring.zero
            for half, terms in groups.items():
                part = self._ring.from_dict(terms)
                p = p + part * square.top**half * bottom ** (highest - half)
        return p
