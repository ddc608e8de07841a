"""Laws that are known to fail: a reviewed TOML file; an entry that no longer fails is an error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bncheck import files
from bncheck.errors import UsageError
from bncheck.laws import LAWS
from bncheck.model import Finding
from bncheck.terminal import brief, nearest

_MOST_BYTES = 250_000
_IDS = tuple(law.id for law in LAWS)
_LISTED = "`bncheck laws` lists them"


@dataclass(frozen=True)
class Expectation:
    """One ``[[expected]]`` entry; dtype None stands for all."""

    law: str
    dtype: str | None
    reason: str

    def speaks_of(self, finding: Finding) -> bool:
        """Whether the entry is about this finding."""
        return finding.law == self.law and self.dtype in (None, finding.dtype)


def read(path: Path) -> tuple[Expectation, ...]:
    """Read the file. Raises UsageError naming the entry that is wrong."""
    try:
        data = files.read_toml(path, _MOST_BYTES)
    except UsageError as error:
        raise UsageError(f"--expected {error}") from None
    entries = data.get("expected", [])
    unknown = sorted(set(data) - {"expected"})
    if unknown or not isinstance(entries, list):
        raise UsageError(
            f"{path} should hold [[expected]] entries only, not {brief(unknown or entries)}"
        )
    return tuple(_entry(path, number, entry) for number, entry in enumerate(entries, 1))


def _entry(path: Path, number: int, entry: object) -> Expectation:
    where = f"{path}, entry {number}"
    if not isinstance(entry, dict):
        raise UsageError(f"{where} is {brief(entry)}, but should be a table")
    unknown = sorted(set(entry) - {"law", "dtype", "reason"})
    if unknown:
        raise UsageError(f"{where} has the unknown key {brief(unknown[0])}")
    for name in ("law", "reason"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise UsageError(f"{where} needs a {name}, as a text that is not empty")
    if entry["law"] not in _IDS:
        hint = nearest(entry["law"], _IDS, _LISTED)
        raise UsageError(f"{where} has law={brief(entry['law'])}, which does not exist; {hint}")
    dtype = entry.get("dtype")
    if dtype is not None and not isinstance(dtype, str):
        raise UsageError(f"{where} has dtype={brief(dtype)}, but should have a name there")
    return Expectation(entry["law"], dtype, entry["reason"])


def apply(expected: Iterable[Expectation], finding: Finding) -> Finding:
    """Turn a failure that is expected into verdict ``expected``."""
    entry = next((e for e in expected if e.speaks_of(finding)), None)
    if entry is None or finding.verdict not in ("fails", "error"):
        return finding
    return replace(finding, verdict="expected", reason=entry.reason)


def stale(expected: Iterable[Expectation], findings: Iterable[Finding]) -> tuple[str, ...]:
    """Say which entries nothing failed for, although what they are about was tried."""
    findings = tuple(findings)
    return tuple(
        f"{entry.law}{f' ({entry.dtype})' if entry.dtype else ''} is expected to fail "
        f"({entry.reason}), but does not; take the entry out"
        for entry in expected
        if _decided(entry, findings) and not _needed(entry, findings)
    )


def _decided(entry: Expectation, findings: Iterable[Finding]) -> bool:
    # what was left out of this run, or not come to, says nothing about an entry
    about = (f for f in findings if entry.speaks_of(f))
    return any(not (f.verdict == "skipped" and f.reason.startswith("budget")) for f in about)


def _needed(entry: Expectation, findings: Iterable[Finding]) -> bool:
    return any(entry.speaks_of(f) and f.verdict == "expected" for f in findings)
