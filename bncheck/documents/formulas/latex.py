r"""Writes a formula as LaTeX for math mode: amsmath and amssymb are enough for it.

There is no ``\operatorname``, which GitHub does not allow in formulas.

What is marked is the argument of ``\bnmark``, which `MARK` defines, or of another command.
"""

from __future__ import annotations

from dataclasses import dataclass

from bncheck.documents.formulas.alphabets import PLAIN
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
from bncheck.documents.formulas.signs import COMMANDS, FUNCTIONS, NAMED, PRIME

MARK = r"\newcommand{\bnmark}[1]{\underline{#1}}"
"""For the head of a document."""

_BRACKETS = {"": ".", "{": r"\{", "}": r"\}", "⟨": r"\langle", "⟩": r"\rangle", "|": r"\vert"}
_BRACKETS |= {"‖": r"\Vert", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil"}
_PAIRS = {"|": (r"\lvert", r"\rvert"), "‖": (r"\lVert", r"\rVert")}
_WIDE = {"hat": r"\widehat", "tilde": r"\widetilde", "bar": r"\overline", "dot": r"\dot"}
_NEXT = r" \\ "
_SIMPLE = (Letter, Digits, Word, Sign, Accent, Fenced, Root, Over, Cases, Marked)


def write(row: Row, mark: str = r"\bnmark") -> str:
    """Return the formula; ``mark`` is the command around what is marked."""
    return _Writer(mark).row(row)


@dataclass(frozen=True)
class _Writer:
    mark: str

    def row(self, row: Row) -> str:
        shown = "{} " if _opens_with_a_binary(row) else ""
        for at, part in enumerate(row.parts):
            before = row.parts[at - 1] if at else None
            room = r"\, " if before is not None and needs_room(before, part) else ""
            shown += (" " if at else "") + room + self.part(part)
        return shown

    def part(self, part: Part) -> str:
        match part:
            case Letter(sign):
                return _letter(sign)
            case Word(text):
                return _word(text)
            case Digits(text):
                return text
            case Sign(sign):
                return COMMANDS[sign]
            case Stacked(base, above):
                return rf"\overset{{{self.row(above)}}}{{{COMMANDS[base.sign]}}}"
            case Row():
                return f"{{{self.row(part)}}}"
            case Over(top, bottom):
                return rf"\frac{{{self.row(top)}}}{{{self.row(bottom)}}}"
            case Root(body):
                return rf"\sqrt{{{self.row(body)}}}"
            case Script(base, below, above):
                return self.base(base) + self.scripts(below, above)
            case Accent(kind, body):
                return f"{_accent(kind, body)}{{{self.row(body)}}}"
            case Big(sign, below, above):
                name = COMMANDS.get(sign, rf"\mathop{{\mathrm{{{sign}}}}}\limits")
                return name + self.scripts(below, above)
            case Fenced(left, right, body):
                return self.fenced(left, right, body)
            case Cases(rows):
                return self.cases(rows)
            case Marked(body):
                return f"{self.mark}{{{self.row(body)}}}"
        raise TypeError(f"not a part of a formula: {part!r}")

    def base(self, row: Row) -> str:
        match row.parts:
            case (part,) if isinstance(part, _SIMPLE):
                return self.part(part)
        return f"{{{self.row(row)}}}"

    def scripts(self, below: Row | None, above: Row | None) -> str:
        shown = "" if below is None else f"_{self.script(below)}"
        if above is None:
            return shown
        if above.parts and all(part == Letter(PRIME) for part in above.parts):
            return shown + "'" * len(above.parts)
        return f"{shown}^{self.script(above)}"

    def script(self, row: Row) -> str:
        written = self.row(row)
        is_one = len(written) == 1 and written.isascii() and written.isalnum()
        return written if is_one else f"{{{written}}}"

    def fenced(self, left: str, right: str, body: Row) -> str:
        inside = self.row(body)
        if is_tall(body) or not (left == right in _PAIRS or _is_pair(left, right)):
            grown = (_BRACKETS.get(left, left), _BRACKETS.get(right, right))
            return rf"\left{grown[0]} {inside} \right{grown[1]}"
        if left in _PAIRS:
            return f"{_PAIRS[left][0]} {inside} {_PAIRS[left][1]}"
        glue = " " if left in "⟨⌊⌈{" or right in "⟩⌋⌉}" else ""
        before, after = _BRACKETS.get(left, left), _BRACKETS.get(right, right)
        return f"{before}{glue}{inside}{glue}{after}"

    def cases(self, rows: tuple[tuple[Row, Row], ...]) -> str:
        lines = []
        for value, when in rows:
            line = self.row(value) + (f" & {self.row(when)}" if when.parts else "")
            lines.append(f"{{}} {line}" if line.startswith("[") else line)  # no length after \\
        return rf"\begin{{cases}} {_NEXT.join(lines)} \end{{cases}}"


def _opens_with_a_binary(row: Row) -> bool:
    """Whether the row is the rest of a longer one, so that a sign in front has room behind it."""
    return bool(row.parts) and isinstance(row.parts[0], Sign) and row.parts[0].kind == "binary"


def _is_pair(left: str, right: str) -> bool:
    return bool(left and right) and left in "([{⟨⌊⌈" and right in ")]}⟩⌋⌉"


def _letter(sign: str) -> str:
    if sign in PLAIN:
        command, letter = PLAIN[sign]
        return f"{command}{{{COMMANDS.get(letter, letter)}}}"
    return COMMANDS.get(sign, sign)


def _word(text: str) -> str:
    if text in FUNCTIONS:
        command = f"\\{text}"
        return command if command in NAMED else rf"\mathop{{\mathrm{{{text}}}}}\nolimits"
    if text.isascii() and text.isalnum():
        return rf"\mathrm{{{text}}}"
    escaped = "".join(f"\\{sign}" if sign in "_&%#{}" else sign for sign in text)
    return rf"\text{{{escaped}}}"


def _accent(kind: str, body: Row) -> str:
    is_one = len(body.parts) == 1 and isinstance(body.parts[0], Letter | Digits)
    return f"\\{kind}" if is_one else _WIDE[kind]
