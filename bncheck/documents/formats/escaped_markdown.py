"""Text that Markdown leaves as it is: GitHub's dialect, MyST, and that of notebooks."""

from __future__ import annotations

import re

from bncheck.documents.formats.characters import readable

_SIGNS = re.compile(r"[\\`*_{}\[\]<>|#$~&]|:(?=\S)|@(?=\w)")
_OPENING = re.compile(r"^([-+=%:]|\((?=[^)]*\)=))|^(\d+)([.)])")


def escaped(text: str) -> str:
    """Return text in which nothing is read as markup, wherever it stands but at a start."""
    return _SIGNS.sub(lambda found: f"\\{found.group()}", readable(text))


def opening(shown: str) -> str:
    """Escape what opens a block, such as ``-`` of a list, at the start of a line."""
    shown = shown.strip()
    return _OPENING.sub(
        lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", shown
    )


def code(text: str) -> str:
    """Return a name or an expression, between as many backticks as it needs."""
    if not text.strip():
        return ""
    marks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    padded = f" {text} " if text[0] in "` " or text[-1] in "` " else text
    return f"{marks}{padded}{marks}"


def fence(lines: list[str]) -> str:
    """Return the line that opens and closes lines that are kept as they are."""
    longest = max((len(x) for line in lines for x in re.findall("`+", line)), default=0)
    return "`" * max(3, longest + 1)
