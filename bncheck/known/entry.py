"""One entry of what is known to fail, and what it speaks of."""

from __future__ import annotations

import glob
import os
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from importlib import metadata
from pathlib import Path

from bncheck.errors import RAISED

# a target that is a file, and what may be named in it
_FILE = re.compile(r"(?P<file>.+?\.(?:py|onnx))(?P<rest>:.*)?", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One ``[[expected]]`` entry.

    laws, dtypes, targets: patterns; dtypes and targets: empty for all. A target that is a file is
    also meant by its path from the folder in which the entry stands
    causes, outputs: patterns of the causes by which, and the outputs in which, they fail; empty
    where that is not said, so that any failure is expected
    versions: pairs of a distribution and a pattern of its versions, all of which must be so
    expires: the last day on which it applies; link: where to read on
    where: environment variables that must be so
    page: the finding's page in docs/findings, of entries that come with bncheck
    number: which entry of its file it is, from 1 on
    """

    laws: tuple[str, ...]
    reason: str
    targets: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    link: str = ""
    expires: date | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    folder: Path = Path()
    number: int = 1

    @property
    def name(self) -> str:
        """What reports call it: its page, without the ending."""
        return self.page.removesuffix(".md")

    @property
    def told(self) -> str:
        """Its reason, and where to read on."""
        return f"{self.reason} ({self.link})" if self.link else self.reason

    def about(self, target: str, law: str, dtype: str) -> bool:
        """Whether it speaks of this law and dtype of a target, whatever is installed."""
        return (
            _any(law, self.laws)
            and (not self.dtypes or _any(dtype, self.dtypes))
            and self.is_of(target)
        )

    def applies(self, target: str, law: str, dtype: str) -> bool:
        """Whether it speaks of this law and dtype, here and today."""
        return self.about(target, law, dtype) and self.is_here() and not self.has_expired()

    def is_of(self, target: str) -> bool:
        """Whether it speaks of this target."""
        return not self.targets or any(
            _any(name, self.targets) for name in names(target, self.folder)
        )

    def is_here(self) -> bool:
        """Whether the versions are those that are installed, and the variables are set so."""
        return all(_installed(name, pattern) for name, pattern in self.versions) and all(
            os.environ.get(name) == value for name, value in self.where.items()
        )

    def has_expired(self) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today() > self.expires


def today() -> date:
    """Return the day that it is here."""
    return datetime.now().date()


def file_of(target: str) -> tuple[str, str] | None:
    """Return a target's file, and what may follow it, ``:NAME``; None for what is no file."""
    matched = _FILE.fullmatch(target)
    return matched and (matched["file"], matched["rest"] or "")


def names(target: str, folder: Path) -> Iterator[str]:
    """Yield the ways in which a file of entries in that folder may write a target."""
    yield target
    if found := file_of(target):
        file, rest = found
        for path in (os.path.normpath(file), _from(folder, file)):
            yield path.replace(os.sep, "/") + rest


def pattern_of(target: str, folder: Path) -> str:
    """Return the pattern that stands for one target in a file of entries in that folder."""
    meant = target
    if found := file_of(target):
        file, rest = found
        path = _from(folder, file)
        outside = path.startswith("..") and os.path.isabs(file)
        meant = (os.path.normpath(file) if outside else path).replace(os.sep, "/") + rest
    # what no file of text can hold is left open
    return "".join(c if c.isprintable() else "?" for c in glob.escape(meant))


def _from(folder: Path, file: str) -> str:
    try:
        return os.path.relpath(os.path.realpath(file), os.path.realpath(folder))
    except ValueError:  # on another drive
        return os.path.abspath(file)


def _any(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _installed(name: str, pattern: str) -> bool:
    """Whether a version is installed that the pattern matches, as ``==`` of pip understands it."""
    try:
        there = platform.python_version() if name == "python" else metadata.version(name)
    except RAISED:  # there is none, or what somebody installed does not say which
        return False
    public = str(there).partition("+")[0]
    return any(fnmatchcase(each, pattern) for each in (str(there), public, f"{public}."))
