r"""Reads LaTeX as a layout: what stands beside, above, below and around what.

Nothing of the meaning is asked for. What is not known is refused (`NotSupported`), so that no sign
is lost; only what moves ink (``\,``, ``\big``) and numbers in the margin (``\tag``) are left out.
"""

from __future__ import annotations

from bncheck.documents.formulas.alphabets import ALPHABETS
from bncheck.documents.formulas.alphabets import SAME as SAME_ALPHABET
from bncheck.documents.formulas.cursor import TEXTS, Cursor
from bncheck.documents.formulas.lines import split
from bncheck.documents.formulas.nodes import (
    Accent,
    Big,
    Digits,
    Letter,
    Marked,
    Over,
    Part,
    Root,
    Row,
    Sign,
    Stacked,
    Word,
)
from bncheck.documents.formulas.rows import Rows
from bncheck.documents.formulas.signs import (
    ACCENTS,
    BIG,
    BOUNDED,
    DROPPED,
    KEPT,
    LETTERS,
    NAMED,
    NOTHING,
    SIGNS,
    is_letter,
)
from bncheck.documents.formulas.styling import in_alphabet
from bncheck.errors import NotSupported

FRACTIONS = frozenset({r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"})
STACKS = frozenset({r"\overset", r"\stackrel"})
MARKS = frozenset({r"\mark", r"\bnmark", r"\underline"})

WORDS = {
    **{"dgamma": r"d\gamma", "dbeta": r"d\beta", "dmu": r"d\mu", "dxhat": r"d\hat{x}"},
    **{"deps": r"d\epsilon", "xhat": r"\hat{x}", "BN": "", "dvar": "", "dmean": ""},
    **dict.fromkeys(("xmu", "sqrtvar", "ivar", "istd", "invstd", "rstd", "dout", "var"), ""),
    **dict.fromkeys(("mean", "std", "eps", "gamma", "beta", "out", "sum", "sqrt"), ""),
}
"""Names that are typed without a font: as they are written, or "" for upright."""


def read(tex: str) -> Row:
    """Return the layout of a formula of one line.

    Raises NotSupported for what is not known, and for several lines.
    """
    rows = read_lines(tex)
    if len(rows) != 1:
        raise NotSupported(f"{len(rows)} lines of formulas where one is laid out: '{tex[:60]}'")
    return rows[0]


def read_lines(tex: str) -> tuple[Row, ...]:
    """Return the layout of a formula line by line; what aligns them is left out.

    Raises NotSupported for what is not known.
    """
    return tuple(_Reader(Cursor(line)).whole() for line in split(tex))


class _Reader(Rows):
    """Reads what signs and commands stand for."""

    def whole(self) -> Row:
        row = self.row(frozenset())
        if self.cursor.peek():
            raise NotSupported(f"'{self.cursor.peek()}' closes what is not open in the formula")
        return row

    def parts(self, text: str) -> tuple[Part, ...]:
        """Return what a token, which is taken, begins."""
        if text[0].isdigit() or (text[0] == "." and text[1:].isdigit()):
            return (Digits(text),)
        if text in WORDS:
            return self.typed(text)
        if is_letter(text[0]):
            return tuple(map(Letter, text))
        if text in LETTERS:
            return (Letter(LETTERS[text]),)
        if text in SIGNS:
            return (Sign(*SIGNS[text]),)
        if text in BIG:
            return (Big(BIG[text], None, None),)
        if text in NAMED:
            return (Word(text[1:]),)
        if "À" <= text <= "ɏ" and text.isalpha():
            return (Word(text),)
        if text == "{":
            row = self.row(frozenset())
            self.cursor.expect("}")
            return (row,)
        return self.command(text)

    def typed(self, word: str) -> tuple[Part, ...]:
        return _Reader(Cursor(WORDS[word])).whole().parts if WORDS[word] else (Word(word),)

    def command(self, text: str) -> tuple[Part, ...]:
        """Return what a command with arguments makes."""
        cursor = self.cursor
        if text in FRACTIONS:
            return (Over(self.argument(), self.argument()),)
        if text == r"\sqrt":
            if power := cursor.option():
                raise cursor.refuse(rf"\sqrt[{power}]")
            return (Root(self.argument()),)
        if text in ACCENTS:
            return (Accent(ACCENTS[text], self.argument()),)
        if text in MARKS:
            return (Marked(self.argument()),)
        if text in TEXTS:
            return self.words(text)
        if (alphabet := SAME_ALPHABET.get(text, text)) in ALPHABETS:
            return (in_alphabet(self.argument(), alphabet),)
        if text == r"\left":
            return (self.fenced(),)
        if text == r"\middle":
            return (Sign("∣", "relation"),) if cursor.take() == "|" else self.unknown(r"\middle")
        if text == r"\begin":
            return (self.cases(),)
        if text == r"\mathop":
            row = self.argument()
            return (self.under(row, None) if cursor.peek() == r"\limits" else row,)
        if text in STACKS:
            return (self.stacked(),)
        if text == r"\xrightarrow" and cursor.peek() != "[":
            return (Stacked(Sign("→", "relation"), self.argument()),)
        if text == r"\underset":
            below = self.argument()
            return (self.under(self.argument(), below),)
        return self.ink(text)

    def ink(self, text: str) -> tuple[Part, ...]:
        """Return what is left of a command that says how something looks."""
        if text in NOTHING or text == "&":
            return ()
        if text in DROPPED or text in KEPT:
            for _ in range(DROPPED.get(text, 0) or KEPT.get(text, 0)):
                self.cursor.skip()
            return (self.kept(text),) if text in KEPT else ()
        return self.unknown(text)

    def unknown(self, text: str) -> tuple[Part, ...]:
        raise self.cursor.refuse(text)

    def kept(self, text: str) -> Row:
        row = self.argument()
        if text in (r"\underbrace", r"\overbrace") and self.cursor.peek() in ("_", "^"):
            raise self.cursor.refuse(text)  # what is written at the brace would be lost
        return row

    def words(self, command: str) -> tuple[Part, ...]:
        cursor = self.cursor
        if cursor.peek() == "{" and cursor.peek(1) in LETTERS and cursor.peek(2) == "}":
            return self.argument().parts  # there is no upright mu
        text = self.cursor.word(command)
        bounded = command == r"\operatorname*" or text in BOUNDED
        if bounded and text.isascii() and text.isalnum():
            return (Big(text, None, None),)
        return (Word(text),) if text else ()

    def stacked(self) -> Part:
        above = self.argument()
        match self.argument().parts:
            case (Sign(_, "relation") as base,):
                return Stacked(base, above)
            case (Big(sign, below, None),):
                return Big(sign, below, above)
        raise self.cursor.refuse(r"\overset")

    def under(self, row: Row, below: Row | None) -> Part:
        match row.parts:
            case (Big(sign, None, above),):
                return Big(sign, below, above)
            case (Word(text),) if text.isascii() and text.isalnum():
                return Big(text, below, None)
        raise self.cursor.refuse(r"\underset")
