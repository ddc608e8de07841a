r"""How an author spells each symbol: ``\mu_{\mathcal{B}}``, ``\varepsilon``, ``\bm{x}_i``.

A syntax tree keeps what is meant and not how it is typed; a correction that is printed beside the
original looks like it only if it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Node, Operation
from bncheck.symbolic.claims.printing import Spelling
from bncheck.symbolic.claims.syntax import parse, parse_symbol
from bncheck.symbolic.claims.walking import bare

_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_LETTER = rf"(?:\\[A-Za-z]+\s*{_GROUP}|\\[A-Za-z]+(?:\s+[A-Za-z])?|[A-Za-z])"
_LABEL = rf"(?:\s*[_^]\s*(?:{_GROUP}|\\[A-Za-z]+\s*{_GROUP}|\\[A-Za-z]+|[A-Za-z0-9])|')"
EXPONENT = re.compile(rf"\^\s*({_GROUP})")
SYMBOL = re.compile(rf"{_LETTER}{_LABEL}*")
INDEX = re.compile(rf"_\s*({_GROUP}|\\[A-Za-z]+\s*{_GROUP})")


def spelling(text: str) -> Spelling:
    """Return how a formula is typed: each symbol, index and exponent as it is there first."""
    exponents = dict(_exponents(text))
    slanted = any("/" in typed for typed in exponents.values())
    return Spelling({**dict(_symbols(text)), **exponents}, dict(_labels(text)), slanted)


def _symbols(text: str) -> Iterator[tuple[Node, str]]:
    for at in range(len(text) - 1, -1, -1):  # the first one is put in last, and stays
        match = SYMBOL.match(text, at)
        if match is not None:
            typed = re.sub(r"\s+", " ", match[0]).strip()
            try:
                yield bare(parse_symbol(typed)), typed
            except ClaimError:
                continue


def _exponents(text: str) -> Iterator[tuple[Node, str]]:
    for match in EXPONENT.finditer(text):
        typed = match[1][1:-1].strip()
        try:
            (relation,) = parse(f"2^{{{typed}}} = 1")
        except (ClaimError, ValueError):
            continue
        if isinstance(relation.left, Operation) and relation.left.sign == "^":
            yield bare(relation.left.arguments[1]), typed


def _labels(text: str) -> Iterator[tuple[str, str]]:
    """Yield indices that are typed in a font: ``\\mathcal{B}`` for B."""
    for match in INDEX.finditer(text):
        typed = match[1].removeprefix("{").removesuffix("}") if match[1][0] == "{" else match[1]
        try:
            name = parse_symbol(f"x_{{{typed}}}")
        except ClaimError:
            continue
        if isinstance(name, Name) and name.below != typed:
            yield name.below, typed.strip()
