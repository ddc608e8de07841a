r"""Macros that a page defines for itself: ``\newcommand``, ``\def``, ``\DeclareMathOperator``.

What a macro makes has the place where the macro was called, what its arguments are keeps its own.
Definitions hold from where they stand; there are limits, so that none runs without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bncheck.symbolic.claims.lexer import MAX_LENGTH, ClaimError

MAX_CALLS = 1_000
"""Macros that one formula may call, those that others call among them."""

_DEFINING = re.compile(
    r"\\(?P<new>newcommand|renewcommand|providecommand|DeclareRobustCommand)\*?\s*"
    r"(?:\{\s*(?P<braced>\\[A-Za-z@]+)\s*\}|(?P<bare>\\[A-Za-z@]+))\s*"
    r"(?:\[(?P<count>[0-9])\])?\s*(?:\[(?P<default>[^\]]*)\])?\s*(?=\{)"
    r"|\\(?P<def>[gex]?def)\s*(?P<defined>\\[A-Za-z@]+)\s*(?P<parameters>(?:#[1-9])*)\s*(?=\{)"
    r"|\\DeclareMathOperator\*?\s*(?:\{\s*(?P<operator>\\[A-Za-z@]+)\s*\}|(?P<named>\\[A-Za-z@]+))"
    r"\s*(?=\{)"
    r"|\\let\s*(?P<let>\\[A-Za-z@]+)\s*=?\s*(?P<as>\\[A-Za-z@]+)"
    r"|\\DeclarePairedDelimiter\s*\{?\s*(?P<pair>\\[A-Za-z@]+)\s*\}?\s*\{(?P<left>[^{}]*)\}\s*"
    r"\{(?P<right>[^{}]*)\}"
)


_TAKES_ONE = re.compile(r"[_^]\s*$|\\(?:hat|bar|tilde|widehat|widetilde|overline)\s*$")
"""Behind these, what a macro makes is taken together."""


@dataclass(frozen=True)
class Macro:
    """What a command stands for.

    body: with #1, #2, ... for its arguments; default: of the first, where that may be left out
    """

    body: str
    arguments: int = 0
    default: str | None = None


ALWAYS: Mapping[str, Macro] = {
    r"\ensuremath": Macro("#1", 1),
    r"\xspace": Macro(""),
    r"\mathstrut": Macro(""),
    r"\strut": Macro(""),
}
"""Macros that need no definition."""


@dataclass(frozen=True)
class Defined:
    """A macro, its name, and from where to where its definition stands."""

    name: str
    macro: Macro
    start: int
    end: int


def definitions(text: str) -> Iterator[Defined]:
    """Yield the macros that a text defines, in order."""
    end = 0
    for match in _DEFINING.finditer(text):
        if match.start() < end:
            continue  # inside of another one
        if match["let"]:
            end = match.end()
            yield Defined(match["let"], Macro(match["as"]), match.start(), end)
        elif match["pair"]:
            end = match.end()
            body = f"{match['left']} #1 {match['right']}"
            yield Defined(match["pair"], Macro(body, 1), match.start(), end)
        elif (close := _closing(text, match.end())) is not None:
            end = close + 1
            name, macro = _macro(match, text[match.end() + 1 : close])
            yield Defined(name, macro, match.start(), end)


def _macro(match: re.Match[str], body: str) -> tuple[str, Macro]:
    if match["new"]:
        name = match["braced"] or match["bare"]
        return name, Macro(body, int(match["count"] or 0), match["default"])
    if match["def"]:
        return match["defined"], Macro(body, len(match["parameters"]) // 2)
    return match["operator"] or match["named"], Macro(rf"\operatorname{{{body}}}")


def at(place: int, known: Iterable[Defined]) -> dict[str, Macro]:
    """Return the macros that are known at a place, the last definition of each."""
    return {**ALWAYS, **{each.name: each.macro for each in known if each.end <= place}}


def expanded(text: str, macros: Mapping[str, Macro]) -> tuple[str, tuple[int, ...]]:
    """Return a formula without macros, and where each of its signs was.

    Raises ClaimError for macros that run without end, or lack an argument.
    """
    left = [(sign, place) for place, sign in enumerate(text)][::-1]
    done: list[tuple[str, int]] = []
    calls = 0
    while left:
        name, place = _command(left)
        if name not in macros:
            done += [(sign, place + (n if len(name) > 1 else 0)) for n, sign in enumerate(name)]
            continue
        calls += 1
        if calls > MAX_CALLS or len(left) + len(done) > MAX_LENGTH:
            raise ClaimError(f"the macro {name} runs without end, or makes too much", place)
        made = _called(macros[name], name, place, left)
        before = "".join(sign for sign, _ in done[-12:])
        if _TAKES_ONE.search(before):
            made = [("{", place), *made, ("}", place)]
        left += made[::-1]
    done.append(("", len(text)))
    return "".join(sign for sign, _ in done), tuple(place for _, place in done)


Signs = list[tuple[str, int]]


def _command(left: Signs) -> tuple[str, int]:
    """Take a command, or one sign, from the end of what is left."""
    sign, place = left.pop()
    if sign != "\\" or not left:
        return sign, place
    name = sign + left.pop()[0]
    while name[1:].isalpha() and left and left[-1][0].isalpha() and left[-1][0].isascii():
        name += left.pop()[0]
    return name, place


def _called(macro: Macro, name: str, place: int, left: Signs) -> Signs:
    """Return what a call makes; its arguments are taken."""
    arguments: list[Signs] = []
    if macro.default is not None:
        given = _in_brackets(left)
        arguments.append([(s, place) for s in macro.default] if given is None else given)
    while len(arguments) < macro.arguments:
        arguments.append(_argument(left, name, place))
    made: Signs = []
    for part in re.split(r"(#[1-9])", macro.body):
        number = int(part[1]) if re.fullmatch("#[1-9]", part) else 0
        known = 0 < number <= len(arguments)
        made += arguments[number - 1] if known else [(sign, place) for sign in part]
    # TeX keeps commands apart from the letters behind them
    body = "".join(sign for sign, _ in made)
    ends = re.search(r"\\[A-Za-z]+$", body) and left and left[-1][0].isalpha()
    return [*made, (" ", place)] if ends else made


def _argument(left: Signs, name: str, place: int) -> Signs:
    while left and left[-1][0].isspace():
        left.pop()
    if not left:
        raise ClaimError(f"the macro {name} lacks an argument", place)
    if left[-1][0] != "{":
        command, start = _command(left)
        return [(sign, start) for sign in command]
    taken: Signs = []
    depth = 0
    while left:
        taken.append(left.pop())
        depth += (taken[-1][0] == "{") - (taken[-1][0] == "}")
        if depth == 0:
            return taken[1:-1]
    raise ClaimError("the bracket is not closed by '}'", place)


def _in_brackets(left: Signs) -> Signs | None:
    if not left or left[-1][0] != "[" or all(sign != "]" for sign, _ in left):
        return None
    left.pop()
    taken: Signs = []
    while left[-1][0] != "]":
        taken.append(left.pop())
    left.pop()
    return taken


def _closing(text: str, opened: int) -> int | None:
    depth = 0
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, opened):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth == 0:
            return match.start()
    return None
