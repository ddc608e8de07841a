"""The chapters of the book as data: which theorems, in which order, and the words around them.

A chapter is a TOML file with ``title``, ``opening``, ``closing`` and ``[[theorem]]``: its id, the
``question`` that it answers, ``why`` this step, and where there is one ``practice``, what goes
wrong, with the names of deviations (``faults``) that the law of its id, or ``law``, catches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bncheck import files

FOLDER = Path(__file__).parent / "chapters"
MAX_BYTES = 200_000


@dataclass(frozen=True)
class Entry:
    """A theorem in its place: texts in the form of `prose`."""

    id: str
    question: str
    why: str
    practice: str = ""
    faults: tuple[str, ...] = ()
    law: str = ""


@dataclass(frozen=True)
class Chapter:
    """A chapter: an opening, theorems in order, and a closing (or "")."""

    slug: str
    title: str
    opening: str
    entries: tuple[Entry, ...]
    closing: str = ""

    @property
    def texts(self) -> Iterator[str]:
        """All texts of the chapter."""
        yield self.opening
        for entry in self.entries:
            yield from (entry.question, entry.why, entry.practice)
        yield self.closing


@lru_cache
def chapters() -> tuple[Chapter, ...]:
    """Return the chapters, in the order of their files."""
    return tuple(_chapter(path) for path in sorted(FOLDER.glob("*.toml")))


def _chapter(path: Path) -> Chapter:
    data: dict[str, Any] = files.read_toml(path, MAX_BYTES)
    entries = tuple(_entry(entry) for entry in data["theorem"])
    slug = path.stem.partition("_")[2].replace("_", "-")
    return Chapter(slug, data["title"], data["opening"], entries, data.get("closing", ""))


def _entry(data: dict[str, Any]) -> Entry:
    name = data["id"]
    law = data.get("law", name.rstrip("abc"))
    faults = tuple(data.get("faults", ()))
    return Entry(name, data["question"], data["why"], data.get("practice", ""), faults, law)
