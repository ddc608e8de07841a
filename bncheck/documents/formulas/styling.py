"""Puts letters into another alphabet."""

from __future__ import annotations

from bncheck.documents.formulas.alphabets import ALPHABETS, BOLD, BOLD_ITALIC, DOUBLE
from bncheck.documents.formulas.nodes import Accent, Digits, Letter, Part, Row, Script


def in_alphabet(row: Row, command: str) -> Row:
    """Return the row with its letters in an alphabet; what is not in it stays as it is."""
    return Row(tuple(_styled(part, command) for part in row.parts))


def _styled(part: Part, command: str) -> Part:
    letters = ALPHABETS[command]
    match part:
        case Letter(sign):
            return Letter(letters.get(sign, sign))
        case Digits(text) if len(text) == 1 and command in (BOLD, BOLD_ITALIC, DOUBLE):
            return Letter(ALPHABETS[BOLD][text])
        case Script(base, below, above):
            return Script(in_alphabet(base, command), below, above)
        case Accent(kind, body):
            return Accent(kind, in_alphabet(body, command))
        case Row():
            return in_alphabet(part, command)
    return part
