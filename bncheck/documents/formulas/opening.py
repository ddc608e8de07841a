r"""A row as a stream that can be cut anywhere: brackets that are opened are marks in it.

``(a + b) c`` is ``( a + b ) c``, cut behind ``a`` it is ``(a`` and ``+ b) c``. A fraction that is
too wide is written as \frac{1}{b} (a + ...), a root as a power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bncheck.documents.formulas.nodes import (
    Accent,
    Big,
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


_SLASH = Sign("/", "binary")
_ONE = Digits("1")
_HALF = Row((_ONE, _SLASH, Digits("2")))


def _can_be_opened(part: Part) -> bool:
    return isinstance(part, Fenced | Marked | Row | Root | Script | Over)


def _opened_fraction(top: Row, bottom: Row, is_last: bool) -> tuple[Token, ...] | None:
    if any(row.parts[:1] == (Sign("∂", "prefix"),) for row in (top, bottom)):
        return None  # a derivative is no quotient
    short = _short_factors(top)
    rest = top.parts[len(short) :]
    if not rest:  # it is the denominator that is long
        inside = (*top.parts, _SLASH, Opening("("), *bottom.parts, Closing(")"))
        return inside if is_last else (Opening("("), *inside, Closing(")"))
    is_open = not is_last and any(isinstance(part, Big) for part in rest)
    if is_open or any(isinstance(part, Sign) for part in rest):
        return (Over(Row((_ONE,)), bottom), Opening("("), *top.parts, Closing(")"))
    return (Over(Row(short or (_ONE,)), bottom), *rest)


def _short_factors(top: Row) -> tuple[Part, ...]:
    """Return the factors in front that stay above the line: numbers and symbols."""
    found: list[Part] = []
    for part in top.parts:
        bases = part.base.parts if isinstance(part, Script) else (part,)
        if not all(isinstance(base, Letter | Digits | Accent) for base in bases):
            break
        found.append(part)
    return tuple(found)


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
