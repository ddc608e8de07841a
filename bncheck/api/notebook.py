"""The report in a notebook: what the short text says, and the rest where it is asked for."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bncheck.reports import text

if TYPE_CHECKING:
    from bncheck.model import Report

_COLORS = {0: "#1a7f37", 1: "#cf222e", 2: "#9a6700", 3: "#cf222e"}


def render(report: Report) -> str:
    """Return an HTML fragment: no script, no style but its own, nothing from elsewhere."""
    short = text.render(report)
    first, _, rest = short.partition("\n")
    color = _COLORS[report.exit_code]
    parts = [
        f'<p style="color:{color};font-weight:bold;margin:0">{escape(first)}</p>',
        _pre(rest),
        _folded("laws by family, inputs as Python", text.render(report, verbosity=text.MORE)),
        _folded("everything", text.render(report, verbosity=text.FULL)),
    ]
    return f"<div>{''.join(parts)}</div>"


def _folded(title: str, shown: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{_pre(shown)}</details>"


def _pre(shown: str) -> str:
    return f'<pre style="margin:0.3em 0;white-space:pre-wrap">{escape(shown)}</pre>'
