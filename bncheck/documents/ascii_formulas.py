"""Breaks formulas of plain text: before relations, plus and minus, outside of brackets first."""

from __future__ import annotations

from collections.abc import Iterator

_OPENING, _CLOSING = "([{", ")]}"
_RELATIONS = frozenset(("=", "<=", ">=", "<", ">", "!=", "->"))
_SIGNS = frozenset(("+", "-"))
_TIMES = frozenset(("*", "/", "for"))
# what stands before a space where a line does not end
_HELD = _RELATIONS | _SIGNS | _TIMES | {"in", "return", "if"}


def broken(text: str, width: int, indent: str = "    ") -> list[str]:
    """Return a formula in lines no wider than ``width``; those that follow are indented."""
    lines: list[str] = []
    start, depth = "", 0
    while len(start) + len(text) > width:
        at = _place(text, width - len(start), depth)
        lines.append(start + text[:at].rstrip())
        depth += sum((sign in _OPENING) - (sign in _CLOSING) for sign in text[:at])
        text, start = text[at:].lstrip(), indent
        if not text:
            return lines
    return [*lines, start + text]


def _place(text: str, width: int, depth: int) -> int:
    """Return where to break: as far outside and, of such places, as far to the right as may be.

    depth: how many brackets are open where the text begins
    """
    found = [(cost, -at) for at, cost in _places(text, depth) if width // 3 <= at <= width]
    return -min(found)[1] if found else width


def _places(text: str, depth: int) -> Iterator[tuple[int, int]]:
    """Yield the spaces of a formula, and how bad a place each is for breaking it."""
    for at, sign in enumerate(text):
        if sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        elif sign == " ":
            word = text[at + 1 :].partition(" ")[0]
            kind = 0 if word in _RELATIONS else 1 if word in _SIGNS else 2 if word in _TIMES else 3
            if text[:at].rpartition(" ")[2] in _HELD or word == "in":
                kind = 4  # what a sign is of stays beside it
            yield at, 5 * max(depth, 0) + kind
