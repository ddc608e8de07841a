"""A table: x, what is printed for it, and what is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

from bncheck.symbolic.claims.tables.numbers import check, plain
from bncheck.symbolic.claims.tables.printed import MODES, Printed, column, read
from bncheck.symbolic.claims.tables.spans import Span

COLUMNS = ("x", "xmu", "xmu2", "xhat", "y")
"""One number a row."""
SINGLE = ("mu", "var", "std", "eps", "gamma", "beta")
"""One number for the table."""
PRINTED = ("mu", "xmu", "xmu2", "var", "std", "xhat", "y")
"""What is judged, in the order in which it is computed."""


@dataclass(frozen=True)
class Table:
    """A worked example of one channel."""

    printed_x: tuple[Printed, ...]
    cells: Mapping[str, tuple[Printed, ...]]
    """What is printed of mu, x - mu, its squares, the variance, the standard deviation, xhat, y."""
    gamma: Fraction = Fraction(1)
    beta: Fraction = Fraction(0)
    eps: Fraction | None = None

    def __getitem__(self, name: str) -> tuple[Printed, ...]:
        """Return the cells of a column; none where it is not printed."""
        return self.cells.get(name, ())

    @cached_property
    def x(self) -> tuple[Fraction, ...]:
        """The values of x, as they are printed."""
        return tuple(cell.value for cell in self.printed_x)

    @cached_property
    def m(self) -> int:
        """The number of rows."""
        return len(self.x)

    @cached_property
    def mean(self) -> Fraction:
        """The mean of x."""
        return sum(self.x, Fraction(0)) / self.m

    @cached_property
    def squares(self) -> Fraction:
        """The sum of the squared deviations."""
        return sum((v * v for v in self.x), Fraction(0)) - self.m * self.mean**2

    @cached_property
    def order(self) -> list[int]:
        """The rows in the order in which they are looked at: those first that refuted a rule."""
        return list(range(self.m))

    @cached_property
    def memo(self) -> dict[object, Any]:
        """What was computed once for many rules."""
        return {}

    @cached_property
    def spans(self) -> Mapping[tuple[str, str], tuple[Span, ...]]:
        """By column and mode, the numbers that are printed as each of its cells."""
        columns = product(self.cells, MODES)
        return {(n, mode): tuple(c.cell(mode) for c in self.cells[n]) for n, mode in columns}

    def changed(self, name: str, row: int, text: str) -> Table:
        """Return the table with another number in one cell."""
        cells = list(self[name])
        cells[row] = read(text)
        return replace(self, cells={**self.cells, name: tuple(cells)})


def table(columns: Mapping[str, Sequence[str]], single: Mapping[str, str]) -> Table:
    """Make a table of numbers as decimal strings; what is not printed is missing or empty.

    Raises ValueError for columns of different lengths, and what is no number or too long a one.
    """
    columns = {name: list(map(plain, columns[name])) for name in COLUMNS if name in columns}
    single = {name: plain(text) for name, text in single.items()}
    ones = {name: (single[name],) for name in SINGLE if name in single}
    check([*((name, columns.get(name, ())) for name in COLUMNS), *ones.items()])
    x = columns.get("x", ())
    lengths = {len(columns[name]) for name in COLUMNS if columns.get(name)}
    if not x or not columns.get("xhat") or len(lengths) > 1:
        raise ValueError("the columns of a table must have the same length, and at least one row")
    cells = {**columns, **ones}
    given = {name: Fraction(single[name]) for name in ("gamma", "beta", "eps") if name in single}
    if given.get("eps", 0) < 0:
        raise ValueError("eps is less than 0, which is not judged")
    return Table(column(x), {n: column(cells[n]) for n in PRINTED if cells.get(n)}, **given)
