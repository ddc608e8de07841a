"""Which rows of a long table of tests are tried, where not all are asked for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Row = TypeVar("Row")


def spread(rows: Sequence[Row], keep: int) -> list[Row]:
    """Return so many rows, the first and the last among them, the others evenly between."""
    if keep >= len(rows):
        return list(rows)
    if keep == 1:
        return [rows[0]]
    last = len(rows) - 1
    return [rows[(i * last) // (keep - 1)] for i in range(keep)]


def thinned(items: Iterable[tuple[Hashable, int | None, Row]]) -> tuple[list[Row], list[Row]]:
    """Divide tests, each with its table and how many rows of that are tried, None for all.

    Returns those that are tried and those that are not, each in their order.
    """
    given = list(items)
    tables: dict[Hashable, list[Row]] = {}
    for table, keep, row in given:
        if keep is not None:
            tables.setdefault(table, []).append(row)
    limits = {table: keep for table, keep, _ in given if keep is not None}
    chosen = {id(row) for table, rows in tables.items() for row in spread(rows, limits[table])}
    kept = [row for _, keep, row in given if keep is None or id(row) in chosen]
    left = [row for _, keep, row in given if not (keep is None or id(row) in chosen)]
    return kept, left
