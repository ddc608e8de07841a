"""Where a little room is put in that the languages of formulas do not put in themselves."""

from __future__ import annotations

from bncheck.documents.formulas.nodes import Big, Fenced, Over, Part, Row, Script, Word
from bncheck.documents.formulas.signs import FUNCTIONS


def needs_room(before: Part, part: Part) -> bool:
    """Whether these would touch: two fractions; a maximum or logarithm, and bars behind it."""
    match before, part:
        case Over(), Over():
            return True
        case ((Big() | Word() | Script(Row((Word(),)))), Fenced("|" | "‖")):
            return is_function(before)
    return False


def is_function(part: Part) -> bool:
    """Whether a part is a name like log or max, with or without bounds or a base."""
    match part:
        case Big(sign):
            return sign.isascii()
        case Word(text) | Script(Row((Word(text),))):
            return text in FUNCTIONS
    return False
