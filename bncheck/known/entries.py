"""Entries of `faults.toml`, and the findings that they speak of."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bncheck.errors import UsageError
from bncheck.model import Finding

KEYS = {"target", "law", "dtype", "versions", "reason", "page", "where"}


@dataclass(frozen=True)
class Fault:
    """One ``[[expected]]`` entry.

    target, laws, dtypes: patterns; dtypes: empty for all
    versions: pairs of a distribution and a pattern of its versions, all of which must be so
    page: the finding's page in docs/findings; where: environment variables that must be so
    """

    target: str
    laws: tuple[str, ...]
    dtypes: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]
    reason: str
    page: str
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What reports call it: its page, without the ending."""
        return self.page.removesuffix(".md")

    def about(self, target: str, law: str, dtype: str) -> bool:
        """Whether it speaks of this law and dtype of a target, whatever its version."""
        return (
            fnmatchcase(target, self.target)
            and any(fnmatchcase(law, pattern) for pattern in self.laws)
            and (not self.dtypes or any(fnmatchcase(dtype, pattern) for pattern in self.dtypes))
        )

    def is_here(self) -> bool:
        """Whether the versions are those that are installed, and the variables are set so."""
        return all(_installed(name, pattern) for name, pattern in self.versions) and all(
            os.environ.get(name) == value for name, value in self.where.items()
        )


def _installed(name: str, pattern: str) -> bool:
    try:
        return fnmatchcase(version(name), pattern)
    except PackageNotFoundError:
        return False


@cache
def faults() -> tuple[Fault, ...]:
    """Return the faults that come with bncheck."""
    return read(Path(__file__).with_name("faults.toml"))


def annotated(target: str, finding: Finding, *, expect: bool = False) -> Finding:
    """Say of a finding that fails which known fault of the installed version it is.

    expect: make it an expected one
    """
    if finding.verdict not in ("fails", "error"):
        return finding
    about = (f for f in faults() if f.about(target, finding.law, finding.dtype) and f.is_here())
    fault = next(about, None)
    if fault is None:
        return finding
    if expect:
        return replace(finding, known=fault.name, verdict="expected", reason=fault.reason)
    return replace(finding, known=fault.name)


def read(path: Path) -> tuple[Fault, ...]:
    """Read a file of entries. Raises UsageError naming what is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} is not readable TOML: {error}") from None
    entries = data.get("expected", [])
    if set(data) - {"expected"} or not isinstance(entries, list):
        raise UsageError(f"{path} should hold [[expected]] entries only")
    return tuple(_fault(path, number, entry) for number, entry in enumerate(entries, 1))


def _fault(path: Path, number: int, entry: Any) -> Fault:
    where = f"{path}, entry {number}"
    if not isinstance(entry, dict) or set(entry) - KEYS:
        raise UsageError(f"{where} should be a table with {', '.join(sorted(KEYS))}")
    for name in ("target", "versions", "reason", "page"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise UsageError(f"{where} needs a {name}, as a text that is not empty")
    laws, dtypes = (_patterns(where, name, entry.get(name, [])) for name in ("law", "dtype"))
    if not laws:
        raise UsageError(f"{where} needs a law, as a pattern of ids or a list of them")
    return Fault(
        entry["target"],
        laws,
        dtypes,
        tuple(_version(where, text) for text in entry["versions"].split(",")),
        entry["reason"],
        entry["page"],
        _variables(where, entry.get("where", {})),
    )


def _patterns(where: str, name: str, given: Any) -> tuple[str, ...]:
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise UsageError(f"{where} has {name}={given!r}, but should have a pattern or a list")
    return tuple(listed)


def _version(where: str, text: str) -> tuple[str, str]:
    name, equals, pattern = (part.strip() for part in text.partition("=="))
    if not (name and equals and pattern):
        raise UsageError(
            f"{where} has versions={text!r}, but should have one such as torch==2.13.*"
        )
    return name, pattern


def _variables(where: str, given: Any) -> Mapping[str, str]:
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise UsageError(f"{where} has where={given!r}, but should have names and texts")
    return given
