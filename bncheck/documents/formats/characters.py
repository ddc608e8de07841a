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


# what the fonts have that are within Typst: Latin, Greek, Cyrillic, punctuation, mathematics
_DRAWN = (
    *((0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x2FF), (0x38E, 0x3A1), (0x3A3, 0x482), (0x48A, 0x4FF)),
    *((0x1E00, 0x1EFF), (0x2010, 0x2010), (0x2012, 0x2027), (0x2030, 0x2040), (0x2074, 0x208E)),
    *((0x20A0, 0x20BF), (0x2190, 0x23CE)),
)


def drawn(text: str) -> str:
    """Return text of signs that the fonts of a PDF have; others are spelled in ASCII."""
    whole = unicodedata.normalize("NFC", text)
    return "".join(
        sign if any(one <= ord(sign) <= other for one, other in _DRAWN) else ascii_only(sign)
        for sign in whole
    )
