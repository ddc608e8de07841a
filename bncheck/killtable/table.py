"""The kill table as data: rows of caught deviations, and what follows from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bncheck.errors import UsageError

SCHEMA = "bncheck/kills/1"
FILE = "kills.json"


@dataclass(frozen=True)
class Row:
    """One deviation: the laws that caught it, and the smallest budget at which any did."""

    deviation: str
    budget: str
    laws: tuple[str, ...]


@dataclass(frozen=True)
class KillTable:
    """All rows, and the seed of the runs that they come from.

    laws: ids of all laws that were tried, those that caught nothing included
    cover: a smallest set of laws that catches all that any law catches
    """

    seed: int
    laws: tuple[str, ...]
    rows: tuple[Row, ...]
    cover: tuple[str, ...] = ()

    def caught_by(self, law: str) -> tuple[str, ...]:
        """Names of the deviations that a law catches."""
        return tuple(row.deviation for row in self.rows if law in row.laws)

    def catching(self, deviation: str) -> tuple[str, ...]:
        """Ids of the laws that catch a deviation; none for one that the table does not know."""
        return next((row.laws for row in self.rows if row.deviation == deviation), ())

    def uncaught(self) -> tuple[str, ...]:
        """Names of the deviations that no law catches."""
        return tuple(row.deviation for row in self.rows if not row.laws)

    def idle(self) -> tuple[str, ...]:
        """Ids of the laws that catch nothing."""
        return tuple(law for law in self.laws if not self.caught_by(law))

    def sharpest(self, law: str) -> tuple[str, int] | None:
        """The deviation caught by this law and the fewest others, and by how many in all."""
        caught = [row for row in self.rows if law in row.laws]
        if not caught:
            return None
        row = min(caught, key=lambda row: len(row.laws))
        return row.deviation, len(row.laws)

    def plain(self) -> dict[str, Any]:
        """Return JSON-able data that `from_plain` reads."""
        rows = {
            r.deviation: {"budget": r.budget, "laws": list(r.laws)}
            for r in sorted(self.rows, key=lambda r: r.deviation)
        }
        return {
            "schema": SCHEMA,
            "seed": self.seed,
            "laws": list(self.laws),
            "cover": list(self.cover),
            "deviations": rows,
        }


def from_plain(data: Mapping[str, Any]) -> KillTable:
    """Read data of `KillTable.plain`. Raises UsageError for anything else."""
    if data.get("schema") != SCHEMA:
        raise UsageError(f"no kill table: schema={data.get('schema')!r}, expected {SCHEMA!r}")
    rows = tuple(
        Row(name, row["budget"], tuple(row["laws"])) for name, row in data["deviations"].items()
    )
    return KillTable(int(data["seed"]), tuple(data["laws"]), rows, tuple(data["cover"]))


def dumps(table: KillTable) -> str:
    """Write the table, one deviation a line, so that a change of one shows as one line."""
    data = table.plain()
    rows = data.pop("deviations")
    body = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    head = "".join(f" {json.dumps(key)}: {json.dumps(value)},\n" for key, value in data.items())
    return f'{{\n{head} "deviations": {{\n{body}\n }}\n}}\n'


def read() -> KillTable:
    """Return the table that was computed for this version."""
    text = files("bncheck.killtable").joinpath(FILE).read_text(encoding="utf-8")
    return from_plain(json.loads(text))


def updated(table: KillTable, rows: Iterable[Row]) -> KillTable:
    """Replace the rows of the same deviations, keep the others; in the order of the names."""
    all_rows = {row.deviation: row for row in (*table.rows, *rows)}
    return KillTable(table.seed, table.laws, tuple(all_rows[name] for name in sorted(all_rows)))


def extended(table: KillTable, rows: Iterable[Row], laws: Iterable[str]) -> KillTable:
    """Replace what some laws catch, in the rows of the same deviations; keep the other laws.

    Where a law is the first to catch a deviation, the row's budget becomes its.
    """
    new, chosen = {row.deviation: row for row in rows}, set(laws)
    merged = []
    for row in table.rows:
        found = new.get(row.deviation)
        kept = tuple(law for law in row.laws if law not in chosen)
        if found is not None:
            budget = row.budget if kept or not found.laws else found.budget
            row = Row(row.deviation, budget, tuple(sorted({*kept, *found.laws})))
        merged.append(row)
    return KillTable(table.seed, table.laws, tuple(merged))
