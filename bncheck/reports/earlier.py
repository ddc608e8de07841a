"""An earlier report as JSON: what is new, fixed or worse since then. It changes no verdict."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bncheck import files
from bncheck.errors import UsageError, told
from bncheck.model import Finding, Report
from bncheck.terminal import brief, excerpt, times

SCHEMAS = ("bncheck/report/1", "bncheck/reports/1")
# a margin that grew by less is not told
GROWTH = 2.0

_MOST_BYTES = 1 << 26
_MOST_NAMED = 12  # laws in one sentence
_VERDICTS = ("holds", "fails", "error", "skipped", "expected")
_BROKEN = ("fails", "error", "expected")
_COMPARED = ("budget", "seed", "bncheck")  # of the environment: what else may explain a change

Key = tuple[str, str]  # law, dtype


@dataclass(frozen=True)
class Earlier:
    """What a report said of one target; error: why it could not be checked then.

    findings: verdict and margin, for each law and dtype
    """

    target: str
    findings: Mapping[Key, tuple[str, float | None]] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class EarlierRun:
    """A file of one report, or of several."""

    path: Path
    reports: tuple[Earlier, ...]
    several: bool

    def changes(self, report: Report) -> tuple[str, ...]:
        """Say what is new, fixed or worse in a report; a sentence each, at least one."""
        mine = [each for each in self.reports if each.target == report.target]
        if not mine and self.several:
            return (f"{self.path} has no report on {report.target}, so nothing is compared",)
        then = mine[0] if mine else self.reports[0]
        if then.error:
            return (f"in {self.path}, the target could not be checked: {excerpt(then.error, 200)}",)
        said = [f"it is compared with a report on {brief(then.target)}"] if not mine else []
        said += _otherwise(then.environment, report.environment)
        changed = list(_changed(then.findings, report.findings))
        return (*said, *(changed or [f"nothing is new, fixed or worse than in {self.path}"]))


def read(path: Path) -> EarlierRun:
    """Read a report that ``--format json`` wrote. Raises UsageError that says what is wrong."""
    try:
        data = json.loads(files.read_text(path, _MOST_BYTES))
    except UsageError as error:
        raise UsageError(f"--against {error}") from None
    except (ValueError, RecursionError) as error:
        why = told(error) or "it is nested too deeply"
        raise UsageError(f"--against {path} cannot be read as JSON: {why}") from None
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema not in SCHEMAS:
        raise UsageError(
            f"--against {path} is no report of bncheck: it has schema={brief(schema)}, but should "
            f"have {SCHEMAS[0]!r}, as --format json writes it"
        )
    several = schema == SCHEMAS[1]
    reports = data.get("reports") if several else [data]
    if not isinstance(reports, list):
        raise UsageError(f"--against {path} has reports={brief(reports)}, but should have a list")
    return EarlierRun(path, tuple(_earlier(path, each) for each in reports), several)


def _earlier(path: Path, data: Any) -> Earlier:
    if not isinstance(data, dict) or not isinstance(data.get("target"), str):
        raise UsageError(f"--against {path} has a report that names no target: {brief(data)}")
    if isinstance(data.get("error"), str):
        return Earlier(data["target"], error=data["error"])
    findings, environment = data.get("findings"), data.get("environment", {})
    if not isinstance(findings, list) or not isinstance(environment, dict):
        raise UsageError(f"--against {path} has a report without findings or environment")
    return Earlier(data["target"], dict(_found(path, f) for f in findings), environment)


def _found(path: Path, data: Any) -> tuple[Key, tuple[str, float | None]]:
    told = data if isinstance(data, dict) else {}
    law, dtype, verdict = (told.get(name) for name in ("law", "dtype", "verdict"))
    if not isinstance(law, str) or not isinstance(dtype, str) or verdict not in _VERDICTS:
        raise UsageError(
            f"--against {path} has the finding {brief(data)}, but should have law, dtype, verdict"
        )
    return (law, dtype), (str(verdict), _margin(told.get("margin")))


def _margin(value: object) -> float | None:
    """Return a margin; the report writes those that are not finite as texts."""
    if value in ("inf", "nan", "-inf"):
        return float(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    return None


def _otherwise(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Say what was run otherwise, as that alone may change what is found."""
    for name in _COMPARED:
        if name in then and name in now and then[name] != now[name]:
            yield f"the earlier run had {name} {brief(then[name])}, this one {brief(now[name])}"


def _changed(
    then: Mapping[Key, tuple[str, float | None]], findings: Iterable[Finding]
) -> Iterator[str]:
    new, fixed, worse = [], [], []
    unseen = {key for key, (verdict, _) in then.items() if verdict in _BROKEN}
    for finding in findings:
        key = (finding.law, finding.dtype)
        verdict, margin = then.get(key, ("", None))
        if finding.verdict != "skipped":
            unseen.discard(key)
        if finding.verdict in _BROKEN and verdict not in _BROKEN:
            new.append(key)
        elif finding.verdict == "holds" and verdict in _BROKEN:
            fixed.append(key)
        elif _grew(margin, finding.margin):
            grown = f"{times(margin)} to {times(finding.margin)} times the bound"
            worse.append((finding.law, f"{finding.dtype}: {grown}"))
    for what, places in (
        ("new: fails now, and did not", new),
        ("fixed: failed, and holds now", fixed),
        (f"worse: the margin is more than {GROWTH:g} times what it was", worse),
        ("failed, and was not tried now", sorted(unseen)),
    ):
        if places:
            yield f"{what}: {_listed(places)}"


def _grew(then: float | None, now: float | None) -> bool:
    return then is not None and now is not None and now > GROWTH * then


def _listed(places: Iterable[tuple[str, str]]) -> str:
    """List laws, each with what there is to say of its dtypes."""
    laws: dict[str, list[str]] = {}
    for law, what in places:
        laws.setdefault(law, []).append(what)
    named = [f"{law} ({', '.join(what)})" for law, what in laws.items()]
    more = len(named) - _MOST_NAMED
    return ", ".join(named[:_MOST_NAMED]) + (f" and {more} more laws" if more > 0 else "")
