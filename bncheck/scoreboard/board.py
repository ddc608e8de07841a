"""Rows of the scoreboard: measured, read back, and merged with what was measured elsewhere."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bncheck.engine import Options, events, run
from bncheck.errors import BncheckError, UsageError
from bncheck.model import Report
from bncheck.scoreboard.entries import Entry
from bncheck.version import __version__

SCHEMA = "bncheck/scoreboard/1"


@dataclass(frozen=True)
class Row:
    """What came out for one implementation in one version.

    counts: findings by verdict; failing: pairs of law and dtype; causes: names of deviations
    keeps: by output, the largest mean/std up to which three digits are right in float32
    seconds: wall time after loading; refused: why nothing was checked, where nothing was
    """

    name: str
    target: str
    version: str
    bncheck: str
    date: str
    abilities: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    counts: Mapping[str, int] | None = None
    failing: tuple[tuple[str, str], ...] = ()
    causes: tuple[str, ...] = ()
    warnings: int = 0
    observed: Mapping[str, Any] | None = None
    keeps: Mapping[str, float] | None = None
    seconds: float = 0.0
    budget: str = "standard"
    refused: str = ""


def measured(entry: Entry, version: str, *, budget: str, jobs: int) -> Row:
    """Verify one implementation and make its row."""
    row = Row(entry.name, entry.target, version, __version__, _today(), budget=budget)
    options = Options(budget=budget, jobs=jobs, dtypes=entry.dtypes, save=None)
    with _environment(entry.environment):
        try:
            report, seconds = _timed(entry.target, options)
        except BncheckError as error:
            return replace(row, refused=str(error))
    return _filled(row, report, seconds)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _timed(target: str, options: Options) -> tuple[Report, float]:
    began = time.perf_counter()
    for event in run(target, options):
        if isinstance(event, events.Started):
            began = time.perf_counter()  # what came before was loading
        if isinstance(event, events.Finished):
            report = event.report
    return report, time.perf_counter() - began


def _filled(row: Row, report: Report, seconds: float) -> Row:
    stability = report.stability or {}
    wrong = [f for f in report.findings if f.verdict in ("fails", "error")]
    return replace(
        row,
        abilities=tuple(report.abilities),
        dtypes=tuple(report.environment.get("dtypes", ())),
        counts=dict(Counter(f.verdict for f in report.findings)),
        failing=tuple((f.law, f.dtype) for f in wrong),
        causes=tuple(str(cause["deviation"]) for cause in report.causes),
        warnings=sum(bool(f.warning) for f in report.findings),
        observed=dict(report.observed),
        keeps=dict(stability.get("keeps", {})),
        seconds=round(seconds, 1),
    )


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the worker that is started inside."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def merged(old: Iterable[Row], new: Iterable[Row], order: Iterable[str]) -> tuple[Row, ...]:
    """Replace rows of the same name; sort them as the entries are."""
    rows = {row.name: row for row in old} | {row.name: row for row in new}
    place = {name: number for number, name in enumerate(order)}
    return tuple(sorted(rows.values(), key=lambda row: place.get(row.name, len(place))))


def dumps(rows: Iterable[Row]) -> str:
    """Write rows as JSON."""
    return json.dumps({"schema": SCHEMA, "rows": [asdict(row) for row in rows]}, indent=1) + "\n"


def loads(text: str, where: Path) -> tuple[Row, ...]:
    """Read rows back. Raises UsageError for what this did not write."""
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise UsageError(f"{where} has schema {data['schema']!r}, but should have {SCHEMA!r}")
        known = {f.name for f in fields(Row)}
        return tuple(
            Row(**{k: _tuples(v) for k, v in row.items() if k in known}) for row in data["rows"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{where} is not a scoreboard: {error}") from None


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
