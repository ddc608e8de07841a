"""Breaks a formula into lines that are no wider than the page.

A line ends before a relation, or else before a plus or minus, or else between factors; inside
brackets only where nothing else helps. Of all ways into the fewest lines, the one with the best
breaks is taken, and of these the most even one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bncheck.documents.formulas import width as widths
from bncheck.documents.formulas.nodes import (
    Accent,
    Big,
    Letter,
    Over,
    Row,
    Script,
    Sign,
    Stacked,
    Word,
)
from bncheck.documents.formulas.opening import Closing, Opening, Token, opened, row
from bncheck.documents.formulas.plain import write
from bncheck.documents.formulas.room import is_function
from bncheck.documents.formulas.signs import VARYING
from bncheck.errors import NotSupported

_RELATION, _SUM, _PRODUCT, _DEEPER = 0.0, 4.0, 40.0, 14.0
_ARGUMENT = 90.0
_LINE, _RAGGED = 100.0, 12.0


@lru_cache(maxsize=10_000)
def lines(formula: Row, width: float) -> tuple[Row, ...]:
    """Return the formula in lines, none wider than ``width`` em.

    Raises NotSupported where something is wider that cannot be taken apart.
    """
    if widths.em(formula) <= width:
        return (formula,)
    stream: list[Token] = list(formula.parts)
    while (wide := _too_wide(stream, width)) is not None:
        stream = _with_opened(stream, wide, width)
    return tuple(_best(stream, width))


def _too_wide(stream: list[Token], width: float) -> tuple[int, int] | None:
    """Return a piece that cannot be broken and is wider than a line."""
    ends = [*_places(stream), len(stream)]
    begin = 0
    for end in ends:
        if widths.em(row(stream[begin:end])) > width:
            return begin, end
        begin = end
    return None


def _with_opened(stream: list[Token], wide: tuple[int, int], width: float) -> list[Token]:
    """Take the widest part of a piece apart that can be."""
    begin, end = wide
    sizes = [
        (widths.em(Row((token,))), at)
        for at, token in enumerate(stream[begin:end], begin)
        if not isinstance(token, Opening | Closing)
    ]
    for _, at in sorted(sizes, reverse=True):
        part = stream[at]
        if isinstance(part, Opening | Closing):
            continue
        apart = opened(part, _is_last(stream, at))
        if apart is not None:
            if isinstance(part, Over) and at and _takes_one(stream[at - 1]):
                apart = (Opening("("), *apart, Closing(")"))
            return [*stream[:at], *apart, *stream[at + 1 :]]
    shown = write(row(stream[begin:end]))
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    raise NotSupported(
        f"'{shown}' is wider than a line of {width:g} em, and cannot be broken; give a part of it "
        "a name"
    )


def _is_last(stream: list[Token], at: int) -> bool:
    """Whether no factor stands behind a place, nor a closing bracket with a power."""
    if at + 1 == len(stream):
        return True
    match stream[at + 1]:
        case Sign(_, kind):
            return kind != "prefix"
        case Closing():
            return True
    return False


def _takes_one(before: Token) -> bool:
    """Whether only the next factor belongs to what stands before it: to a slash, or to log."""
    match before:
        case Sign(sign, kind):
            return sign == "/" or (kind == "prefix" and sign not in VARYING)
    return _holds_on(before)


def _places(stream: Sequence[Token]) -> list[int]:
    return [at for at in range(1, len(stream)) if _cost(stream[at - 1], stream[at]) is not None]


def _cost(before: Token, after: Token) -> float | None:
    """Return how bad it is to break between two tokens; ``None`` where it must not be."""
    match before, after:
        case (_, Closing()) | (Opening(), _):
            return None
        case _, (Sign(_, "relation") | Stacked()):
            return _RELATION
        case _, Sign(sign, "binary"):
            return _PRODUCT if sign not in VARYING else _SUM
        case Sign(_, "punctuation"), _:
            return None if isinstance(after, Sign) and after.kind == "punctuation" else _SUM
        case (Sign() | Stacked(), _) | (_, Sign("!")) | (_, Sign(_, "punctuation")):
            return None
        case Big(), _:
            return None
    if before == Letter("d") and _is_symbol(after):  # dy
        return None
    return _ARGUMENT if _holds_on(before) else _PRODUCT


def _is_symbol(token: Token) -> bool:
    match token:
        case Letter() | Accent() | Script(Row((Letter() | Accent(),))):
            return True
    return False


def _holds_on(before: Token) -> bool:
    """Whether what follows is an argument: of log, of a derivative, of E."""
    match before:
        case Opening() | Closing():
            return False
        case Word() | Script(Row((Word(),))):
            return True
        case Over(Row((Sign("∂"),)), _):
            return True
    return is_function(before)


def _best(stream: list[Token], width: float) -> list[Row]:
    """Return the lines of the cheapest way to break a stream."""
    places = [0, *_places(stream), len(stream)]
    depths = _depths(stream)
    costs = [0.0] + [float("inf")] * (len(places) - 1)
    came = [0] * len(places)
    made: dict[tuple[int, int], Row] = {}
    for start, begin in enumerate(places[:-1]):
        for end in range(start + 1, len(places)):
            line = row(stream[begin : places[end]])
            wide = widths.em(line)
            if wide > width and end > start + 1:
                break
            cost = costs[start] + _LINE + _badness(stream, places[end], depths)
            cost += 0.0 if places[end] == len(stream) else _RAGGED * (1 - wide / width) ** 2
            if cost < costs[end]:
                costs[end], came[end], made[start, end] = cost, start, line
    found: list[Row] = []
    at = len(places) - 1
    while at:
        found.insert(0, made[came[at], at])
        at = came[at]
    return found


def _badness(stream: list[Token], at: int, depths: list[int]) -> float:
    if at == len(stream):
        return 0.0
    cost = _cost(stream[at - 1], stream[at])
    return (cost or 0.0) + _DEEPER * depths[at]


def _depths(stream: list[Token]) -> list[int]:
    """Return how many brackets are open before each token."""
    depths, depth = [], 0
    for token in stream:
        depths.append(depth)
        depth += isinstance(token, Opening) - isinstance(token, Closing)
    return depths
