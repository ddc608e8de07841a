"""What a table leaves open: x that was rounded when it was printed, and binary arithmetic.

No rule is found by this. It says whether a table that no rule gives digit by digit might still be
right: programs print the first few decimals of x, and compute in formats that round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from bncheck.symbolic.claims.tables.columns import Table
from bncheck.symbolic.claims.tables.printed import MODES
from bncheck.symbolic.claims.tables.rules import EXACT, PRINTED
from bncheck.symbolic.claims.tables.spans import NOTHING, POSITIVE, POSSIBLE, Span

DIGITS = 3
"""From so many decimals on, the same for every x, and as many significant digits of the largest, x
is taken for what a program printed."""
FORMATS = (("single", 24, 8), ("double", 53, 16))
"""Formats, the digits of their significands, and the decimal digits that only they explain."""


@dataclass(frozen=True)
class Slack:
    """How far what is printed may be off."""

    says: str
    x: Fraction
    """Every x by so much."""
    relative: Fraction = Fraction(0)
    """xhat and the divisor by this part of themselves, and y by this part of what is added."""


def slack(table: Table) -> Slack | None:
    """Return what explains xhat and y, if they are all that is printed and something does."""
    if set(table.cells) - {"xhat", "y"}:
        return None
    return next((some for some in _possible(table) if _explains(table, some)), None)


def _possible(table: Table) -> Iterator[Slack]:
    """Yield what is possible.

    In a format with unit roundoff u, let v = u / (1 - k u) with k = m + 12, and M = max |x|.
    Reading x is off by u M; the mean of m numbers, summed in any order and divided, by (m + 1) v M
    at most; x - mu, at most 2 M, by another 2 u M: together less than k v M. The variance as the
    mean of squares, eps, the root, the quotient and printing are m + 8 roundings at most, each of
    the part u; gamma, beta, the product and the sum in y four more, of the parts that are added.
    """
    units, largest = {cell.unit for cell in table.printed_x}, max(map(abs, table.x))
    if len(units) == 1 and 0 < min(units) * 10**DIGITS <= min(1, 10 * largest):
        yield Slack("x was rounded when it was printed", min(units) / 2)
    cells = [cell for column in table.cells.values() for cell in column]
    for name, bits, significant in FORMATS:
        k, u = table.m + 12, Fraction(1, 2**bits)
        if any(abs(cell.value) >= cell.unit * 10 ** (significant - 1) > 0 for cell in cells):
            part = k * u / (1 - k * u)
            yield Slack(f"it was computed in {name} precision", part * largest, part)


def _explains(table: Table, slack: Slack) -> bool:
    """Whether some x' within the slack cannot be excluded.

    With |x' - x| <= r, x' - mu' is off by r (m - 1) / m from x' and as much from the mean, so by
    2 r at most. The deviations divided by sqrt(m) have the standard deviation as their length,
    which changes by the length of the change at most, r; with m - 1, by r sqrt(m / (m - 1)) < 2 r.
    Adding eps under the root makes no change larger, as d sqrt(v^2 + eps) / dv <= 1.
    """
    for bessel in (False, True) if table.m > 1 else (False,):
        var = table.squares / (table.m - bessel)
        for choice, xhat, y in product((EXACT, PRINTED), MODES, MODES if table["y"] else ("",)):
            if choice == PRINTED and not y:
                continue
            left = POSITIVE
            for row in range(table.m):
                cell = _quotients(table, row, slack, choice, xhat, y)
                d = table.x[row] - table.mean
                left = left.meet(_dividing(d - 2 * slack.x, d + 2 * slack.x, cell))
            if not left.empty and _reached(table, left, var, slack):
                return True
    return False


def _reached(table: Table, left: Span, var: Fraction, slack: Slack) -> bool:
    """Whether a divisor is near enough to sqrt(var + eps)."""
    low, high = left.low or Fraction(0), left.high
    low = low * (1 - slack.relative) - 2 * slack.x
    high = None if high is None else high * (1 + slack.relative) + 2 * slack.x
    near = Span(low, high)
    if table.eps is not None:
        return near.has_root(var + table.eps)
    return not near.squares().meet(Span(var)).empty


def _quotients(table: Table, row: int, slack: Slack, choice: str, xhat: str, y: str) -> Span:
    """Return what the exact xhat of a row may be among."""
    normal, scaled = _wider(table.spans["xhat", xhat][row], slack.relative, Fraction(0)), POSSIBLE
    if y:
        cell = _wider(table.spans["y", y][row], slack.relative, abs(table.beta))
        scaled = cell.solved(table.gamma, table.beta)
    if choice == PRINTED:
        return normal if table["xhat"][row].value in scaled else NOTHING
    return normal.meet(scaled)


def _wider(cell: Span, part: Fraction, added: Fraction) -> Span:
    """Return a cell, which is bounded, with what is off by a part of what is added."""
    low, high = cell.low or Fraction(0), cell.high or Fraction(0)
    off = part * (max(abs(low), abs(high)) + added)
    return Span(low - off, high + off)


def _dividing(low: Fraction, high: Fraction, quotients: Span) -> Span:
    """Return where the s > 0 lie for which v / s is a quotient, for some v from low to high."""
    if low <= 0 <= high and Fraction(0) in quotients:
        return POSITIVE
    found = NOTHING
    for a, b, part in ((low, high, quotients), (-high, -low, quotients.mirrored())):
        part = part.meet(POSITIVE)
        if b > 0 and not part.empty and part.high is not None:
            top = b / part.low if part.low else None
            span = Span(max(a, Fraction(0)) / part.high, top)
            found = span if found.empty else _hull(found, span)
    return found.meet(POSITIVE)


def _hull(a: Span, b: Span) -> Span:
    low = min(a.low or Fraction(0), b.low or Fraction(0))
    return Span(low, None if a.high is None or b.high is None else max(a.high, b.high))
