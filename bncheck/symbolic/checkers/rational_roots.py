"""Moves a random point so that the roots of an expression are rational there."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.duals import NotSquare, rational_power
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.expression import Element, Expr, Power, Symbol, free_indices
from bncheck.symbolic.trees import length, walk

Entries = dict[tuple[str, tuple[int, ...]], Fraction]


def make_roots_rational(nodes: list[Expr], point: Point, lines: bool = False) -> None:
    """Move one positive symbol of each radicand so that its root is rational.

    With ``lines``, where no symbol does it, an array is moved along a line.
    Raises NotSquare where that fails, NotSupported for a root with a free index.
    """
    fixed: set[str] = set(point.sizes)
    radicands = [n.base for n in nodes if isinstance(n, Power) and n.exponent.denominator == 2]
    for radicand in sorted(dict.fromkeys(radicands), key=length):  # what is inside comes first
        if free_indices(radicand):
            raise NotSupported("a root of an expression with a free index")
        inside = list(walk(radicand))
        symbols = {n.name for n in inside if isinstance(n, Symbol)}
        arrays = {n.name for n in inside if isinstance(n, Element)}
        if not _is_square(radicand, point):
            positive = {n.name for n in inside if isinstance(n, Symbol) and n.positive}
            if not _solve(radicand, sorted(positive - fixed), point):
                _move(radicand, sorted(arrays - fixed) if lines else [], point)
        fixed |= symbols | arrays


def _is_square(radicand: Expr, point: Point) -> bool:
    try:
        rational_power(evaluate(radicand, {}, Scene(point)).real, Fraction(1, 2))
    except NotSquare:
        return False
    return True


def _solve(radicand: Expr, names: list[str], point: Point) -> bool:
    """Set a symbol, in which the radicand is affine, so that the root is rational."""
    for name in names:
        before = point.symbols.get(name)
        at_zero, at_one, at_two = (_value_at(radicand, name, v, point) for v in (0, 1, 2))
        slope = at_one - at_zero
        if slope > 0 and at_two == at_one + slope:
            root = Fraction(isqrt(int(max(at_zero, Fraction(0)))) + point.rng.randint(1, 6))
            value = (root**2 - at_zero) / slope
            if value > 0:
                point.symbols[name] = value
                return True
        if before is not None:
            point.symbols[name] = before
    return False


def _value_at(radicand: Expr, name: str, value: int, point: Point) -> Fraction:
    point.symbols[name] = Fraction(value)
    try:
        return evaluate(radicand, {}, Scene(point)).real
    except ZeroDivisionError:  # the symbol stands in a denominator: not affine
        return Fraction(0)


def _move(radicand: Expr, names: list[str], point: Point) -> None:
    """Move an array along a line, d + f p, so that the root is rational.

    Where the radicand is quadratic in f and has the root r at d, the line of slope k through
    (0, r) meets the conic g^2 = r^2 + b f + a f^2 in a second rational point,
    f = (b - 2 k r) / (k^2 - a). Raises NotSquare if no array can do that.
    """
    for name in names:
        entries = {at: value for at, value in point.elements.items() if at[0] == name}
        for start in STARTS:

            def at_factor(
                f: Fraction, entries: Entries = entries, start: Start = start
            ) -> Fraction:
                moved = {at: start(at[1]) + f * value for at, value in entries.items()}
                point.elements.update(moved)
                return evaluate(radicand, {}, Scene(point)).real

            if _solved_line(at_factor, point):
                return
            point.elements.update(entries)
    raise NotSquare


def _solved_line(at_factor: Callable[[Fraction], Fraction], point: Point) -> bool:
    """Move the point to where the quadratic function has a rational root, if that can be done."""
    square = at_factor(Fraction(0))
    try:
        r = rational_power(square, Fraction(1, 2))
    except NotSquare:
        return False
    one, two, three = (at_factor(Fraction(f)) - square for f in (1, 2, 3))
    a = (two - 2 * one) / 2
    b = one - a
    k = Fraction(point.rng.randint(1, 9), point.rng.randint(1, 3))
    if three != 3 * b + 9 * a or k**2 == a or b == 2 * k * r:
        return False
    at_factor((b - 2 * k * r) / (k**2 - a))
    return True


def _alternating(at: tuple[int, ...]) -> int:
    """Return 1, -1, 1, -1, ... down the first column: of variance 1 for an even size."""
    return (-1) ** at[0] if all(n == 1 for n in at[1:]) else 0


def _first(at: tuple[int, ...]) -> int:
    """Return 1 at the first place: of norm 1, and of variance (m - 1) / m^2."""
    return int(all(n == 1 for n in at))


Start = Callable[[tuple[int, ...]], int]
STARTS: tuple[Start, ...] = (lambda at: 0, _alternating, _first)
"""Where the lines of `_move` start."""
