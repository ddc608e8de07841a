r"""Reads rows, arguments, scripts and brackets; the signs themselves are read in `reading`."""

from __future__ import annotations

from abc import ABC, abstractmethod

from bncheck.documents.formulas.brackets import Brackets
from bncheck.documents.formulas.cursor import Cursor
from bncheck.documents.formulas.nodes import Cases, Fenced, Letter, Part, Row
from bncheck.documents.formulas.signs import BARS, CLOSING, OPENING, PRIME
from bncheck.errors import NotSupported

_CELL = frozenset({"&", r"\\"})
ENDS = frozenset({"}", r"\right", r"\end", r"\\"})
STRAY = ENDS | {"_", "^", "'", "&"}


class Rows(ABC):
    """Reads from a cursor, from left to right."""

    def __init__(self, cursor: Cursor) -> None:
        """Start where the cursor is."""
        self.cursor = cursor

    @abstractmethod
    def parts(self, text: str) -> tuple[Part, ...]:
        """Return what a token, which is taken, begins."""

    def row(self, stops: frozenset[str]) -> Row:
        """Read parts until one of the tokens, which is left, or the end."""
        cursor = self.cursor
        cursor.deeper()
        found = Brackets(cursor)
        while (text := cursor.peek()) and text not in stops and text not in ENDS:
            if text in BARS:
                found.bar(BARS[cursor.take()])
            elif text in OPENING:
                found.opened(OPENING[cursor.take()])
            elif text in CLOSING:
                found.closed(CLOSING[cursor.take()])
            elif text in ("_", "^", "'"):
                found.script(*self.script())
            else:
                cursor.take()
                for part in self.parts(text):
                    found.add(part)
        cursor.deeper(-1)
        return found.row()

    def argument(self) -> Row:
        """Read a group in braces, or what TeX takes without."""
        cursor = self.cursor
        cursor.deeper()
        found = Brackets(cursor)
        if cursor.peek() == "{":
            cursor.take()
            row = self.row(frozenset())
            cursor.expect("}")
            cursor.deeper(-1)
            return row
        text = cursor.single()
        if any(text in kind for kind in (STRAY, OPENING, CLOSING, BARS)):
            raise NotSupported(f"'{text}' in a formula where an argument is expected")
        for part in self.parts(text):
            found.add(part)
        cursor.deeper(-1)
        return found.row()

    def script(self) -> tuple[str, Row]:
        """Read a script, and say on which side it is."""
        side = self.cursor.take()
        if side != "'":
            return side, self.argument()
        primes = 1
        while self.cursor.peek() == "'":
            self.cursor.take()
            primes += 1
        return "^", Row((Letter(PRIME),) * primes)

    def fenced(self) -> Part:
        r"""Read what stands between ``\left`` and ``\right``, which is taken."""
        left = self.delimiter()
        body = self.row(frozenset({r"\right"}))
        self.cursor.expect(r"\right")
        right = self.delimiter()
        match body.parts:
            case (Cases(),) if (left, right) == ("{", ""):
                return body.parts[0]
        return Fenced(left, right, body)

    def delimiter(self) -> str:
        r"""Read a bracket behind ``\left`` or ``\right``."""
        text = self.cursor.take()
        if text == ".":
            return ""
        for table in (OPENING, CLOSING, BARS):
            if text in table:
                return table[text]
        raise self.cursor.refuse(rf"\left{text}")

    def cases(self) -> Cases:
        r"""Read rows under a brace, of which ``\begin`` is taken."""
        name = self.cursor.group()
        braced = self.cursor.at >= 5 and self.cursor.found[self.cursor.at - 5].text == r"\{"
        if name.strip("d") != "cases" and not (name in ("array", "aligned") and braced):
            raise self.cursor.refuse(rf"\begin{{{name}}}")
        if name == "array":
            self.cursor.skip()
        rows = []
        while True:
            value = self.row(_CELL)
            when = Row(())
            if self.cursor.peek() == "&":
                self.cursor.take()
                when = self.row(_CELL)
            rows.append((value, when))
            if self.cursor.peek() != r"\\":
                break
            self.cursor.take()
        while len(rows) > 1 and rows[-1] == (Row(()), Row(())):
            rows.pop()
        self.cursor.expect(r"\end")
        if self.cursor.group() != name:
            raise NotSupported(rf"\begin{{{name}}} in a formula has another \end")
        return Cases(tuple(rows))
