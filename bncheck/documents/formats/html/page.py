"""The whole file: title, contents, style, and a policy by which nothing comes from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from bncheck.documents.formats.html import look
from bncheck.documents.formats.html.blocks import Writer
from bncheck.documents.formats.html.markup import escaped, tag
from bncheck.documents.formats.numbering import Numbered, Place


def page(document: Numbered) -> str:
    """Return the file."""
    whole = document.document
    title = escaped(whole.title)
    style = look.of_pages()
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; base-uri 'none'"
    subtitle = tag("p", escaped(whole.subtitle), class_="subtitle") if whole.subtitle else ""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8"/>',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        '<meta name="color-scheme" content="light dark"/>',
        tag("title", title),
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        tag("header", tag("h1", title) + subtitle),
        _contents(document.contents),
        "<main>",
        *Writer(document).blocks(whole.blocks),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _contents(places: Sequence[Place]) -> str:
    """Return the table of contents: chapters, and within them the sections."""
    if not places:
        return ""
    shown: list[str] = []
    inner: list[str] = []
    entry = ""
    for place in places:
        if place.level == 1:
            shown += [_entry(entry, inner)] if entry or inner else []
            entry, inner = _link(place), []
        else:
            inner.append(tag("li", _link(place)))
    shown.append(_entry(entry, inner))
    inside = tag("h2", "Contents", id="contents") + tag("ol", "\n".join(shown))
    return tag("nav", inside, aria_labelledby="contents")


def _entry(entry: str, inner: list[str]) -> str:
    return tag("li", entry + (tag("ol", "\n".join(inner)) if inner else ""))


def _link(place: Place) -> str:
    number = tag("span", escaped(place.number), class_="number") + " " if place.number else ""
    return tag("a", number + escaped(place.title), href=f"#{place.anchor}")
