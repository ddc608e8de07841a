"""An earlier report as JSON: what is new, fixed or worse since then. It changes no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bncheck.errors import UsageError
from bncheck.model import Finding, Report
from bncheck.reports.common import reading
from bncheck.reports.common.reading import File, Found
from bncheck.terminal import brief, excerpt, times

# a margin that grew by less is not told
GROWTH = 2.0

_MOST_NAMED = 12  # laws in one sentence
_BROKEN = ("fails", "error", "expected")
_COMPARED = ("budget", "seed", "bncheck")  # of the environment: what else may explain a change

Key = tuple[str, str]  # law, dtype


@dataclass(frozen=True)
class EarlierRun:
    """A file of one report, or of several."""

    file: File

    def changes(self, report: Report) -> tuple[str, ...]:
        """Say what is new, fixed or worse in a report; a sentence each, at least one."""
        path = self.file.path
        mine = [each for each in self.file.entries if each.target == report.target]
        if not mine and self.file.several:
            return (f"{path} has no report on {report.target}, so nothing is compared",)
        then = mine[0] if mine else self.file.entries[0]
        if then.error:
            return (f"in {path}, the target could not be checked: {excerpt(then.error, 200)}",)
        said = [f"it is compared with a report on {brief(then.target)}"] if not mine else []
        said += _otherwise(then.environment, report.environment)
        findings = {(found.law, found.dtype): found for found in then.findings}
        changed = list(_changed(findings, report.findings))
        return (*said, *(changed or [f"nothing is new, fixed or worse than in {path}"]))


def read(path: Path) -> EarlierRun:
    """Read a report that ``--format json`` wrote. Raises UsageError that says what is wrong."""
    try:
        return EarlierRun(reading.read(path))
    except UsageError as error:
        raise UsageError(f"--against {error}") from None


def _otherwise(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Say what was run otherwise, as that alone may change what is found."""
    for name in _COMPARED:
        if name in then and name in now and then[name] != now[name]:
            yield f"the earlier run had {name} {brief(then[name])}, this one {brief(now[name])}"


def _changed(then: Mapping[Key, Found], findings: Iterable[Finding]) -> Iterator[str]:
    new, fixed, worse = [], [], []
    unseen = {key for key, found in then.items() if found.verdict in _BROKEN}
    for finding in findings:
        key = (finding.law, finding.dtype)
        before = then.get(key)
        verdict, margin = (before.verdict, before.margin) if before else ("", None)
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
