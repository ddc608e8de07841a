"""Text in LaTeX: every sign as a command that a plain installation has."""

from __future__ import annotations

import re
import unicodedata

from bncheck.documents.formats.characters import ascii_only, greek, readable

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedblright{}",
    "`": "{`}",
    "'": "'",
    "-": "{-}",
    **{sign: "\\" + sign for sign in "_$&#%"},
    "‘": "`{}",
    "’": "'",
    "“": "``",
    "”": "''",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "§": r"\S{}",
    "ß": r"\ss{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "æ": r"\ae{}",
    "\u00a0": "~",
    "−": "$-$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "≠": r"$\ne$",
    "≈": r"$\approx$",
    "±": r"$\pm$",
    "→": r"$\to$",
    "∞": r"$\infty$",
    "∂": r"$\partial$",
    "∑": r"$\sum$",
    "√": r"$\surd$",
    "²": "$^2$",
    "³": "$^3$",
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}
_LATIN_CAPITALS = {"Alpha", "Beta", "Epsilon", "Zeta", "Eta", "Iota", "Kappa", "Mu", "Nu"} | {
    "Omicron",
    "Rho",
    "Tau",
    "Chi",
    "omicron",
}
# in a typewriter font every sign of ASCII has its own place, where no ligature takes it
_TYPED = re.compile(r"[\\{}^~_$&#%\"'`<>|?!-]")


def escaped(text: str) -> str:
    """Return text in which nothing is read as a command."""
    return "".join(_SIGNS.get(sign) or _sign(sign) for sign in readable(text))


def _sign(sign: str) -> str:
    if sign.isascii():
        return sign
    parts = unicodedata.normalize("NFD", sign)
    if len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in _ACCENTS:
        letter = {"i": r"\i", "j": r"\j"}.get(parts[0], parts[0])
        return f"\\{_ACCENTS[parts[1]]}{{{letter}}}"
    name = greek(sign)
    if name and name not in _LATIN_CAPITALS:
        return f"$\\{name}$"
    return "".join(_SIGNS.get(each, each) for each in ascii_only(sign))


def typed(text: str, breaks: bool = False) -> str:
    """Return text for a typewriter font. breaks: whether lines may end within it."""
    plain = ascii_only(text)
    shown = _TYPED.sub(lambda found: f"\\char{ord(found.group())}{{}}", plain)
    if breaks:  # after a sign, never within a name
        return re.sub(r"(\{\}|[,;:=+*/.)\]])(?=[^ ])", r"\1\\allowbreak{}", shown)
    return shown.replace(" ", "~")
