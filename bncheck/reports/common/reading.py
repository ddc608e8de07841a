"""Reports that ``--format json`` wrote, read back as data of a stranger: nothing is trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from bncheck import files
from bncheck.errors import UsageError, told
from bncheck.model.shard import Shard
from bncheck.terminal import brief

ONE, SEVERAL = SCHEMAS = ("bncheck/report/1", "bncheck/reports/1")
VERDICTS = ("holds", "fails", "error", "skipped", "expected")

_MOST_BYTES = 1 << 26
_MOST_TARGETS = 10_000_000
_LONGEST_DIGEST = 128


@dataclass(frozen=True)
class Found:
    """What was found for one law and dtype; margin as `Finding` has it."""

    law: str
    dtype: str
    verdict: str
    margin: float | None = None


@dataclass(frozen=True)
class Entry:
    """What a file says of one target; error: why it could not be checked then.

    data: all of it, also what is not read here
    """

    target: str
    data: Mapping[str, Any]
    findings: tuple[Found, ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class File:
    """A file of one report, or of several; shards: which parts of lists of targets these are."""

    path: Path
    entries: tuple[Entry, ...]
    several: bool
    shards: tuple[Shard, ...] = ()


def read(path: Path, most: int = _MOST_BYTES) -> File:
    """Read a file of reports, of at most so many bytes.

    Raises UsageError that names the file and says what is wrong with it.
    """
    try:
        data = json.loads(files.read_text(path, most), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        why = told(error) or "it is nested too deeply"
        raise UsageError(
            f"{path} cannot be read as JSON: {why}; give a FILE that `bncheck verify --format "
            "json=FILE` wrote"
        ) from None
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema not in SCHEMAS:
        raise UsageError(_other(path, schema))
    several = schema == SEVERAL
    reports = data.get("reports") if several else [data]
    if not isinstance(reports, list):
        raise UsageError(f"{path} has reports={brief(reports)}, but should have a list")
    shards = _shards(path, data) if several else ()
    return File(path, tuple(_entry(path, each) for each in reports), several, shards)


def number(value: object) -> float | None:
    """Return a number of a report, which writes those that are not finite as texts; or None."""
    if value in ("inf", "nan", "-inf"):
        return float(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    return None


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number there")


def _other(path: Path, schema: object) -> str:
    name = schema.rpartition("/")[0] if isinstance(schema, str) else ""
    if name in ("bncheck/report", "bncheck/reports"):
        return (
            f"{path} is of another version of bncheck: it has schema={brief(schema)}, and this one "
            f"reads {name}/1; use the bncheck that wrote it, or write the report again"
        )
    return (
        f"{path} is no report of bncheck: it has schema={brief(schema)}, but should "
        f"have {ONE!r}, as --format json writes it"
    )


def _entry(path: Path, data: Any) -> Entry:
    if not isinstance(data, dict) or not isinstance(data.get("target"), str):
        raise UsageError(f"{path} has a report that names no target: {brief(data)}")
    if isinstance(data.get("error"), str):
        return Entry(data["target"], data, error=data["error"])
    findings, environment = data.get("findings"), data.get("environment", {})
    if not isinstance(findings, list) or not isinstance(environment, dict):
        raise UsageError(f"{path} has a report without findings or environment")
    return Entry(data["target"], data, tuple(_found(path, f) for f in findings), environment)


def _found(path: Path, data: Any) -> Found:
    told = data if isinstance(data, dict) else {}
    law, dtype, verdict = (told.get(name) for name in ("law", "dtype", "verdict"))
    if not isinstance(law, str) or not isinstance(dtype, str) or verdict not in VERDICTS:
        raise UsageError(
            f"{path} has the finding {brief(data)}, but should have law, dtype, verdict"
        )
    return Found(law, dtype, str(verdict), number(told.get("margin")))


def _shards(path: Path, data: Mapping[str, Any]) -> tuple[Shard, ...]:
    one = [data["shard"]] if "shard" in data else []
    listed = data.get("shards", [])
    if not isinstance(listed, list):
        raise UsageError(f"{path} has shards={brief(listed)}, but should have a list")
    return tuple(_shard(path, each) for each in (*one, *listed))


def _shard(path: Path, data: Any) -> Shard:
    given = data if isinstance(data, dict) else {}
    index, of, targets = (given.get(name) for name in ("index", "of", "targets"))
    digest = given.get("digest")
    numbers = [n for n in (index, of, targets) if isinstance(n, int) and not isinstance(n, bool)]
    right = len(numbers) == 3 and isinstance(digest, str) and len(digest) <= _LONGEST_DIGEST
    if not right or not 1 <= numbers[0] <= numbers[1] or not 0 <= numbers[2] <= _MOST_TARGETS:
        raise UsageError(
            f"{path} has shard={brief(data)}, but should have index, of, targets and digest, as "
            "--shard writes them"
        )
    return Shard(numbers[0], numbers[1], numbers[2], str(digest))
