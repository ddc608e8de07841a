"""Reading `[[expected]]` entries: one schema, in files of users, in pyproject.toml, and in ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bncheck import files
from bncheck.errors import UsageError
from bncheck.known.entry import Entry
from bncheck.laws import LAWS
from bncheck.model.formats import FORMATS
from bncheck.terminal import brief, nearest

KEYS = (
    *("target", "law", "dtype", "cause", "output", "versions", "reason", "link", "expires"),
    *("where", "page"),
)
# where entries stand that are written into the configuration
CONFIGURATION = "pyproject.toml"
MOST_BYTES = 1_000_000
_IDS = tuple(law.id for law in LAWS)
_LISTED = "`bncheck laws` lists them"


def read(path: Path, needed: Iterable[str] = ()) -> tuple[Entry, ...]:
    """Read a file of entries; of pyproject.toml, the entries under ``tool.bncheck``.

    needed: keys that each entry must have besides law and reason

    Raises UsageError naming the file, the entry and what is wrong with it.
    """
    data = files.read_toml(path, MOST_BYTES)
    if path.name == CONFIGURATION:
        tool = data.get("tool", {})
        table = tool.get("bncheck", {}) if isinstance(tool, dict) else {}
        entries = table.get("expected", []) if isinstance(table, dict) else []
        return of(entries, str(path), path.parent, needed)
    unknown = sorted(set(data) - {"expected"})
    entries = data.get("expected", [])
    if unknown or not isinstance(entries, list):
        raise UsageError(
            f"{path} should hold [[expected]] entries only, not {brief(unknown or entries)}"
        )
    return of(entries, str(path), path.parent, needed)


def of(entries: object, place: str, folder: Path, needed: Iterable[str] = ()) -> tuple[Entry, ...]:
    """Make entries of what TOML has for them.

    place: what errors call the file; folder: in which it is

    Raises UsageError naming the place, the entry and what is wrong with it.
    """
    if not isinstance(entries, list):
        raise UsageError(f"{place} has expected={brief(entries)}, but should have [[expected]]")
    needed = tuple(needed)
    return tuple(
        _entry(f"{place}, entry {number}", entry, folder, number, needed)
        for number, entry in enumerate(entries, 1)
    )


def _entry(where: str, entry: Any, folder: Path, number: int, needed: tuple[str, ...]) -> Entry:
    if not isinstance(entry, dict):
        raise UsageError(f"{where} is {brief(entry)}, but should be a table")
    for key in entry:
        if key not in KEYS:
            raise UsageError(f"{where} has the unknown key {brief(key)}; {nearest(key, KEYS)}")
    for name in ("law", "reason", *needed):
        if name not in entry:
            raise UsageError(f"{where} needs a {name}")
    return Entry(
        laws=_known(where, "law", _patterns(where, "law", entry["law"]), _IDS, _LISTED),
        reason=_text(where, "reason", entry["reason"]),
        targets=_patterns(where, "target", entry.get("target")),
        dtypes=_known(where, "dtype", _patterns(where, "dtype", entry.get("dtype")), FORMATS),
        causes=_patterns(where, "cause", entry.get("cause")),
        outputs=_patterns(where, "output", entry.get("output")),
        versions=_versions(where, entry.get("versions")),
        link=_text(where, "link", entry["link"]) if "link" in entry else "",
        expires=_day(where, entry.get("expires")),
        where=_variables(where, entry.get("where", {})),
        page=_text(where, "page", entry["page"]) if "page" in entry else "",
        folder=folder,
        number=number,
    )


def _text(where: str, name: str, given: object) -> str:
    if not isinstance(given, str) or not given.strip():
        raise UsageError(f"{where} has {name}={brief(given)}, but should have a text there")
    return given


def _patterns(where: str, name: str, given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    listed = given if isinstance(given, list) else [given]
    if not listed or not all(isinstance(item, str) and item.strip() for item in listed):
        raise UsageError(
            f"{where} has {name}={brief(given)}, but should have a pattern, or a list of them"
        )
    return tuple(listed)


def _known(
    where: str, name: str, patterns: tuple[str, ...], there: Iterable[str], listed: str = ""
) -> tuple[str, ...]:
    """Refuse a pattern that nothing matches: it would never say anything."""
    there = tuple(there)
    for pattern in dict.fromkeys(patterns):
        if not any(fnmatchcase(each, pattern) for each in there):
            hint = nearest(pattern, there, listed)
            raise UsageError(f"{where} has {name}={brief(pattern)}, which does not exist; {hint}")
    return patterns


def _versions(where: str, given: object) -> tuple[tuple[str, str], ...]:
    if given is None:
        return ()
    pairs = []
    for text in _text(where, "versions", given).split(","):
        name, equals, pattern = (part.strip() for part in text.partition("=="))
        if not (name and equals and pattern) or set(name) & set("<>=!~ ") or "=" in pattern:
            raise UsageError(
                f"{where} has versions={brief(given)}, but should have one such as torch==2.13.*, "
                "with commas between several"
            )
        pairs.append((name, pattern))
    return tuple(pairs)


def _day(where: str, given: object) -> date | None:
    if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    try:
        return date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise UsageError(
            f"{where} has expires={brief(given)}, but should have a day such as 2027-01-31"
        ) from None


def _variables(where: str, given: object) -> Mapping[str, str]:
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise UsageError(f"{where} has where={brief(given)}, but should have names and texts")
    return given
