"""One report object, many renderers: a format is one module with ``render(report) -> str``.

To add a format, write ``reports/<name>.py`` and give it one line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from bncheck.errors import UsageError
from bncheck.terminal import nearest

if TYPE_CHECKING:
    from bncheck.model import Report

Renderer = Callable[["Report"], str]

# name of the format -> module that renders it, imported when it is first asked for
FORMATS = {
    "text": "bncheck.reports.text",
    "json": "bncheck.reports.json",
}


def renderer(name: str) -> Renderer:
    """Return the function that renders reports in the format of that name.

    Raises UsageError for a format that does not exist.
    """
    if name not in FORMATS:
        raise UsageError(f"format={name!r} does not exist; {nearest(name, FORMATS)}")
    return cast(Renderer, import_module(FORMATS[name]).render)
