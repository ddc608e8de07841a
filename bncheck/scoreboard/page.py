"""The scoreboard as a page that people read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bncheck.known import Entry as Known
from bncheck.scoreboard.board import Row
from bncheck.scoreboard.expected import speaks_of

HEAD = """# Scoreboard

Every implementation verified as it is, with the laws of `bncheck laws`. Written by
`python -m bncheck.scoreboard`; one row for each version that was measured last.

- *laws*: findings (one for each law and dtype) that hold, fail, or were skipped because the
  implementation has no such ability, the convention does not apply, or nothing can be promised.
- *three digits to*: the largest mean/std up to which y keeps three digits in the first dtype.
- *time*: after import, on two cores; at `--budget standard` where no other is told.

| implementation | version | laws: hold / fail / skipped | variance algorithm | three digits to | \
conventions | warnings | time |
|---|---|---|---|---|---|---|---|
"""

CONVENTIONS = ("momentum_weighs", "running_var", "debiased", "one_value")


def page(rows: Sequence[Row], known: Iterable[Known]) -> str:
    """Return the page as Markdown."""
    known = tuple(known)
    return HEAD + "".join(_row(row) for row in rows) + _failures(rows, known) + _abilities(rows)


def _row(row: Row) -> str:
    if row.refused or row.counts is None:
        return f"| {row.name} | {row.version} | not checked: {row.refused} | | | | | |\n"
    wrong = row.counts.get("fails", 0) + row.counts.get("error", 0)
    counts = f"{row.counts.get('holds', 0)} / {wrong} / {row.counts.get('skipped', 0)}"
    observed = row.observed or {}
    named = [f"{key} {observed[key]}" for key in CONVENTIONS if key in observed]
    reach = (row.keeps or {}).get("y")
    budget = "" if row.budget == "standard" else f", {row.budget}"
    digits = "" if reach is None else f"{reach:.1g}" if reach else "never"
    return (
        f"| {row.name} | {row.version} | {counts} | {observed.get('variance_algorithm', '')} | "
        f"{digits} | {', '.join(named)} | {row.warnings or ''} | {row.seconds:.0f} s{budget} |\n"
    )


def _failures(rows: Sequence[Row], known: tuple[Known, ...]) -> str:
    told = []
    for row in rows:
        if not row.failing:
            continue
        told.append(f"\n### {row.name} {row.version}\n\n")
        left = list(row.failing)
        for entry in known:
            mine = [pair for pair in left if speaks_of(entry, row, *pair)]
            if mine:
                left = [pair for pair in left if pair not in mine]
                told.append(f"- {entry.reason} ([finding](findings/{entry.page})): {_laws(mine)}\n")
        if left:
            told.append(f"- not explained yet: {_laws(left)}\n")
        if row.causes:
            told.append(f"- diagnosis: {', '.join(row.causes)}\n")
    return "\n## What fails\n" + "".join(told) if told else ""


def _laws(pairs: Iterable[tuple[str, str]]) -> str:
    dtypes: dict[str, list[str]] = {}
    for law, dtype in pairs:
        dtypes.setdefault(law, []).append(dtype)
    return ", ".join(f"{law} ({', '.join(names)})" for law, names in dtypes.items())


def _abilities(rows: Sequence[Row]) -> str:
    lines = [f"| {r.name} | {', '.join(r.dtypes)} | {', '.join(r.abilities)} |\n" for r in rows]
    head = "\n## Abilities\n\n| implementation | dtypes | abilities |\n|---|---|---|\n"
    return head + "".join(lines)
