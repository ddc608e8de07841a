"""Entries before findings: what was expected to fail, and which entries nothing fails for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bncheck.errors import UsageError
from bncheck.known.entry import Entry
from bncheck.known.reading import CONFIGURATION, read
from bncheck.model import Finding

# what was left out of this run, or not come to, says nothing about an entry
_UNDECIDED = ("budget", "excluded", "slow", "fault")
FAILS = ("fails", "error")


def wanted(expected: Path | None, baseline: Path | None) -> tuple[Entry, ...]:
    """Read the entries of the file of expectations and of the baseline, where they are given.

    Raises UsageError as `read` does, with the option that named the file.
    """
    entries: tuple[Entry, ...] = ()
    if baseline is not None:
        refuse_configuration(baseline)
    if expected is not None and baseline is not None and _is_one(expected, baseline):
        expected = None
    for option, path in (("expected", expected), ("baseline", baseline)):
        try:
            entries += read(path) if path is not None else ()
        except UsageError as error:
            raise UsageError(f"--{option} {error}") from None
    return entries


def refuse_configuration(baseline: Path) -> None:
    """Raise UsageError where a baseline is not a file of its own."""
    if baseline.name == CONFIGURATION:
        raise UsageError(
            f"--baseline {baseline} should be a file of its own, such as bncheck-baseline.toml"
        )


def _is_one(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def apply(entries: Iterable[Entry], target: str, finding: Finding) -> Finding:
    """Turn a failure that is expected into verdict ``expected``."""
    if finding.verdict not in FAILS:
        return finding
    for entry in entries:
        if entry.applies(target, finding.law, finding.dtype):
            return replace(finding, verdict="expected", reason=entry.told)
    return finding


def stale(entries: Iterable[Entry], target: str, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Say which entries nothing failed for, although what they are about was tried.

    Also those that have expired, where what they expected still fails.
    """
    told = (_stale(entry, _about(entry, target, findings)) for entry in entries)
    return tuple(filter(None, told))


def idle(entries: Iterable[Entry], target: str, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Say of entries that are needed which of their patterns nothing fails for; one line each."""
    told = []
    for entry in entries:
        if not any(f.verdict == "expected" for f in _about(entry, target, findings)):
            continue
        # the entry as it would be with one pattern alone
        alone = {law: replace(entry, laws=(law,)) for law in entry.laws}
        laws = [law for law, one in alone.items() if is_idle(one, target, findings)]
        if laws:
            told.append(
                f"of what is expected to fail together ({entry.reason}), this does not and can be "
                f"taken out: {', '.join(laws)}"
            )
    return tuple(told)


def is_idle(entry: Entry, target: str, findings: Sequence[Finding]) -> bool:
    """Whether what an entry is about was tried, and nothing of it fails."""
    about = _about(entry, target, findings)
    return bool(about) and not any(f.verdict in ("expected", *FAILS) for f in about)


def _about(entry: Entry, target: str, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that were decided, of those that an entry speaks of."""
    if not entry.is_of(target) or not entry.is_here():
        return []
    return [f for f in findings if entry.about(target, f.law, f.dtype) and not _undecided(f)]


def _undecided(finding: Finding) -> bool:
    return finding.verdict == "skipped" and finding.reason.startswith(_UNDECIDED)


def _stale(entry: Entry, about: list[Finding]) -> str:
    if not about or any(f.verdict == "expected" for f in about):
        return ""
    what = ", ".join(entry.laws)
    what += f" ({', '.join(entry.dtypes)})" if entry.dtypes else ""
    if any(f.verdict in FAILS for f in about):
        if entry.expires is None or not entry.has_expired():
            return ""  # it stands before a run was judged by it
        return (
            f"{what} was expected to fail ({entry.reason}) until {entry.expires.isoformat()}; "
            "that has expired, so the failure counts"
        )
    return f"{what} is expected to fail ({entry.reason}), but does not; take the entry out"
