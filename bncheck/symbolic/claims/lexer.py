"""LaTeX text to tokens, each with its position."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bncheck.errors import NotSupported

MAX_LENGTH = 20_000
MAX_TOKENS = 4_000
MAX_DIGITS = 50


class ClaimError(NotSupported):
    """A formula that cannot be read or is ambiguous: a reason, and where."""

    def __init__(self, reason: str, position: int | None = None) -> None:
        """Keep the position in the text, counted from 1 for people."""
        at = "" if position is None else f" (at character {position + 1})"
        super().__init__(reason + at)
        self.position = position


@dataclass(frozen=True)
class Token:
    """A command such as ``\\frac``, a single letter, digit string or sign, and its position."""

    text: str
    position: int


SPACING = frozenset(
    [r"\,", r"\;", r"\!", r"\:", r"\quad", r"\qquad", r"\displaystyle", r"\textstyle"]
    + [r"\limits", r"\nolimits", r"\nonumber", r"\left", r"\right"]
    + [rf"\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r")]
)
SAME = {
    "\N{EN DASH}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{MIDDLE DOT}": r"\cdot",
    "\N{GREEK SMALL LETTER EPSILON}": r"\epsilon",
    "\N{GREEK SMALL LETTER GAMMA}": r"\gamma",
    "\N{GREEK SMALL LETTER BETA}": r"\beta",
    "\N{GREEK SMALL LETTER MU}": r"\mu",
    "\N{GREEK SMALL LETTER SIGMA}": r"\sigma",
    r"\varepsilon": r"\epsilon",
    r"\widehat": r"\hat",
    r"\widetilde": r"\tilde",
    r"\overline": r"\bar",
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\times": r"\cdot",
    r"\ast": r"\cdot",
    r"\gets": r"\leftarrow",
    r"\coloneqq": ":=",
    r"\triangleq": ":=",
    r"\doteq": ":=",
    r"\to": r"\rightarrow",
    r"\lVert": r"\|",
    r"\rVert": r"\|",
    r"\Vert": r"\|",
    r"\lvert": "|",
    r"\rvert": "|",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\leq": r"\le",
    r"\geq": r"\ge",
    "*": r"\cdot",
}
TOKEN = re.compile(r"\\[A-Za-z]+|\\[^A-Za-z]|[0-9]+(?:\.[0-9]+)?|[A-Za-z]|:=|[^\s]", re.DOTALL)


def tokens(text: str) -> list[Token]:
    """Split a formula into tokens; spacing and sizing commands are dropped.

    Raises ClaimError where it is too long, or has a sign that does not belong to the dialect.
    """
    if len(text) > MAX_LENGTH:
        raise ClaimError(
            f"the formula has {len(text)} characters; more than {MAX_LENGTH} are not read",
            MAX_LENGTH,
        )
    found: list[Token] = []
    for match in TOKEN.finditer(text.replace("\n", " ")):
        word = SAME.get(match[0], match[0])
        if word in SPACING or word in ("&", "~") or word.isspace() or word == "\\ ":
            continue
        if not (word.isascii()):
            raise ClaimError(f"the sign {word!r} is not known", match.start())
        if len(word) > MAX_DIGITS and word[0].isdigit():
            raise ClaimError(f"a number of more than {MAX_DIGITS} digits", match.start())
        found.append(Token(word, match.start()))
        if len(found) > MAX_TOKENS:
            raise ClaimError(f"more than {MAX_TOKENS} symbols are not read", match.start())
    return found
