"""Writes a formula in the language of typst, for what stands between two dollars.

Every sign that typst could take for a command or a separator is escaped. What is marked is an
argument of ``bnmark``, which `MARK` defines.
"""

from __future__ import annotations

from bncheck.documents.formulas.heights import is_tall
from bncheck.documents.formulas.nodes import (
    Accent,
    Big,
    Cases,
    Digits,
    Fenced,
    Letter,
    Marked,
    Over,
    Part,
    Root,
    Row,
    Script,
    Sign,
    Stacked,
    Word,
)
from bncheck.documents.formulas.room import needs_room
from bncheck.documents.formulas.signs import ARROWS, FUNCTIONS, PRIME, QUAD

MARK = '#let bnmark(body) = math.underline(text(fill: rgb("#8a2b06"), body))'
"""For the head of a document."""

_ESCAPED = frozenset("\\#$&_^/,;:()[]{}\"'`~*%@|.!<>-⟨⟩⌊⌋⌈⌉")
_ACCENTS = {"hat": "hat", "tilde": "tilde", "bar": "macron", "dot": "dot"}
_KNOWN = frozenset({"max", "min", "sup", "inf", "lim"})


def write(row: Row) -> str:
    """Return the formula."""
    is_rest = bool(row.parts) and isinstance(row.parts[0], Sign) and row.parts[0].kind == "binary"
    shown = '""' if is_rest else ""  # so that a sign in front has room behind it
    before: Part | None = None
    for part in row.parts:
        # a space beside words in quotes would be seen
        if before is not None and needs_room(before, part):
            shown += " thin "
        elif before is not None and not (_is_words(before) or _is_words(part)):
            shown += " "
        shown += _part(part)
        before = part
    return shown


def _is_words(part: Part) -> bool:
    return isinstance(part, Word) and part.text not in FUNCTIONS


def _part(part: Part) -> str:
    match part:
        case Letter(sign) | Sign(sign):
            return "quad" if sign == QUAD else _sign(sign)
        case Word(text):
            return f"op({_quoted(text)})" if text in FUNCTIONS else _quoted(text)
        case Digits(text):
            return _quoted(text) if text.startswith(".") else text
        case Stacked(base, above):
            sign = f"stretch({_sign(base.sign)})" if base.sign in ARROWS else _sign(base.sign)
            return f'class("relation", limits({sign})^({_argument(above)}))'
        case Row():
            return write(part) or '""'
        case Over(top, bottom):
            return f"frac({_argument(top)}, {_argument(bottom)})"
        case Root(body):
            return f"sqrt({_argument(body)})"
        case Script(base, below, above):
            return _script(base, below, above)
        case Accent(kind, body):
            is_wide = kind == "bar" and len(body.parts) != 1
            return f"{'overline' if is_wide else _ACCENTS[kind]}({_argument(body)})"
        case Big(sign, below, above):
            return _big(sign) + _scripts(below, above)
        case Fenced(left, right, body):
            return _fenced(left, right, body)
        case Cases(rows):
            lines = (f"{_argument(value)} & quad {write(when)}" for value, when in rows)
            return f"cases({', '.join(lines)})"
        case Marked(body):
            return f"bnmark({_argument(body)})"
    raise TypeError(f"not a part of a formula: {part!r}")


def _sign(sign: str) -> str:
    return f"\\{sign}" if sign in _ESCAPED else sign


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _argument(row: Row) -> str:
    return write(row) or '""'


def _script(base: Row, below: Row | None, above: Row | None) -> str:
    match base.parts:
        case (Letter() | Digits() | Accent() | Word() | Root(),):
            return write(base) + _scripts(below, above)
        case (Fenced(left, right, body),) if not _grows(left, right, body):
            return write(base) + _scripts(below, above)  # at the bracket, as low as it is
    places = [("b", below), ("t", above)]
    given = "".join(f", {name}: {_argument(row)}" for name, row in places if row is not None)
    return f"attach({_argument(base)}{given})"


def _scripts(below: Row | None, above: Row | None) -> str:
    rest = () if above is None else above.parts
    primes = 0
    while rest and rest[0] == Letter(PRIME):
        rest, primes = rest[1:], primes + 1
    shown = "'" * primes
    if below is not None:
        shown += f"_({_argument(below)})"
    if rest or (above is not None and not primes):
        shown += f"^({_argument(Row(rest))})"
    return shown


def _big(sign: str) -> str:
    if sign in _KNOWN or not sign.isascii():
        return sign
    return f"op({_quoted(sign)}, limits: #true)"


def _fenced(left: str, right: str, body: Row) -> str:
    inside = f"{_sign(left)} {write(body)} {_sign(right)}".strip()
    return f"lr({inside})" if _grows(left, right, body) else inside


def _grows(left: str, right: str, body: Row) -> bool:
    return is_tall(body) or not (left and left in "([{" and right and right in ")]}")
