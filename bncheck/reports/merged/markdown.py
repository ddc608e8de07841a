"""The table in Markdown, as a comment or a job summary shows it."""

from __future__ import annotations

import re

from bncheck.reports.merged.gathering import Merged
from bncheck.reports.merged.text import cells, header, last_line
from bncheck.terminal import sentence

# what a stranger's text could make of a table, a link, a mention or a tag
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#$~&!@])")


def render(merged: Merged) -> str:
    """Return the table, what people should know, and a last line that counts."""
    lines = [f"**{escaped(last_line(merged))}**", ""]
    if merged.rows:
        names = header(merged)
        lines += [_row(names), "|" + "---|" * len(names)]
        lines += [_row(cells(each, merged)) for each in merged.rows]
        lines.append("")
    lines += [f"- {escaped(remark)}" for remark in merged.remarks]
    return "\n".join(lines).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """Return anybody's text as Markdown that shows it, on one line."""
    return _SPECIAL.sub(r"\\\1", sentence(text))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"
