"""Anybody's text in Markdown: it shows as it is, and marks up nothing.

What comes in is one harmless line, as `bncheck.terminal.clean` makes it.
"""

from __future__ import annotations

import re

# what opens an element inside a line, a reference, a formula or a cell of a table
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~!$&^])")
# what GitHub makes a link, or a picture, of; a space of no width keeps it from naming people
_LINKS = re.compile(r":(?=//|[\w+-]+:)|(?<=www)\.", re.IGNORECASE)
_NAMES = re.compile(r"@(?=\w)")


def text(line: str) -> str:
    """Return prose, also for the cell of a table."""
    marked = _LINKS.sub(lambda sign: f"\\{sign[0]}", _SIGNS.sub(r"\\\1", line))
    return _NAMES.sub("@\u200b", marked)


def code(line: str, *, cell: bool = False) -> str:
    """Return code; nothing where there is nothing. cell: for that of a table."""
    if not line.strip():
        return ""
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    edge = " " if "`" in (line[0], line[-1]) else ""
    told = f"{fence}{edge}{line}{edge}{fence}"
    return told.replace("|", "\\|") if cell else told
