"""Known failures among the rows of the board: what nobody expects, and what is stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from bncheck.known import Entry as Known
from bncheck.scoreboard.board import Row
from bncheck.scoreboard.entries import ENTRIES

_ENVIRONMENTS = {entry.name: entry.environment for entry in ENTRIES}


def speaks_of(fault: Known, row: Row, law: str, dtype: str) -> bool:
    """Whether an entry is about a failure of a row."""
    return _is_of(fault, row) and fault.about(row.target, law, dtype)


def _is_of(fault: Known, row: Row) -> bool:
    """Whether an entry is about the version and variant of a row; its own package is the first."""
    environment = _ENVIRONMENTS.get(row.name, {})
    return (
        fault.is_of(row.target)
        and fnmatchcase(row.version, fault.versions[0][1])
        and all(environment.get(name) == value for name, value in fault.where.items())
    )


def problems(known: Iterable[Known], rows: Iterable[Row]) -> Iterator[str]:
    """Say what fails without an entry, and which entries nothing fails for any more.

    An entry about a version or a dtype that was not measured says nothing.
    """
    known, rows = tuple(known), tuple(rows)
    for row in rows:
        for law, dtype in row.failing:
            if not any(speaks_of(entry, row, law, dtype) for entry in known):
                yield f"{row.name} {row.version} fails {law} in {dtype}, and no entry expects that"
    for entry in known:
        for row in rows:
            idle = [] if row.refused else list(_idle(entry, row))
            if idle:
                laws = ", ".join(idle)
                yield f"{row.name} {row.version} is expected to fail {laws}, but does not"


def _idle(fault: Known, row: Row) -> Iterator[str]:
    """The laws of an entry that a row does not fail, in the dtypes of both."""
    measured = [d for d in row.dtypes if any(fnmatchcase(d, p) for p in fault.dtypes or ("*",))]
    if not measured or not _is_of(fault, row):
        return
    failing = {law for law, dtype in row.failing if dtype in measured}
    for pattern in fault.laws:
        if not any(fnmatchcase(law, pattern) for law in failing):
            yield pattern
