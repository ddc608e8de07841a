"""Markup that cannot be broken by what a target says: whatever is not markup is escaped.

`tag` is the only way by which text comes into a page. What it makes reads the same as HTML and as
XML; attributes hold nothing but bncheck's own words and numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from bncheck.terminal import beginning, clean, sentence

# characters of a sentence of a stranger; all of it is in the JSON report
LONGEST = 1000

# elements that hold nothing, and have no end tag in HTML
_VOID = frozenset(("meta", "br", "wbr"))
# those of SVG that may hold nothing
_EMPTY = frozenset(("circle", "line", "path", "polyline", "rect"))

# names of attributes that are no names of Python
_SPELLED = {"class_": "class", "for_": "for"}


class Markup(str):
    """Text that is markup already; only this room makes it."""

    __slots__ = ()


LINE = Markup("\n")


def tag(name: str, /, *inside: str | None, **attributes: str | float | None) -> Markup:
    """Return an element. inside: markup, or text that is escaped; None is left out.

    attributes: an underscore stands for a hyphen; None is left out
    """
    given = "".join(
        f' {_SPELLED.get(key, key.replace("_", "-"))}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    held = join(inside)
    if not held and name in _VOID | _EMPTY:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{held}</{name}>")


def join(parts: Iterable[str | None], between: str = "") -> Markup:
    """Return parts one behind the other: markup as it is, text escaped, None left out."""
    return Markup(text(between).join(text(part) for part in parts if part is not None))


def text(said: str, most: int = LONGEST) -> Markup:
    """Return anybody's text as markup: harmless, on one line, its first words if it is long."""
    if isinstance(said, Markup):
        return said
    short = said if len(said) <= most else beginning(said, most)
    return Markup(escape(clean(short)))


def prose(said: str, most: int = LONGEST) -> Markup:
    """Return a sentence as markup, its spaces and line breaks as single spaces."""
    return text(sentence(said) if len(said) <= most else said, most)


def code(lines: Iterable[str], most: int) -> Markup:
    """Return lines of code as an element, their spaces as they are, and no more than so many."""
    told = "\n".join(clean(line) for line in _cut(lines, most))
    return tag("pre", tag("code", Markup(escape(told))))


def _cut(lines: Iterable[str], most: int) -> Iterable[str]:
    room = most
    for line in lines:
        if len(line) > room:
            yield f"{line[:room]} ..."
            return
        yield line
        room -= len(line) + 1
