"""What a printed formula consists of: equations, what they are under, and what is defined.

Equations are parted by a comma, a full stop, a new line or wide space. What stands beside them is
known, or the formula is refused: an equation number, a range (for i = 1, ..., m), an assumption
(if A, then B), a definition (where s = ...).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bncheck.symbolic.claims.cursor import RELATIONS
from bncheck.symbolic.claims.layout import CLOSING, END, OPENING, laid_out
from bncheck.symbolic.claims.lexer import ClaimError, Token, tokens
from bncheck.symbolic.claims.ranges import AND, IF, TEXTS, THEN, WHERE, with_ranges, with_words

PUNCTUATION = frozenset({",", ";", "."})
OPERATORS = frozenset({"+", "-", r"\cdot", "/", r"\odot"})
LINES = frozenset({r"\\", r"\quad"})
ARROW = r"\Rightarrow"
NUMBER = re.compile(r"\( [0-9]+(?:\.[0-9]+)*(?: [a-z])? \)")


@dataclass(frozen=True)
class Part:
    """A stretch of a formula.

    kind: ``equation``; ``assumption``, under which the equations hold; ``premise``, what an arrow
    leads on from; ``definition`` of a symbol; ``range``, whose only token is its index
    """

    kind: str
    tokens: tuple[Token, ...]


@dataclass
class _Piece:
    """Tokens, and what parts them from those before: signs and words."""

    before: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)


def parts(text: str) -> list[Part]:
    """Return the parts of a formula, in order; each token belongs to one.

    Raises ClaimError for what is no part of a formula, with its position.
    """
    found = laid_out(tokens(text))
    if not found:
        raise ClaimError("the formula ends too early", 0)
    found = with_ranges(with_words(found))
    pieces = _joined(_pieces(found))
    if pieces and not pieces[-1].tokens and not {*pieces[-1].before} <= {*PUNCTUATION, *LINES}:
        raise ClaimError(f"nothing follows {pieces[-1].before[-1]!r}", found[-1].position)
    return _classified(pieces)


def _pieces(found: list[Token]) -> list[_Piece]:
    """Split at what parts equations, outside of brackets."""
    pieces = [_Piece()]
    depth = 0
    for token, after in pairwise([*found, END]):
        here = pieces[-1].tokens
        depth = max(depth + (token.text in OPENING) - (token.text in CLOSING), 0)
        if depth:
            here += [token] * (token.text not in LINES)
        elif token.text == r"\quad" and (
            not here or here[-1].text in RELATIONS | OPERATORS or after.text in RELATIONS
        ):
            continue  # only space
        elif token.text in (*PUNCTUATION, *LINES, ARROW) or token.text in IF | WHERE | THEN | AND:
            _part(pieces, token)
        else:
            here.append(token)
    return pieces


def _part(pieces: list[_Piece], token: Token) -> None:
    if pieces[-1].tokens:
        pieces.append(_Piece([token.text]))
        return
    before = pieces[-1].before
    alone = PUNCTUATION & {*before} or {ARROW, *IF, *WHERE} & {*before} or len(pieces) == 1
    if (token.text in PUNCTUATION and alone) or token.text == ARROW in before:
        raise ClaimError(f"'{token.text}' parts nothing here", token.position)
    before.append(token.text)


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """Join the lines of one equation: one ends with an operator, or the next begins with one."""
    joined: list[_Piece] = []
    for piece in pieces:
        last = joined[-1].tokens if joined else []
        begins = bool(piece.tokens) and piece.tokens[0].text in RELATIONS | OPERATORS
        goes_on = bool(last) and last[-1].text in RELATIONS | OPERATORS
        if last and piece.tokens and {*piece.before} <= LINES and (begins or goes_on):
            last.extend(piece.tokens)
        else:
            joined.append(piece)
    return joined


def _classified(pieces: list[_Piece]) -> list[Part]:
    pieces = [p for p in _without_numbers(pieces) if p.tokens or p.before]
    said = {word for piece in pieces for word in piece.before}
    done: list[Part] = []
    parted: list[list[str]] = []
    mode = "equation"
    for piece in pieces:
        for word in piece.before:
            mode = _mode(word, mode)
        if not piece.tokens:
            continue
        if (beside := _in_brackets(piece)) is not None:
            done += beside
            parted += [piece.before] * len(beside)
            continue
        if ARROW in piece.before:
            _make_premises(done, parted)
        parted.append(piece.before)
        done.append(_part_of(piece, mode))
        if done[-1].kind == "assumption" and len(done) == 1 and not said & THEN:
            mode = "equation"  # if A, B
    return done


def _make_premises(done: list[Part], parted: list[list[str]]) -> None:
    """Make premises of what an arrow leads on from: all that commas join before it."""
    for at in range(len(done) - 1, -1, -1):
        if done[at].kind == "equation":
            done[at] = replace(done[at], kind="premise")
        if not {*parted[at]} <= {",", r"\quad", *AND} or not parted[at]:
            return


def _mode(word: str, mode: str) -> str:
    if word in IF:
        return "assumption"
    if word in WHERE:
        return "definition"
    return "equation" if word in THEN or word in (ARROW, ".") else mode


def _part_of(piece: _Piece, mode: str) -> Part:
    first = piece.tokens[0]
    if first.text.startswith("range "):
        if len(piece.tokens) > 1:
            raise ClaimError("what stands after the range?", piece.tokens[1].position)
        return Part("range", (Token(first.text.removeprefix("range "), first.position),))
    if piece.before and not any(token.text in RELATIONS for token in piece.tokens):
        shown = " ".join(token.text for token in piece.tokens[:8])
        raise ClaimError(f"what is '{shown}' beside the formula?", first.position)
    return Part(mode, tuple(piece.tokens))


def _in_brackets(piece: _Piece) -> list[Part] | None:
    r"""Return the assumptions that stand in brackets beside an equation: ``(m = 2)``."""
    found = piece.tokens
    if r"\quad" not in piece.before or (found[0].text, found[-1].text) != ("(", ")"):
        return None
    inside: list[list[Token]] = [[]]
    for token in found[1:-1]:
        if token.text in (",", *AND):
            inside.append([])
        else:
            inside[-1].append(token)
    if not all(sum(token.text in RELATIONS for token in each) == 1 for each in inside):
        return None
    if any(token.text in OPENING for each in inside for token in each[:1]):
        return None
    return [Part("assumption", tuple(each)) for each in inside]


def _is_remark(piece: _Piece) -> bool:
    r"""Whether a piece is words alone: ``\text{(mini-batch mean)}``."""
    found = piece.tokens
    group = found[0].text in TEXTS and len(found) > 2 and found[1].text == "{"
    return group and found[-1].text == "}" and not any(t.text in "{}" for t in found[2:-1])


def _without_numbers(pieces: list[_Piece]) -> list[_Piece]:
    """Leave out the number of an equation and remarks: last in a line, after wide space."""
    kept = []
    for piece, after in pairwise([*pieces, _Piece([r"\\"])]):
        shown = " ".join(token.text for token in piece.tokens)
        last = r"\\" in after.before
        if not (
            r"\quad" in piece.before and last and (NUMBER.fullmatch(shown) or _is_remark(piece))
        ):
            kept.append(piece)
    return kept
