"""Sums over an index, in normal form: what depends on it becomes one power sum."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import permutations
from math import factorial
from typing import Any

from bncheck.errors import NotSupported
from bncheck.symbolic.algebra import (
    MAX_DUMMIES,
    Atom,
    Monomial,
    Polynomial,
    Position,
    atom,
    collect,
    constant,
    depends,
    kronecker,
)
from bncheck.symbolic.work import TooLarge, step


def total(p: Polynomial, index: str, size: str) -> Polynomial:
    """Sum over a free index: pull out what does not depend on it, contract deltas, canonise."""
    result: list[tuple[Monomial, Fraction]] = []  # a sum made term by term copies itself
    for monomial, coefficient in p.terms.items():
        inside = [(a, e) for a, e in monomial if depends(a, index)]
        outside = Polynomial({tuple(f for f in monomial if f not in inside): coefficient})
        contracted = next((a for a, _ in inside if a[0] == "delta"), None)
        if not inside:
            term = atom("scalar", size)
        elif contracted is not None:
            other = contracted[2] if contracted[1] == (1, index) else contracted[1]
            term = constant(1)
            for a, e in inside:
                if a is not contracted:
                    term = term * _placed(a, index, other) ** e
        else:
            term = _power_sum(inside, index, size)
        result += (outside * term).terms.items()
    return collect(result)


def at_position(p: Polynomial, index: str, position: Position) -> Polynomial:
    """Replace a free index by another position, in every term."""
    result: list[tuple[Monomial, Fraction]] = []
    for monomial, coefficient in p.terms.items():
        term = Polynomial({tuple(f for f in monomial if not depends(f[0], index)): coefficient})
        for a, e in monomial:
            if depends(a, index):
                term = term * _placed(a, index, position) ** e
        result += term.terms.items()
    return collect(result)


def _placed(a: Atom, index: str, position: Position) -> Polynomial:
    """Replace a free index of an atom by another position."""

    def moved(positions: Iterable[Position]) -> tuple[Position, ...]:
        return tuple(position if p == (1, index) else p for p in positions)

    if a[0] == "element":
        return atom("element", a[1], moved(a[2]))
    if a[0] == "delta":
        return kronecker(*moved(a[1:]))
    if a[0] == "sign":
        (((inner, _),),) = _placed(a[1], index, position).terms
        return atom("sign", inner)
    factors: Factors = {}
    for (name, ps), e in a[2]:  # two of them may be the same entry now
        factors[name, moved(ps)] = factors.get((name, moved(ps)), 0) + e
    return atom(*canonical(a[1], factors))


SIGN = "sign of "
"""What the signs of an array's entries are called inside a power sum: an array of their own."""
ORDER = 16
"""Steps that an order of the dummies costs: a sort, where a step is a term that is added."""
Factors = dict[tuple[str, tuple[Position, ...]], int]


def _power_sum(inside: list[tuple[Atom, int]], index: str, size: str) -> Polynomial:
    """Merge everything that depends on the index into one power sum."""
    sizes = [size]
    factors: Factors = {}

    def put(name: str, positions: Iterable[Position], exponent: int) -> None:
        key = (name, tuple((0, 0) if p == (1, index) else p for p in positions))
        factors[key] = factors.get(key, 0) + exponent

    for a, e in inside:
        if a[0] == "element":
            put(a[1], a[2], e)
            continue
        if a[0] == "sign":
            if a[1][0] != "element":
                raise NotSupported("a sum of absolute values of sums")
            put(SIGN + a[1][1], a[1][2], e)
            continue
        for _ in range(e):  # each factor of an inner sum brings dummies of its own
            first = len(sizes)
            sizes.extend(a[1])
            for (name, positions), exponent in a[2]:
                shifted = ((0, n + first) if kind == 0 else (kind, n) for kind, n in positions)
                put(name, shifted, exponent)
    return atom(*canonical(tuple(sizes), factors))


def canonical(sizes: tuple[str, ...], factors: Factors) -> Atom:
    """Number the dummies so that the atom is the least of all numberings."""
    if len(sizes) > MAX_DUMMIES:
        raise TooLarge(f"a sum over {len(sizes)} indices at once is too large to decide")
    step(ORDER * factorial(len(sizes)))
    best: tuple[Any, ...] | None = None
    for order in permutations(range(len(sizes))):
        place = {old: new for new, old in enumerate(order)}
        renamed = sorted(
            ((name, tuple((0, place[n]) if kind == 0 else (kind, n) for kind, n in ps)), e)
            for (name, ps), e in factors.items()
        )
        candidate = (tuple(sizes[old] for old in order), tuple(renamed))
        if best is None or candidate < best:
            best = candidate
    return ("sum", *(best or ((), ())))


def with_equal_indices(p: Polynomial) -> Polynomial:
    """Use each delta: under delta(i, j), j is written i everywhere else in the monomial."""
    result: list[tuple[Monomial, Fraction]] = []
    for monomial, coefficient in p.terms.items():
        term = Polynomial({monomial: coefficient})
        for a, _ in monomial:
            if a[0] == "delta" and a[2][0] == 1:
                ((rest, c),) = term.terms.items()
                term = Polynomial({((a, 1),): c})
                for b, e in rest:
                    if b != a:
                        place = depends(b, a[2][1])
                        term = term * (_placed(b, a[2][1], a[1]) if place else atom(*b)) ** e
                if term.monomial is None:
                    break
        result += term.terms.items()
    return collect(result)
