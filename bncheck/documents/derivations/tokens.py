"""The names and signs of formulas in plain text, and a text taken apart into them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bncheck.symbolic.printers.notation import LATEX

NAMES = {
    **LATEX.names,
    "pi": r"\pi",
    "zhat": r"\hat{z}",
    "Cv": "C v",
    "hi": r"\mathrm{hi}",
    "lo": r"\mathrm{lo}",
    "...": r"\ldots",
}
CALLED = ("mean", "var", "sign", "rms", "BN", "cov", "tr", "max", "min", "xhat")
RELATIONS = {"=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">", "!=": r"\neq", "->": r"\to"}
NAME = "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
TOKEN = re.compile(
    r"(?P<slope>d[A-Za-z]+(?:_[a-z0-9]+)?/d[A-Za-z]+(?:_[a-z0-9]+)?)"
    rf"|(?P<name>(?:{NAME}|{'|'.join(CALLED)}|sqrt|sum|[A-Za-z]\d?)(?:_(?:[A-Za-z0-9]+|{{[^{{}}]*}}))?"
    r"'?(?![A-Za-z0-9']))"
    r"|(?P<number>\d+(?:\.\d+)?(?!\d))"
    r"|(?P<sign><=|>=|!=|->|[-+/^=<>(){}|,])"
)


@dataclass(frozen=True)
class Token:
    """A token, where it stands, and whether a space is before and after it."""

    kind: str
    text: str
    start: int
    end: int
    before: bool
    after: bool


def tokens(text: str, start: int = 0) -> list[Token]:
    """Return the tokens from a place on, up to what is none."""
    found: list[Token] = []
    at = start
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        match = TOKEN.match(text, at)
        if match is None:
            break
        kind = str(match.lastgroup)
        before = at == 0 or text[at - 1] == " "
        after = match.end() == len(text) or text[match.end()] == " "
        found.append(Token(kind, match[0], at, match.end(), before, after))
        at = match.end()
    return found
