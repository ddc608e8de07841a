"""LaTeX text to tokens, each with its position."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.glyphs import SAME, SPACING, signs
from bncheck.symbolic.claims.plain import Unread, pieces

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


class TwoMeanings(ClaimError):
    """A symbol with two meanings, each of which `where` could say."""

    def __init__(
        self,
        reason: str,
        position: int | None,
        symbol: str,
        senses: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """Keep the symbol, as `where` names it, and its senses, where it is no bare sigma."""
        super().__init__(reason, position)
        self.symbol, self.senses = symbol, senses


@dataclass(frozen=True)
class Token:
    """A command such as ``\\frac``, a single letter, digit string or sign, and its position."""

    text: str
    position: int


TOKEN = re.compile(
    r"\\[A-Za-z]+|\\[^A-Za-z]|[0-9]+(?:\.[0-9]+)?|\.[0-9]+|[A-Za-z]|:=|<=|>=|=>|<-|\.\.\.?|[^\s]",
    re.DOTALL,
)
COMMENT = re.compile(r"(?<!\\)%[^\n]*")


def tokens(text: str) -> list[Token]:
    """Split a formula into tokens; comments, spacing and sizing commands are dropped.

    Raises ClaimError where it is too long, or has a sign that does not belong to the dialect.
    """
    if len(text) > MAX_LENGTH:
        raise ClaimError(
            f"the formula has {len(text)} characters; more than {MAX_LENGTH} are not read",
            MAX_LENGTH,
        )
    found: list[Token] = []
    spelled, positions = _in_latex(COMMENT.sub(lambda comment: " " * len(comment[0]), text))
    for match in TOKEN.finditer(spelled):
        word, at = SAME.get(match[0], match[0]), positions[match.start()]
        if word in SPACING or word.isspace() or word == "\\\n":
            continue
        if not (word.isascii() and word.isprintable()):
            raise ClaimError(f"the sign {word!r} is not known", at)
        if len(word) > MAX_DIGITS and word[0].isdigit():
            raise ClaimError(f"a number of more than {MAX_DIGITS} digits", at)
        found.append(Token(word, at))
        if len(found) > MAX_TOKENS:
            raise ClaimError(f"more than {MAX_TOKENS} symbols are not read", at)
    return found


def _in_latex(text: str) -> tuple[str, list[int]]:
    """Return the text in LaTeX, without Unicode, and where each of its signs was.

    Raises ClaimError for what plain text cannot be put into LaTeX.
    """
    try:
        typed, places = _joined(pieces(text))
    except Unread as refused:
        raise ClaimError(str(refused), refused.position) from None
    spelled, positions = _joined(signs(typed))
    places.append(len(text))
    return spelled, [places[at] for at in positions]


def _joined(found: Iterable[tuple[str, int]]) -> tuple[str, list[int]]:
    parts: list[str] = []
    positions: list[int] = []
    for part, at in found:
        parts.append(part)
        positions += [at] * len(part)
    return "".join(parts), positions
