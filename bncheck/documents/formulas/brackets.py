"""Puts the parts of a row together: brackets around what they hold, scripts at their bases."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bncheck.documents.formulas.cursor import Cursor
from bncheck.documents.formulas.nodes import (
    Big,
    Fenced,
    Letter,
    Part,
    Row,
    Script,
    Sign,
    Stacked,
    Word,
)
from bncheck.documents.formulas.signs import VARYING
from bncheck.errors import NotSupported

_BAR_BETWEEN = {"|": Sign("∣", "relation"), "‖": Sign("∥", "relation")}


@dataclass
class _Frame:
    left: str
    parts: list[Part] = field(default_factory=list)


class Brackets:
    """Parts of a row, and the brackets that are open in it."""

    def __init__(self, cursor: Cursor) -> None:
        """Start with an empty row; brackets count as depth of the cursor."""
        self.cursor = cursor
        self.frames = [_Frame("")]

    @property
    def parts(self) -> list[Part]:
        """What was found in the innermost bracket."""
        return self.frames[-1].parts

    def add(self, part: Part) -> None:
        """Add a part."""
        self.parts.append(part)

    def opened(self, left: str) -> None:
        """Go into a bracket."""
        self.cursor.deeper()
        self.frames.append(_Frame(left))

    def closed(self, right: str) -> None:
        """Go out of a bracket; bars that are open in it stand between things."""
        while self.frames[-1].left in _BAR_BETWEEN and self.frames[-1].left != right:
            self._between()
        if len(self.frames) == 1:
            raise NotSupported(f"the bracket '{right}' closes nothing in the formula")
        self._close(right)

    def bar(self, sign: str) -> None:
        """Open or close bars, whichever makes sense here."""
        if self.frames[-1].left == sign and _is_operand(self.parts):
            self._close(sign)
        else:
            self.opened(sign)

    def script(self, side: str, row: Row) -> None:
        """Hang something at the last part."""
        parts = self.parts
        last = parts.pop() if parts else Row(())
        held = last if isinstance(last, Script | Big) else Script(_base(last), None, None)
        taken = held.below if side == "_" else held.above
        if taken is not None:
            if side == "^" and isinstance(held, Script) and _are_primes(taken):
                row = _row([*taken.parts, *row.parts])  # x'^2
            else:
                raise NotSupported(f"two scripts '{side}' at one sign in a formula")
        parts.append(replace(held, below=row) if side == "_" else replace(held, above=row))

    def row(self) -> Row:
        """Return the row, once nothing follows."""
        while self.frames[-1].left in _BAR_BETWEEN:
            self._between()
        if len(self.frames) > 1:
            raise NotSupported(f"the bracket '{self.frames[-1].left}' of a formula is not closed")
        return _row(self.parts)

    def _close(self, right: str) -> None:
        frame = self.frames.pop()
        self.cursor.deeper(-1)
        self.add(Fenced(frame.left, right, _row(frame.parts)))

    def _between(self) -> None:
        frame = self.frames.pop()
        self.cursor.deeper(-1)
        self.add(_BAR_BETWEEN[frame.left])
        self.parts.extend(frame.parts)


def _base(part: Part) -> Row:
    return part if isinstance(part, Row) else _row([part])


def _are_primes(row: Row) -> bool:
    return all(part == Letter("\N{PRIME}") for part in row.parts)


def _is_operand(parts: list[Part]) -> bool:
    return bool(parts) and not isinstance(parts[-1], Sign) and not _is_open(parts[-1])


def _is_open(part: Part) -> bool:
    return isinstance(part, Big)


def _row(parts: list[Part]) -> Row:
    """Return the parts as a row, groups joined in, signs told apart by what is before them."""
    flat: list[Part] = []
    for part in parts:
        flat += part.parts if isinstance(part, Row) else (part,)
    return Row(tuple(_sorted(part, flat[:at][-1:]) for at, part in enumerate(flat)))


def _sorted(part: Part, before: list[Part]) -> Part:
    if not (isinstance(part, Sign) and part.sign in VARYING):
        return part
    stands_between = bool(before) and not _opens(before[0])
    return Sign(part.sign, "binary" if stands_between else "prefix")


def _opens(part: Part) -> bool:
    """Whether a minus behind this belongs to what follows."""
    match part:
        case Sign(sign, kind):
            return kind != "punctuation" or sign in ",;:\N{EM SPACE}"
        case Big() | Stacked():
            return True
        case Word(text):
            return text.endswith(" ")
    return False
