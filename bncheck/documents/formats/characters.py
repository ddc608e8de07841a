"""Characters of texts: what no format can hold is replaced, and ASCII for where nothing else is."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"[ \t\n\r\f\v\x85\u2028\u2029]+")
# controls, surrogates, and what Unicode says is no character
_NONE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPELLED = {
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "–": "-",
    "—": "--",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "…": "...",
    "×": "x",
    "·": "*",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "±": "+-",
    "→": "->",
    "∞": "inf",
    "√": "sqrt",
    "∂": "d",
    "∑": "sum",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "æ": "ae",
    "§": "section ",
    "\u00a0": " ",
}


def readable(text: str) -> str:
    """Return text on one line, with a mark in place of what is no character."""
    return _character(_SPACE.sub(" ", text))


def kept(line: str) -> str:
    """Return a line of a program, its spaces as they are."""
    return _character(line.expandtabs(8))


def program(text: str) -> list[str]:
    """Return the lines of a program."""
    return [kept(line) for line in re.split(r"\r\n|[\n\r\f\v\x85\u2028\u2029]", text)]


def _character(text: str) -> str:
    text = _NONE.sub("\ufffd", text)
    return "".join("\ufffd" if ord(sign) & 0xFFFE == 0xFFFE else sign for sign in text)


def ascii_only(text: str) -> str:
    """Spell text in ASCII: letters without their accents, Greek by name, else the code point."""
    return "".join(sign if sign.isascii() else _spelled(sign) for sign in text)


def _spelled(sign: str) -> str:
    if sign in _SPELLED:
        return _SPELLED[sign]
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode("ascii")
    if plain:
        return plain
    if unicodedata.combining(sign):
        return ""
    if name := greek(sign):
        return name
    return f"<U+{ord(sign):04X}>"


def greek(sign: str) -> str:
    """Return the name of a Greek letter, "" for others: ``gamma``, ``Gamma``."""
    words = unicodedata.name(sign, "").split()
    if len(words) != 4 or words[0] != "GREEK" or words[2] != "LETTER":
        return ""
    name = words[3].lower().replace("lamda", "lambda")
    return name if words[1] == "SMALL" else name.capitalize()


def cut(line: str, width: int, indent: str = "  ") -> list[str]:
    """Cut a line of a program where it is wider than the page; what follows is indented."""
    lines = [line[:width]]
    rest, step = line[width:], width - len(indent)
    while rest:
        lines.append(indent + rest[:step])
        rest = rest[step:]
    return lines
