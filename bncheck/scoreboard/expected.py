"""Failures that are known: a reviewed file with reasons, by implementation and version."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bncheck.errors import UsageError
from bncheck.scoreboard.board import Row

KEYS = {"implementation", "version", "laws", "dtypes", "reason", "page"}


@dataclass(frozen=True)
class Known:
    """One ``[[expected]]`` entry.

    laws: ids that are known to fail; dtypes: empty for all; page: the finding's page, a path
    from the file's folder
    """

    implementation: str
    version: str
    laws: tuple[str, ...]
    reason: str
    page: str
    dtypes: tuple[str, ...] = ()

    def speaks_of(self, row: Row, law: str, dtype: str) -> bool:
        """Whether the entry is about this failure."""
        here = (row.name, row.version) == (self.implementation, self.version)
        return here and law in self.laws and (not self.dtypes or dtype in self.dtypes)


def read(path: Path) -> tuple[Known, ...]:
    """Read the file; none where there is no file. Raises UsageError naming what is wrong."""
    if not path.exists():
        return ()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} is not readable TOML: {error}") from None
    entries = data.get("expected", [])
    if set(data) - {"expected"} or not isinstance(entries, list):
        raise UsageError(f"{path} should hold [[expected]] entries only")
    return tuple(_known(path, number, entry) for number, entry in enumerate(entries, 1))


def _known(path: Path, number: int, entry: Any) -> Known:
    where = f"{path}, entry {number}"
    if not isinstance(entry, dict) or set(entry) - KEYS:
        raise UsageError(f"{where} should be a table with {', '.join(sorted(KEYS))}")
    for name in ("implementation", "version", "reason", "page"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise UsageError(f"{where} needs a {name}, as a text that is not empty")
    for name in ("laws", "dtypes"):
        listed = entry.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise UsageError(f"{where} has {name}={listed!r}, but should have a list of names")
    if not entry.get("laws"):
        raise UsageError(f"{where} needs laws, as a list of ids")
    if not (path.parent / entry["page"]).exists():
        raise UsageError(f"{where} names the page {entry['page']!r}, which does not exist")
    return Known(
        entry["implementation"],
        entry["version"],
        tuple(entry["laws"]),
        entry["reason"],
        entry["page"],
        tuple(entry.get("dtypes", ())),
    )


def problems(known: Iterable[Known], rows: Iterable[Row]) -> Iterator[str]:
    """Say what fails without an entry, and which entries nothing fails for any more.

    An entry about a version that was not measured says nothing.
    """
    known, rows = tuple(known), tuple(rows)
    for row in rows:
        for law, dtype in row.failing:
            if not any(entry.speaks_of(row, law, dtype) for entry in known):
                yield f"{row.name} {row.version} fails {law} in {dtype}, and no entry expects that"
    for entry in known:
        for row in rows:
            if (row.name, row.version) != (entry.implementation, entry.version) or row.refused:
                continue
            failing = [pair for pair in row.failing if entry.speaks_of(row, *pair)]
            idle = [law for law in entry.laws if law not in dict(failing)]
            if idle:
                laws = ", ".join(idle)
                yield f"{row.name} {row.version} is expected to fail {laws}, but does not"
