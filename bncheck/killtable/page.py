"""The kill table as a page that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bncheck.deviations import BY_NAME
from bncheck.killtable.kept import KEPT
from bncheck.killtable.table import KillTable
from bncheck.trial.law import Law

INTRODUCTION = """# The kill table

Which law catches which named way of being wrong. A law that can fail on nothing says nothing, so
this table is part of the tests: every deviation is caught by some law, and every law catches a
deviation or says below why it is kept. Made by `python -m bncheck.killtable`; each deviation is
verified like anybody's implementation, at budget `quick` and, where no law catches it there, at
`standard`, with one seed. More seeds catch more: a law that is missing in a row may still catch
that deviation on other cases.

`shifted-variance` is caught because the reference promises its arithmetic, two passes. Without
that promise it is right: the shift is one of the m values, so it is at most sqrt(m) standard
deviations from the mean, and what then cancels costs about m units of rounding, as any order of
summation may.
"""


def page(table: KillTable, laws: Mapping[str, Law]) -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines(table, laws)) + "\n"


def _lines(table: KillTable, laws: Mapping[str, Law]) -> Iterator[str]:
    yield INTRODUCTION
    caught = sum(1 for row in table.rows if row.laws)
    yield (
        f"{caught} of {len(table.rows)} deviations are caught by {len(table.laws)} laws, seed "
        f"{table.seed}. {len(table.cover)} laws would do, among other choices of as many: "
        f"{', '.join(table.cover)}.\n"
    )
    yield "## Deviations\n"
    yield "| deviation | what it does | budget | caught by |"
    yield "|---|---|---|---|"
    for row in table.rows:
        says = BY_NAME[row.deviation].says
        yield f"| `{row.deviation}` | {says} | {row.budget} | {_listed(row.laws)} |"
    yield "\n## Laws\n"
    yield "The rarest is the deviation of a law that the fewest laws catch.\n"
    yield "| law | title | catches | rarest (caught by so many laws) |"
    yield "|---|---|---|---|"
    for law in table.laws:
        sharpest = table.sharpest(law)
        told = KEPT.get(law, "") if sharpest is None else f"`{sharpest[0]}` ({sharpest[1]})"
        yield f"| {law} | {laws[law].title} | {len(table.caught_by(law))} | {told} |"


def _listed(laws: tuple[str, ...], most: int = 12) -> str:
    shown = ", ".join(laws[:most])
    return f"{shown} and {len(laws) - most} more" if len(laws) > most else shown
