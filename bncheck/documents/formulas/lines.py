r"""Takes the lines of a display apart: ``align`` and the like, ``\\`` between them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bncheck.errors import NotSupported

_AROUND = re.compile(
    r"\A\s*(?:\$\$(.*)\$\$|\$([^$]*)\$|\\\[(.*)\\\]|\\\((.*)\\\))\s*\Z",
    re.DOTALL,
)
_GAP = re.compile(r"\\\\\[\s*-?[\d.]+\s*[a-z]{2}\s*\]")
"""A break with more room below it."""
_DISPLAY = re.compile(
    r"\\(?:begin|end)\s*\{(?:align|aligned|alignat|alignedat|split|gather|gathered|equation|multline"
    r"|flalign|displaymath|eqnarray|math)\*?\}(?:\[\w\])?"
)
_NESTED = re.compile(r"\\(begin|end)\s*\{|\\left\b|\\right\b|\\\\|\\.|[{}]", re.DOTALL)


def split(tex: str) -> list[str]:
    """Return the lines of a formula, without the environment and the dollars around it.

    Raises NotSupported where there is no formula.
    """
    tex = _GAP.sub(r"\\\\", tex)
    if found := _AROUND.match(tex):
        tex = next(group for group in found.groups() if group is not None)
    bare = _DISPLAY.sub(" ", tex) if _is_display(tex) else tex
    lines = [line for line in _lines(bare) if line.strip()]
    if not lines:
        raise NotSupported("a formula without any sign")
    return lines


def _is_display(tex: str) -> bool:
    return _DISPLAY.match(tex.lstrip()) is not None


def _lines(tex: str) -> Iterator[str]:
    depth = begin = 0
    for found in _NESTED.finditer(tex):
        text = found.group()
        if text in ("{", r"\left") or found[1] == "begin":
            depth += 1 + (found[1] == "begin")
        elif text in ("}", r"\right") or found[1] == "end":
            # the brace of \begin{ and \end{ is part of the match, its closing one is not
            depth -= 1 if found[1] != "end" else 0
        elif text.startswith(r"\\") and depth <= 0:
            yield tex[begin : found.start()]
            begin = found.end()
    yield tex[begin:]
