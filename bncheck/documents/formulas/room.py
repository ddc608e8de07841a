"""Where a little room is put in that the languages of formulas do not put in themselves."""

from __future__ import annotations

from bncheck.documents.formulas.nodes import Big, Fenced, Part, Row, Script, Sign, Word
from bncheck.documents.formulas.signs import FUNCTIONS


def needs_room(before: Part, part: Part) -> bool:
    """Whether the maximum or logarithm of something in bars, or what follows a comma, is close."""
    match before, part:
        case ((Big() | Word() | Script(Row((Word(),)))), Fenced("|" | "‖")):
            return is_function(before)
        case Sign("," | ";"), (Fenced("|" | "‖" | "⟨") | Script(Row((Fenced("|" | "‖" | "⟨"),)))):
            return True
        case Sign("," | ";"), Sign(sign):
            return sign in "∀∃∇…⋯"
    return False


def is_function(part: Part) -> bool:
    """Whether a part is a name like log or max, with or without bounds or a base."""
    match part:
        case Big(sign):
            return sign.isascii()
        case Word(text) | Script(Row((Word(text),))):
            return text in FUNCTIONS
    return False
