"""Which divisors s give every printed xhat = (x - mu) / s and y = gamma xhat + beta.

Each cell leaves an interval of s, and what a table leaves is what they have in common. Whether s is
the square root of a given rational is then decided by squares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bncheck.symbolic.claims.tables.columns import Table
from bncheck.symbolic.claims.tables.keeping import DECIMALS, Keep
from bncheck.symbolic.claims.tables.printed import CUT, MODES, ROUNDED, kept_in
from bncheck.symbolic.claims.tables.rules import PRINTED, Choice
from bncheck.symbolic.claims.tables.spans import NOTHING, POSITIVE, POSSIBLE, Span, dividing
from bncheck.symbolic.claims.tables.ways import Hidden


@dataclass(frozen=True)
class Divisors:
    """The divisors for one way of using and printing xhat and y."""

    span: Span
    choice: Choice
    modes: dict[str, frozenset[str]]


def divisors(table: Table, values: Sequence[Fraction], hidden: Hidden) -> Iterator[Divisors]:
    """Yield every way that leaves some divisor."""
    for choice in hidden.choices(table, "xhat"):
        if isinstance(choice, Keep) and choice.kind != DECIMALS:
            continue
        if choice == PRINTED and not table["y"]:
            continue
        for xhat in MODES:
            for y in MODES if table["y"] else ("",):
                modes = {"xhat": frozenset({xhat})} | ({"y": frozenset({y})} if y else {})
                left = _common(table, values, choice, xhat, y)
                if not left.empty:
                    yield Divisors(left, choice, modes)


def _common(table: Table, values: Sequence[Fraction], choice: Choice, xhat: str, y: str) -> Span:
    """Return what all rows leave. One that leaves nothing comes first with the next rule."""
    left = POSITIVE
    for place, row in enumerate(table.order):
        left = left.meet(dividing(values[row], _quotients(table, row, choice, xhat, y)))
        if left.empty:
            table.order.insert(0, table.order.pop(place))
            break
    return left


def _quotients(table: Table, row: int, choice: Choice, xhat: str, y: str) -> Span:
    """Return what the exact xhat of a row must be among."""
    normal, scaled = table.spans["xhat", xhat][row], POSSIBLE
    if y:
        scaled = table.spans["y", y][row].solved(table.gamma, table.beta)
    if choice == PRINTED:
        return normal if table["xhat"][row].value in scaled else NOTHING
    if isinstance(choice, Keep):
        unit = choice.unit(Fraction(0))
        return kept_in(normal.meet(scaled), unit, CUT if choice.mode == CUT else ROUNDED)
    return normal.meet(scaled)
