"""Whether something is taller than a line of text, so that brackets around it grow."""

from __future__ import annotations

from bncheck.documents.formulas.nodes import (
    Accent,
    Big,
    Cases,
    Fenced,
    Marked,
    Over,
    Part,
    Root,
    Row,
    Script,
)


def is_tall(row: Row, display: bool = True) -> bool:
    """Whether a row has a fraction, a sum or the like in it, on the line itself.

    display: whether sums have their bounds below and above, and not behind them
    """
    return any(_is_tall(part, display) for part in row.parts)


def _is_tall(part: Part, display: bool) -> bool:
    match part:
        case Over() | Cases():
            return True
        case Big():
            return display
        case Row():
            return is_tall(part, display)
        case Script(body) | Root(body) | Accent(_, body) | Fenced(_, _, body) | Marked(body):
            return is_tall(body, display)
    return False
