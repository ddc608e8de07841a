r"""A row as a stream that can be cut anywhere: brackets that are opened are marks in it.

``(a + b) c`` is ``( a + b ) c``, cut behind ``a`` it is ``(a`` and ``+ b) c``. A fraction that is
too wide is written as \frac{1}{b} (a + ...), a root as a power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bncheck.documents.formulas.nodes import (
    Big,
    Digits,
    Fenced,
    Marked,
    Over,
    Part,
    Root,
    Row,
    Script,
    Sign,
)

_MARK = "mark"


@dataclass(frozen=True)
class Opening:
    """The left end of brackets, or of what is marked."""

    left: str


@dataclass(frozen=True)
class Closing:
    """The right end of brackets, with the scripts at it, or of what is marked."""

    right: str
    below: Row | None = None
    above: Row | None = None


Token = Part | Opening | Closing


def opened(part: Part, is_last: bool) -> tuple[Token, ...] | None:
    """Return a part taken apart once, or ``None`` for what cannot be.

    is_last: whether no factor follows that a sum in front of it would take in
    """
    match part:
        case Fenced(left, right, body):
            return (Opening(left), *body.parts, Closing(right))
        case Marked(body):
            return (Opening(_MARK), *body.parts, Closing(_MARK))
        case Row(parts):
            return parts
        case Root(body):
            return (Opening("("), *body.parts, Closing(")", None, _HALF))
        case Script(Row((Fenced(left, right, body),)), below, above):
            return (Opening(left), *body.parts, Closing(right, below, above))
        case Script(Row((Marked(body),)), below, above):
            return (Marked(Row((Script(body, below, above),))),)
        case Script(base, below, above) if any(map(_can_be_opened, base.parts)):
            return (Opening("("), *base.parts, Closing(")", below, above))
        case Over(top, bottom):
            return _opened_fraction(top, bottom, is_last)
    return None


_ONE = Row((Digits("1"),))
_HALF = Row((Digits("1"), Sign("/", "binary"), Digits("2")))


def _can_be_opened(part: Part) -> bool:
    return isinstance(part, Fenced | Marked | Row | Root | Script | Over)


def _opened_fraction(top: Row, bottom: Row, is_last: bool) -> tuple[Token, ...]:
    if top == _ONE:  # it is the denominator that is long
        inside = (Digits("1"), Sign("/", "binary"), Opening("("), *bottom.parts, Closing(")"))
        return inside if is_last else (Opening("("), *inside, Closing(")"))
    return (Over(_ONE, bottom), *_factors(top, is_last))


def _factors(top: Row, is_last: bool) -> tuple[Token, ...]:
    is_product = not any(isinstance(part, Sign) for part in top.parts)
    if is_product and (is_last or not any(isinstance(part, Big) for part in top.parts)):
        return top.parts
    return (Opening("("), *top.parts, Closing(")"))


def row(tokens: Sequence[Token]) -> Row:
    """Return a piece of a stream as a row; what is open at an end has no bracket there."""
    frames: list[tuple[str, list[Part]]] = [("", [])]
    for token in tokens:
        if isinstance(token, Opening):
            frames.append((token.left, []))
        elif isinstance(token, Closing):
            left, parts = frames.pop() if len(frames) > 1 else (_begun(token), frames.pop()[1])
            frames = frames or [("", [])]
            frames[-1][1].append(_closed(left, parts, token))
        else:
            frames[-1][1].append(token)
    while len(frames) > 1:
        left, parts = frames.pop()
        frames[-1][1].append(_closed(left, parts, Closing(_MARK if left == _MARK else "")))
    return Row(tuple(frames[0][1]))


def _begun(token: Closing) -> str:
    """Return what stands at the left where the opening is in a line before."""
    return _MARK if token.right == _MARK else ""


def _closed(left: str, parts: list[Part], token: Closing) -> Part:
    inside = Row(tuple(parts))
    if left == _MARK:
        return Marked(inside)
    held = Fenced(left, token.right, inside)
    if token.below is None and token.above is None:
        return held
    return Script(Row((held,)), token.below, token.above)
