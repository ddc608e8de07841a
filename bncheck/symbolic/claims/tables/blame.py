"""The cell that is wrong where no rule gives every digit, and what it should be."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from bncheck.symbolic.claims.tables.columns import COLUMNS as ROWS
from bncheck.symbolic.claims.tables.columns import PRINTED as COLUMNS
from bncheck.symbolic.claims.tables.columns import Table
from bncheck.symbolic.claims.tables.expected import expected
from bncheck.symbolic.claims.tables.printed import CUT, MODES, ROUNDED, Root
from bncheck.symbolic.claims.tables.rules import LARGE, PRINTED, SAME, SMALL, Rule
from bncheck.symbolic.claims.tables.spans import Span, dividing

MOST_CELLS = 30_000
"""Cells that are compared: enough for every rule on small tables, the simplest ones on large."""


@dataclass(frozen=True)
class Wrong:
    """A cell that is wrong by a rule."""

    column: str
    row: int
    printed: str
    should_be: str
    rule: Rule
    others: int
    """How many other cells are wrong by this rule."""

    @property
    def place(self) -> str:
        """Say where it is, counting from 1 as people do."""
        return f"row {self.row + 1} of {self.column}" if self.column in ROWS else self.column


def wrong(table: Table) -> Wrong | None:
    """Return the first wrong cell by the rule that fewest cells contradict, the simplest of these.

    None where no rule can be asked: where all would divide by zero.
    """
    best: Wrong | None = None
    size = sum(map(len, table.cells.values()))
    fewest = size + 1
    for rule in sorted(_asked(table), key=lambda rule: rule.cost)[: 2 + MOST_CELLS // size]:
        found = _contradictions(table, rule, fewest)
        if found:
            fewest = len(found)
            column, row, value = found[0]
            cell = table[column][row]
            should_be = cell.should_be(value, CUT if rule.cut else ROUNDED)
            best = Wrong(column, row, cell.text, should_be, rule, fewest - 1)
    return best


def _contradictions(table: Table, rule: Rule, fewest: int) -> list[tuple[str, int, Root]]:
    """Return the cells that a rule contradicts, and what they should be; nothing from `fewest` on.

    A rule that is asked contradicts some cell, since none gives all.
    """
    values = expected(table, rule)
    found: list[tuple[str, int, Root]] = []
    for name in COLUMNS if values else ():
        for row, cell in enumerate(table.spans.get((name, CUT if rule.cut else ROUNDED), ())):
            if values and not values[name][row].within(cell):
                found.append((name, row, values[name][row]))
                if len(found) >= fewest:
                    return []
    return found


def _asked(table: Table) -> Iterator[Rule]:
    """Yield rules to be asked: each uses one printed column, all of them, or none."""
    there = [name for name in COLUMNS if table[name] and name not in ("xhat", "y")]
    uses = {(), tuple(there), *((n,) for n in there)}
    if table["y"]:
        uses |= {(*used, "xhat") for used in uses}
    ordinary = (Fraction(0), *SMALL[:2], *LARGE) if table.eps is None else (table.eps,)
    common = [_most_common_eps(table, mode) for mode in MODES] if table.eps is None else []
    every = (*ordinary, *(eps for eps in common if eps is not None))
    for used in uses:
        kept = tuple((name, PRINTED) for name in used)
        for bessel in (False, True) if table.m > 1 else (False,):
            for eps in ordinary if bessel else every:
                span = Span(eps, eps) if table.eps is None else None
                for cut in ((), COLUMNS):
                    for bare in (False, True) if table["std"] and eps else (False,):
                        yield Rule(kept, bessel, SAME, bare, eps, span, cut, bool(cut))


def _most_common_eps(table: Table, mode: str) -> Fraction | None:
    """Return an eps that as many cells of xhat agree with as with any other."""
    var = table.squares / table.m
    cells = zip(table.x, table.spans["xhat", mode], strict=True)
    spans = [dividing(v - table.mean, cell).squares() for v, cell in cells if v != table.mean]
    spans = [span.meet(Span(var)) for span in spans]
    spans = [span for span in spans if not span.empty]
    lows = sorted(span.low for span in spans if span.low is not None)
    highs = sorted(span.high for span in spans if span.high is not None)
    if not highs:
        return None

    # where most overlap, they do from the last lower end before an upper one to that upper one
    def overlap(high: Fraction) -> int:
        return bisect_right(lows, high) - bisect_left(highs, high)

    high = max(highs, key=overlap)
    return (high + lows[bisect_right(lows, high) - 1]) / 2 - var
