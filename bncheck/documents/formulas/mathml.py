"""Writes a formula as MathML Core, as browsers draw it with a font that has a table for formulas.

What is marked has the class `MARKED`; the style is the page's. The details are what Chromium needs:
accents are spacing signs that do not stretch, brackets around one line do not stretch either, and
relations have no room around them in indices.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

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
from bncheck.documents.formulas.room import is_function, needs_room
from bncheck.documents.formulas.signs import ARROWS, PRIME, QUAD, TIGHT, VARYING
from bncheck.documents.formulas.spoken import say

MARKED = "bnmark"
"""The class of what is marked."""
CSS = f"""\
math .{MARKED} {{ background: #fdebc8; border-bottom: 2px solid #b45309; }}
math mfrac {{ padding-inline: 0.1em; }}
math mtd {{ text-align: left; }}
math .bnover {{ border-top: 0.06em solid; padding-top: 0.1em; }}
@media (prefers-color-scheme: dark) {{ math .{MARKED} {{ background: #4a3410; }} }}
"""
"""How marks and long bars look, and the room that TeX leaves beside a fraction."""

_ACCENTS = {"hat": "ˆ", "tilde": "˜", "bar": "¯", "dot": "˙"}
_WIDE_HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"
_DEEP = frozenset("gjpqyQJβγζημξρςφϕχψϱ")
"""Letters that reach below the line; an index is not lowered further for them."""
_UPRIGHT = ' mathvariant="normal"'
_THIN = '<mspace width="0.167em"/>'


def write(row: Row, *, display: bool) -> str:
    """Return the formula as an element, for a line of its own or for one of text."""
    shown = ' display="block"' if display else ""
    said = escape(say(row), quote=True)
    # math is a row itself: one more in it would be laid out the same
    return f'<math{shown} alttext="{said}">{_Writer(display).inside(row)}</math>'


@dataclass(frozen=True)
class _Writer:
    display: bool  # whether sums have their bounds below and above
    small: bool = False  # whether we are in an index, or in a fraction within one

    def row(self, row: Row) -> str:
        """Return one element for a row."""
        shown = self.inside(row)
        return shown if len(row.parts) == 1 and _is_one(row.parts[0]) else f"<mrow>{shown}</mrow>"

    def inside(self, row: Row) -> str:
        """Return the elements of a row."""
        shown = ""
        before: Part | None = None
        for part in row.parts:
            if before is not None and _is_close(before, part):
                shown += _THIN
            shown += self.part(part, before)
            before = part
        return shown

    def part(self, part: Part, before: Part | None = None) -> str:
        match part:
            case Letter(sign):
                upright = "Α" <= sign <= "Ω" or sign == "%"
                return f"<mi{_UPRIGHT if upright else ''}>{escape(sign)}</mi>"
            case Word(text):
                return _word(text)
            case Digits(text):
                return f"<mn>{text}</mn>"
            case Sign():
                return self.sign(part, before is None)
            case Stacked(base, above):
                stretchy = "" if base.sign in ARROWS else ' stretchy="false"'
                return f"<mover><mo{stretchy}>{escape(base.sign)}</mo>{_SMALL.row(above)}</mover>"
            case Row():
                return self.row(part)
            case Over(top, bottom):
                inside = _Writer(False, self.small or not self.display)
                return f"<mfrac>{inside.row(top)}{inside.row(bottom)}</mfrac>"
            case Root(body):
                return f"<msqrt>{self.inside(body)}</msqrt>"
            case Script(base, below, above):
                return self.script(base, below, above)
            case Accent(kind, body):
                return self.accent(kind, body)
            case Big(sign, below, above):
                return _scripted("under", "over", _big(sign, _is_operand(before)), below, above)
            case Fenced(left, right, body):
                return self.fenced(left, right, body)
            case Cases(rows):
                return self.cases(rows)
            case Marked(body):
                return f'<mrow class="{MARKED}">{self.inside(body)}</mrow>'
        raise TypeError(f"not a part of a formula: {part!r}")

    def sign(self, part: Sign, is_first: bool) -> str:
        shown = escape(part.sign)
        if part.sign == QUAD:
            return '<mspace width="1em"/>'
        if part.kind == "prefix" and part.sign not in VARYING:
            return f"<mi{'' if part.sign == '∂' else _UPRIGHT}>{shown}</mi>"
        if part.sign in "…⋯⋮":
            return f"<mi>{shown}</mi>"
        if part.kind == "prefix":
            return f'<mo form="prefix">{shown}</mo>'
        if self.small and part.sign == ",":
            return '<mo rspace="0">,</mo>'
        if part.sign in TIGHT or part.sign == "." or (self.small and part.kind != "punctuation"):
            stretchy = ' stretchy="false"' if part.sign in _UNKNOWN else ""
            return f'<mo lspace="0" rspace="0"{stretchy}>{shown}</mo>'
        if part.sign in _UNKNOWN:
            room = _UNKNOWN[part.sign]
            return f'<mo lspace="{room}" rspace="{room}" stretchy="false">{shown}</mo>'
        form = ' form="infix"' if is_first and part.kind == "binary" else ""
        return f"<mo{form}>{shown}</mo>"

    def accent(self, kind: str, body: Row) -> str:
        is_wide = len(body.parts) != 1 or not isinstance(body.parts[0], Letter | Digits)
        if is_wide and kind == "bar":
            return f'<mrow class="bnover">{self.inside(body)}</mrow>'
        over = f'<mo stretchy="false">{_ACCENTS[kind]}</mo>'
        if is_wide and kind == "hat":
            over = f"<mo>{_WIDE_HAT}</mo>"
        return f'<mover accent="true">{self.row(body)}{over}</mover>'

    def primed(self, base: Row, below: Row | None, above: Row) -> str:
        count = next((n for n, p in enumerate(above.parts) if p != _PRIME), len(above.parts))
        primes = f'<mo lspace="0" rspace="0">{PRIME * count}</mo>'
        if below is not None and count == len(above.parts):
            raised = f'<mpadded scriptlevel="0" voffset="-0.36em">{primes}</mpadded>'
            return f"<msubsup>{self.row(base)}{_SMALL.row(below)}{raised}</msubsup>"
        shown = f"<mrow>{self.row(base)}{primes}</mrow>"
        return _scripted("sub", "sup", shown, below, Row(above.parts[count:]))

    def script(self, base: Row, below: Row | None, above: Row | None) -> str:
        if above is not None and above.parts[:1] == (_PRIME,):
            return self.primed(base, below, above)
        match base.parts:
            case (Fenced(left, right, body),) if right and not is_tall(body, self.display):
                bracket = _DROPPED % f'<mo{_form(right, "postfix")} stretchy="false">{right}</mo>'
                held = _scripted("sub", "sup", bracket, below, above)
                return f"{self.fenced(left, '', body)[:-7]}{held}</mrow>"
            case (Letter(sign) | Accent(_, Row((Letter(sign),))),) if below and sign in _DEEP:
                shown = f'<mpadded depth="0">{self.row(base)}</mpadded>'
                return _scripted("sub", "sup", shown, below, above)
        return _scripted("sub", "sup", self.row(base), below, above)

    def fenced(self, left: str, right: str, body: Row) -> str:
        stretchy = "" if is_tall(body, self.display) else ' stretchy="false"'
        opening = f"<mo{_form(left, 'prefix')}{stretchy}>{left}</mo>" if left else ""
        closing = f"<mo{_form(right, 'postfix')}{stretchy}>{right}</mo>" if right else ""
        return f"<mrow>{opening}{self.inside(body)}{closing}</mrow>"

    def cases(self, rows: tuple[tuple[Row, Row], ...]) -> str:
        lines = "".join(
            f"<mtr>{_CELL}{self.inside(value)}</mtd>{_CELL}{self.inside(when)}</mtd></mtr>"
            for value, when in rows
        )
        return f'<mrow><mo form="prefix">{{</mo><mtable>{lines}</mtable></mrow>'


_SMALL = _Writer(display=False, small=True)
_PRIME = Letter(PRIME)
_DROPPED = '<mpadded height="0.6em" depth="0.1em">%s</mpadded>'
"""A bracket that an exponent stands at no higher than at a letter."""
_CELL = "<mtd>"
_UNKNOWN = {"∣": "0.278em", "∥": "0.278em", ":": "0.278em", "∶": "0.278em"}
"""Signs that MathML has other room for, or none."""


def _form(bracket: str, form: str) -> str:
    """Return what tells the left bar from the right one; other brackets need nothing."""
    return f' form="{form}"' if bracket in "|‖" else ""


def _is_one(part: Part) -> bool:
    return not isinstance(part, Sign)


def _is_close(before: Part, part: Part) -> bool:
    """Whether two parts would touch: two fractions, or log x."""
    match before, part:
        case Over(), Over():
            return True
        case _, Sign():
            return False
        case _, Fenced():
            return needs_room(before, part) and not isinstance(before, Big)
    return is_function(before) and not isinstance(before, Big)  # which has room behind it


def _scripted(lower: str, upper: str, base: str, below: Row | None, above: Row | None) -> str:
    under = "" if below is None else _SMALL.row(below)
    over = "" if above is None or not above.parts else _SMALL.row(above)
    name = "m" + (lower if under else "") + (upper if over else "")
    return f"<{name}>{base}{under}{over}</{name}>" if under or over else base


def _is_operand(part: Part | None) -> bool:
    return part is not None and not isinstance(part, Sign)


def _big(sign: str, apart: bool) -> str:
    """Return a sum or maximum, with room before it where a factor is."""
    room = "0.167em" if apart else "0"
    if sign.isascii():
        return (
            f'<mo movablelimits="true" form="prefix" lspace="{room}" rspace="0.167em">{sign}</mo>'
        )
    return f'<mo lspace="{room}">{sign}</mo>'


def _word(text: str) -> str:
    shown = escape(text.strip())
    if text.strip().isalnum():
        upright = ' mathvariant="normal"' if len(shown) == 1 else ""
        shown = f"<mi{upright}>{shown}</mi>"
    else:
        shown = f"<mtext>{shown}</mtext>"
    room = '<mspace width="0.3em"/>'
    return (room if text != text.lstrip() else "") + shown + (room if text != text.rstrip() else "")
