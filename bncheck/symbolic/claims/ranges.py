"""Words and ranges beside an equation: ``\\text{for } i = 1, \\dots, m``, ``\\forall i``."""

from __future__ import annotations

import re

from bncheck.symbolic.claims.groups import as_text, word
from bncheck.symbolic.claims.layout import CLOSING, OPENING
from bncheck.symbolic.claims.lexer import Token

IF = frozenset(
    {"if", "when", "for", "assuming", "assume", "suppose", "provided", "providedthat", "given"}
)
WHERE = frozenset({"where", "with", "here", "let", "define", "denote"})
THEN = frozenset({"then", "so", "thus", "hence", "therefore", "wehave", "weget"})
AND = frozenset({"and", "also"})
EVERY = frozenset({"forall", "foreach", "forevery"})
TEXTS = frozenset({r"\text", r"\textrm", r"\mbox", r"\mathrm", r"\textit"})

_FOR = r"(?:(?:for|forall|foreach|forevery|where|with|\\forall) )?"
_SIZE = r"[A-Za-z](?: - 1)? "
_DOTS = r"(?:, )?\\dots (?:, )?"
_BATCH = r"(?:\\mathcal \{ B \} |\\mathcal B |B )"
_UP_TO = rf"= [01] {_DOTS}{_SIZE}"
_IN = rf"\\in (?:\\\{{ [01] {_DOTS}{_SIZE}\\\}} |\[ {_SIZE}\] |{_BATCH})"
_RANGE = re.compile(
    rf"(?<!\S){_FOR}(?:\( )?([a-zA-Z]) (?:{_UP_TO}|{_IN})(?:\) )?"
    r"|(?<!\S)(?:\\forall|forall|foreach|forevery) ([a-zA-Z]) (?!\S*[_^=])"
)


def with_words(found: list[Token]) -> list[Token]:
    r"""Make one token of a word that joins equations, as ``\text{if}``."""
    done: list[Token] = []
    at = 0
    while at < len(found):
        said, after = word(found, at + 1) if found[at].text in TEXTS else ("", at)
        said = said.strip(",.: ").lower()
        if said in IF | WHERE | THEN | AND | EVERY:
            done.append(Token(said, found[at].position))
            at = after
        else:
            done.append(found[at])
            at += 1
    return done


def with_ranges(found: list[Token]) -> list[Token]:
    """Make one token of a range beside an equation: ``range i``."""
    text, starts = as_text(found)
    done: list[Token] = []
    last = 0
    for match in _RANGE.finditer(text):
        first = starts[match.start()]
        if first < last or not _stands_alone(found, first):
            continue
        done += [*found[last:first], Token(f"range {match[1] or match[2]}", found[first].position)]
        last = starts[match.end()]
    return done + found[last:]


def _stands_alone(found: list[Token], first: int) -> bool:
    """Whether what starts here is beside an equation, not in one."""
    before = found[:first]
    depth = sum((t.text in OPENING) - (t.text in CLOSING) for t in before)
    if depth or not before:
        return depth == 0
    starts = found[first].text in (*EVERY, r"\forall", "for", "where", "with")
    return starts or before[-1].text in (",", ";", ".", r"\quad", r"\\", *IF, *WHERE)
