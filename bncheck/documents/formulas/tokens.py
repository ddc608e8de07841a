"""A formula in LaTeX as a list of tokens, with Unicode spelled as the commands it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import decomposition, normalize

from bncheck.documents.formulas.signs import SAME, UNICODE

_TOKEN = re.compile(
    r"\s+|\\(?:operatorname|tag|hspace)\*|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\.\.\.|\.\d+"
    r"|:=|=:|<=|>=|!=|[A-Za-z]+|.",
    re.DOTALL,
)
_COMBINING = {
    "\N{COMBINING CIRCUMFLEX ACCENT}": r"\hat",
    "\N{COMBINING TILDE}": r"\tilde",
    "\N{COMBINING MACRON}": r"\bar",
    "\N{COMBINING OVERLINE}": r"\bar",
    "\N{COMBINING DOT ABOVE}": r"\dot",
}
_SHIFTS = {"<super>": "^", "<sub>": "_"}


@dataclass(frozen=True)
class Token:
    """A command, a number, letters that are typed together or one character; and where it is."""

    text: str
    start: int


def tokens(text: str) -> list[Token]:
    """Return the tokens of a formula, without what is space."""
    found = []
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if piece.isspace():
            continue
        piece = UNICODE.get(piece, piece)
        found.append(Token(SAME.get(piece, piece), match.start()))
    return found


def spelled(text: str) -> str:
    """Return the text with raised and lowered signs, and accents, spelled as commands."""
    return text if text.isascii() else "".join(_spelled(text))


def _spelled(text: str) -> Iterator[str]:
    level = ""
    for at, sign in enumerate(text):
        form, _, plain = decomposition(sign).partition(" ")
        shift = _SHIFTS.get(form, "")
        if shift != level:
            yield "}" if level else ""
            yield f"{shift}{{" if shift else ""
            level = shift
        if shift:
            yield "".join(chr(int(code, 16)) for code in plain.split())
        else:
            yield _accented(sign, text[at + 1 : at + 2], text[at - 1 : at] if at else "")
    yield "}" if level else ""


def _accented(sign: str, after: str, before: str) -> str:
    if sign in _COMBINING and before.isalpha():
        return ""
    if after in _COMBINING and after and sign.isalpha():
        return f"{_COMBINING[after]}{{{sign}}}"
    taken_apart = normalize("NFD", sign)
    if len(taken_apart) == 2 and taken_apart[1] in _COMBINING and taken_apart[0].isalpha():
        return f"{_COMBINING[taken_apart[1]]}{{{taken_apart[0]}}}"
    return sign
