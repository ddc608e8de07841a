"""One report object, many renderers: a format is one module with ``render(report) -> str``.

One that can hold the reports on several targets also has ``render_several(outcomes) -> str``.

To add a format, write ``reports/<name>.py`` and give it one line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, cast

from bncheck.errors import UsageError
from bncheck.terminal import nearest

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report

Renderer = Callable[["Report"], str]
OfSeveral = Callable[[Sequence["Outcome"]], str]

# name of the format -> module that renders it, imported when it is first asked for
FORMATS = {
    "text": "bncheck.reports.text",
    "json": "bncheck.reports.json",
    "html": "bncheck.reports.html",
    "jsonl": "bncheck.reports.jsonl",
    "junit": "bncheck.reports.junit",
    "sarif": "bncheck.reports.sarif",
    "github": "bncheck.reports.github",
    "gitlab": "bncheck.reports.gitlab",
    "markdown": "bncheck.reports.markdown",
}


def renderer(name: str) -> Renderer:
    """Return the function that renders reports in the format of that name.

    Raises UsageError for a format that does not exist.
    """
    return cast(Renderer, _module(name).render)


def of_several(name: str) -> OfSeveral:
    """Return the function that renders the reports on several targets in that format.

    Raises UsageError for a format that does not exist, or that holds one report only.
    """
    found = getattr(_module(name), "render_several", None)
    if found is None:
        raise UsageError(f"format={name!r} holds one report only; give it one target at a time")
    return cast(OfSeveral, found)


def _module(name: str) -> ModuleType:
    if name not in FORMATS:
        raise UsageError(f"format={name!r} does not exist; {nearest(name, FORMATS)}")
    return import_module(FORMATS[name])
