"""A file of what fails today, kept by the tool: written for a report, and pruned by one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bncheck import files
from bncheck.errors import UsageError
from bncheck.known import entry_text
from bncheck.known.applying import FAILS, apply, is_idle, refuse_configuration, stale, wanted
from bncheck.known.entry import Entry, pattern_of, today
from bncheck.known.otherwise import Diagnosed, diagnosed, surprising
from bncheck.known.reading import MOST_BYTES, of, read
from bncheck.model import Finding, Report
from bncheck.terminal import excerpt

_LONGEST = 200  # characters of a reason


@dataclass(frozen=True)
class _How:
    """How a law fails: a sentence, the causes, and the outputs."""

    why: str
    causes: tuple[str, ...]
    outputs: tuple[str, ...]


def existing(path: Path, *, update: bool) -> Path | None:
    """Return the file of a baseline; None for one that is going to be made.

    Raises UsageError where there has to be one, or where none can be written.
    """
    refuse_configuration(path)
    if update:
        files.check_writable(path, "the baseline")
    if os.path.exists(path):
        return path
    if update:
        return None
    raise UsageError(f"--baseline {path} does not exist; --update writes it")


def revised(
    report: Report, path: Path, *, expected: Path | None, update: bool, prune: bool
) -> Report:
    """Bring a baseline up to date with a report, and return the report as it judges that.

    expected: the other file that the run was judged by
    update: what fails is added; prune: entries for which nothing fails are taken out

    Raises UsageError where the file cannot be read or changed; it is then as it was.
    """
    if report.interrupted or report.faults:
        why = "was interrupted" if report.interrupted else "had a fault of bncheck"
        return _noting(report, f"{path} was left as it is, since the run {why}")
    before = files.read_bytes(path, MOST_BYTES) if os.path.exists(path) else b""
    own = read(path) if before else ()
    text, told = before.decode("utf-8"), []
    idle = {e.number for e in own if is_idle(e, report.target, report.findings)} if prune else ()
    if idle:
        text = entry_text.without_entries(text, idle, str(path))
        told.append(f"{len(idle)} taken out")
    new = list(_new(report, path.parent)) if update else []
    if new:
        text = entry_text.with_entries(text, new, str(path))
        told.append(f"{len(new)} added, with reasons for you to fill in")
    if not told and (before or not update):
        return _noting(report, f"{path} is as it was: nothing to {_asked(update, prune)}")
    entries = of(entry_text.entries_of(text) or [], str(path), path.parent)
    _write(path, text)
    report = _noting(report, f"{path} was written: {', '.join(told) or 'nothing fails'}")
    return _judged(report, (*wanted(expected, None), *entries))


def _asked(update: bool, prune: bool) -> str:
    return " or ".join([*(["add"] if update else []), *(["take out"] if prune else [])])


def _noting(report: Report, note: str) -> Report:
    return replace(report, changes=(*report.changes, f"baseline {note}"))


def _write(path: Path, text: str) -> None:
    try:
        files.write(path, text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"the baseline cannot be written to {str(path)!r}: {error}") from None


def _judged(report: Report, entries: tuple[Entry, ...]) -> Report:
    """Return a report as a run would have made it that had these entries."""
    findings = tuple(apply(entries, report.target, finding) for finding in report.findings)
    seen = diagnosed(report.causes, report.wrong_outputs)
    told = surprising(entries, report.target, findings, seen)
    findings = tuple(
        before if (before.law, before.dtype) in told else after
        for before, after in zip(report.findings, findings, strict=True)
    )
    return replace(report, findings=findings, stale=stale(entries, report.target, findings))


def _new(report: Report, folder: Path) -> Iterator[str]:
    """Yield an entry for each cause, or law without one, and the dtypes that it fails in."""
    seen = diagnosed(report.causes, report.wrong_outputs)
    dtypes: dict[tuple[str, _How], list[str]] = {}
    for finding in report.findings:
        if finding.verdict in FAILS:
            how = _How(_why(finding), finding.causes, _outputs(finding, seen))
            dtypes.setdefault((finding.law, how), []).append(finding.dtype)
    laws: dict[tuple[_How, tuple[str, ...]], list[str]] = {}
    for (law, how), names in dtypes.items():
        laws.setdefault((how, tuple(names)), []).append(law)
    target = pattern_of(report.target, folder)
    for (how, among), ids in laws.items():
        reason = entry_text.reason_of(today(), how.why)
        known = {"causes": how.causes, "outputs": how.outputs}
        yield entry_text.written(ids, reason, target=target, dtypes=among, **known)


def _outputs(finding: Finding, seen: Diagnosed) -> tuple[str, ...]:
    """Return the outputs in which it fails, where its causes, or the lack of any, say which."""
    if not finding.causes:
        return seen.wrong
    parts = [seen.outputs.get(cause, ()) for cause in finding.causes]
    return tuple(dict.fromkeys(o for part in parts for o in part)) if all(parts) else ()


def _why(finding: Finding) -> str:
    """Say why it fails: by its causes, else by the first line that is said of it."""
    causes = " and ".join(finding.causes)
    lines: Iterable[str] = (finding.reason or finding.title or finding.law).splitlines()
    return excerpt(causes or f"{finding.law}: {next(iter(lines), '')}", _LONGEST)
