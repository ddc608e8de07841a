r"""How an author spells each symbol: ``\mu_{\mathcal{B}}``, ``\varepsilon``, ``\bm{x}_i``.

A syntax tree keeps what is meant and not how it is typed; a correction that is printed beside the
original looks like it only if it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Node
from bncheck.symbolic.claims.syntax import parse_symbol
from bncheck.symbolic.claims.walking import bare

_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_LETTER = rf"(?:\\[A-Za-z]+\s*{_GROUP}|\\[A-Za-z]+(?:\s+[A-Za-z])?|[A-Za-z])"
_LABEL = rf"(?:\s*[_^]\s*(?:{_GROUP}|\\[A-Za-z]+\s*{_GROUP}|\\[A-Za-z]+|[A-Za-z0-9])|')"
SYMBOL = re.compile(rf"{_LETTER}{_LABEL}*")


def spellings(text: str) -> Mapping[Node, str]:
    """Return each symbol of a formula, without its position, as it is typed there first."""
    found: dict[Node, str] = {}
    starts = (SYMBOL.match(text, at) for at in range(len(text)))
    for match in filter(None, starts):
        typed = re.sub(r"\s+", " ", match[0]).strip()
        try:
            found.setdefault(bare(parse_symbol(typed)), typed)
        except ClaimError:
            continue
    return found
