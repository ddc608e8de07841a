"""Entries in the text of a file: written at its end, or taken out, all else byte for byte."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from bncheck.errors import UsageError

_HEADER = re.compile(
    r"""[ \t]*\[\[[ \t]*(expected|"expected"|'expected')[ \t]*\]\][ \t]*(#.*)?\r?"""
)
_COMMENT = re.compile(r"[ \t]*#")


def written(
    laws: Iterable[str],
    reason: str,
    *,
    target: str = "",
    dtypes: Iterable[str] = (),
    causes: Iterable[str] = (),
    outputs: Iterable[str] = (),
) -> str:
    """Return one entry as TOML; texts must be printable."""
    causes, outputs = list(causes), list(outputs)
    lines = ["[[expected]]"]
    lines += [f"target = {_text(target)}"] if target else []
    lines += [f"law = {_list(laws)}"]
    lines += [f"dtype = {_list(dtypes)}"]
    lines += [f"cause = {_list(causes)}"] if causes else []
    lines += [f"output = {_list(outputs)}"] if outputs else []
    lines += [f"reason = {_text(reason)}"]
    return "\n".join(lines) + "\n"


def reason_of(day: date, why: str) -> str:
    """Return the reason of an entry that nobody has looked at."""
    return f"baseline of {day.isoformat()}: not yet looked at: {why}"


def with_entries(text: str, entries: Iterable[str], place: str) -> str:
    """Return a file's text with entries at its end.

    Raises UsageError where the file is written so that nothing can stand there.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    parts = [entry.replace("\n", newline) for entry in entries]
    gap = "" if not text.strip() or text.endswith(2 * newline) else newline
    gap += "" if not text or text.endswith("\n") else newline
    new = text + gap + newline.join(parts)
    before, after = entries_of(text), entries_of(new)
    if (
        after is None
        or after[: len(before or [])] != before
        or len(after) != len(parts) + len(before or [])
    ):
        raise UsageError(
            f"{place} cannot be added to: its entries should be [[expected]] tables, each under "
            "a line of its own"
        )
    return new


def without_entries(text: str, numbers: Collection[int], place: str) -> str:
    """Return a file's text without the entries of these numbers, counted from 1.

    A comment right above an entry goes with it, save at the top of the file, which is about all.

    Raises UsageError where the file is written so that its entries cannot be told apart.
    """
    lines = text.split("\n")
    heads = [number for number, line in enumerate(lines) if _HEADER.fullmatch(line)]
    gone: set[int] = set()
    for number in numbers:
        if number <= len(heads):
            following = heads[number] if number < len(heads) else len(lines)
            gone.update(_lines(lines, heads[number - 1], following, first=number == 1))
    new = "\n".join(line for number, line in enumerate(lines) if number not in gone)
    before = entries_of(text) or []
    left = [entry for number, entry in enumerate(before, 1) if number not in numbers]
    if entries_of(new) != left:
        told = ", ".join(map(str, sorted(numbers)))
        raise UsageError(
            f"{place} cannot be pruned: its entries should be [[expected]] tables, each under a "
            f"line of its own; take out those that no longer fail by hand: {told}"
        )
    return new


def _lines(lines: list[str], head: int, following: int, *, first: bool) -> range:
    """Return the lines of an entry: its comment, itself, and the blank ones behind it."""
    start = head
    while start > 0 and _COMMENT.match(lines[start - 1]):
        start -= 1
    if first and not any(line.strip() for line in lines[:start]):
        start = head
    end = following
    while end > head + 1 and (not lines[end - 1].strip() or _COMMENT.match(lines[end - 1])):
        end -= 1
    while end < following and not lines[end].strip() and end < len(lines) - 1:
        end += 1
    if not any(line.strip() for line in lines[end:]):  # what parted it from the one before
        while start > 0 and not lines[start - 1].strip():
            start -= 1
    return range(start, end)


def entries_of(text: str) -> list[Any] | None:
    """Return the entries that TOML reads in a text; None where it reads nothing."""
    try:
        found = tomllib.loads(text).get("expected", [])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _list(items: Iterable[str]) -> str:
    listed = [_text(item) for item in items]
    if len(listed) == 1:
        return listed[0]
    line = f"[{', '.join(listed)}]"
    if len(line) <= 90:
        return line
    rows = [listed[start : start + 12] for start in range(0, len(listed), 12)]
    return "[\n" + "".join(f"  {', '.join(row)},\n" for row in rows) + "]"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
