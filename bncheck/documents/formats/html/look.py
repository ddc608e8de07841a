"""How pages look: the style, and the font of formulas, which is part of the file."""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources

from bncheck.documents import formulas


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
    """Return the font of formulas: without one that has a table for them, they look broken."""
    file = resources.files(formulas).joinpath("font", "bncheck-math.woff2")
    data = base64.b64encode(file.read_bytes()).decode("ascii")
    source = f'url(data:font/woff2;base64,{data}) format("woff2")'
    return f'@font-face {{ font-family: "bncheck math"; src: {source}; }}\n'
