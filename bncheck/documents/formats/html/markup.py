"""Elements and text of HTML. What `escaped` made, or `tag`, is markup; nothing else is."""

from __future__ import annotations

from html import escape

from bncheck.documents.formats.characters import readable


def escaped(text: str) -> str:
    """Return text in which nothing is markup."""
    return escape(readable(text), quote=True)


def tag(name: str, inside: str, /, **attributes: str) -> str:
    """Return an element; an underscore in a name stands for a hyphen, "" is left out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value, quote=True)}"'
        for key, value in attributes.items()
        if value
    )
    return f"<{name}{given}>{inside}</{name}>"
