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


def is_tall(row: Row) -> bool:
    """Whether a row has a fraction, a sum or the like in it, on the line itself."""
    return any(map(_is_tall, row.parts))


def _is_tall(part: Part) -> bool:
    match part:
        case Over() | Big() | Cases():
            return True
        case Row():
            return is_tall(part)
        case Script(body) | Root(body) | Accent(_, body) | Fenced(_, _, body) | Marked(body):
            return is_tall(body)
    return False
