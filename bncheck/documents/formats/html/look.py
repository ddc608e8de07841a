"""How pages look: the style, and the font of formulas, which is part of the file."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def of_pages() -> str:
    """Return the style of a page of its own."""
    return _font() + _read("page.css") + _read("maths.css")


@cache
def of_fragments() -> str:
    """Return the style that derivations in a page of others need."""
    return _font() + _read("maths.css")


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _font() -> str:
    return ""
