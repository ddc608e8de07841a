"""Whether a polynomial is a sum of given ones with coefficients that are not negative, exactly.

A linear program in rationals, by the simplex method with Bland's rule, which always ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bncheck.symbolic.algebra import Monomial, Polynomial

MAX_ENTRIES = 2_000_000
"""Entries of tables that may be computed for one question, a few seconds' work."""


@dataclass
class Budget:
    """How many entries of tables may still be computed."""

    entries: int = MAX_ENTRIES


@dataclass
class _Table:
    """Rows ``sum a x = b`` with b >= 0, each solved for one basic column."""

    rows: list[list[Fraction]]
    basic: list[int]
    cost: list[Fraction]
    budget: Budget

    def improve(self) -> bool:
        """Pivot until no column lowers the cost; False where that takes too long."""
        while self.budget.entries > 0:
            entering = next((n for n, c in enumerate(self.cost[:-1]) if c < 0), None)
            if entering is None:
                return True
            ratios = [
                (row[-1] / row[entering], self.basic[n], n)
                for n, row in enumerate(self.rows)
                if row[entering] > 0
            ]
            if not ratios:
                return False
            self.pivot(min(ratios)[2], entering)
        return False

    def pivot(self, at: int, entering: int) -> None:
        """Solve a row for a column."""
        scale = self.rows[at][entering]
        self.rows[at] = solved = [value / scale for value in self.rows[at]]
        for n, row in enumerate(self.rows):
            if n != at and row[entering]:
                self.rows[n] = _less(row, row[entering], solved)
                self.budget.entries -= len(row)
        if self.cost[entering]:
            self.cost = _less(self.cost, self.cost[entering], solved)
        self.basic[at] = entering


def _less(row: list[Fraction], factor: Fraction, other: list[Fraction]) -> list[Fraction]:
    return [a - factor * b if b else a for a, b in zip(row, other, strict=True)]


def combination(
    target: Polynomial,
    parts: Sequence[Polynomial],
    wanted: frozenset[int] = frozenset(),
    budget: Budget | None = None,
) -> dict[int, Fraction] | None:
    """Return coefficients > 0, by the part's number, with which the parts add up to the target.

    ``wanted``: numbers of parts, as many of which as possible are used. ``None`` where there are
    no such coefficients, or they were not found.
    """
    used = _that_can_serve(target, parts)
    if used is None:
        return None
    monomials = list(dict.fromkeys([*target.terms, *(k for n in used for k in parts[n].terms)]))
    rows = [_row(monomial, target, [parts[n] for n in used]) for monomial in monomials]
    width, height = len(used), len(rows)
    for n, row in enumerate(rows):  # one artificial column for each row
        row[width:width] = [Fraction(n == other) for other in range(height)]
    cost = [-sum((row[c] for row in rows), Fraction(0)) for c in range(width)]
    cost += [Fraction(0)] * height + [-sum((row[-1] for row in rows), Fraction(0))]
    table = _Table(rows, list(range(width, width + height)), cost, budget or Budget())
    if not table.improve() or table.cost[-1] != 0:
        return None
    _without_artificial(table, width)
    if wanted:
        table.cost = [Fraction(-(n in wanted)) for n in used] + [Fraction(0)]
        for row, basic in zip(table.rows, table.basic, strict=True):
            table.cost = _less(table.cost, table.cost[basic], row)
        table.improve()
    return {used[b]: row[-1] for b, row in zip(table.basic, table.rows, strict=True) if row[-1] > 0}


def _without_artificial(table: _Table, width: int) -> None:
    for n in range(len(table.rows)):
        if table.basic[n] >= width:  # its value is 0
            entering = next((c for c in range(width) if table.rows[n][c]), None)
            if entering is not None:
                table.pivot(n, entering)
    kept = [n for n, basic in enumerate(table.basic) if basic < width]
    table.rows = [[*table.rows[n][:width], table.rows[n][-1]] for n in kept]
    table.basic = [table.basic[n] for n in kept]


def _row(monomial: Monomial, target: Polynomial, parts: Iterable[Polynomial]) -> list[Fraction]:
    """Return one equation, with a right side that is not negative."""
    zero = Fraction(0)
    right = target.terms.get(monomial, zero)
    values = [part.terms.get(monomial, zero) for part in parts]
    sign = -1 if right < 0 else 1
    return [sign * value for value in values] + [sign * right]


def _that_can_serve(target: Polynomial, parts: Sequence[Polynomial]) -> list[int] | None:
    """Leave parts out that have a term which nothing else can cancel; ``None``: it cannot be."""
    used = [n for n, part in enumerate(parts) if part.terms]
    while True:
        signs = Counter((k, c > 0) for n in used for k, c in parts[n].terms.items())
        for monomial, c in target.terms.items():
            if not signs[monomial, c > 0]:
                return None
            signs[monomial, c < 0] += 1
        kept = [n for n in used if all(signs[k, c < 0] for k, c in parts[n].terms.items())]
        if kept == used:
            return used
        used = kept
