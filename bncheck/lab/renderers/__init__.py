"""What came out, for people and programs: text, Markdown, HTML, JSON.

`facts` says what is to be told of a claim, each thing once; the formats only lay it out.
"""

from __future__ import annotations

from collections.abc import Sequence

from bncheck.errors import UsageError
from bncheck.lab.judging import Claim
from bncheck.lab.renderers import html, json, markdown, text
from bncheck.terminal import Style

FORMATS = ("text", "markdown", "html", "json")


def render(name: str, claims: Sequence[Claim], style: Style | None = None) -> str:
    """Return claims in a format by its name; style: of the terminal, for text.

    Raises UsageError for a format that is not there.
    """
    if name == "text":
        return text.render(claims, style or Style())
    others = {"markdown": markdown.render, "html": html.render, "json": json.render}
    if name not in others:
        raise UsageError(f"there is no format {name!r} of the lab; known: {', '.join(FORMATS)}")
    return others[name](claims)
