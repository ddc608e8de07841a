r"""One where two indices are equal, or zero: ``\mathbb{1}_{i=k}``, ``[i = j]``, ``\delta(i,j)``."""

from __future__ import annotations

import re

from bncheck.symbolic.claims.groups import as_text
from bncheck.symbolic.claims.lexer import Token

_FONT = r"(?:\\(?:mathbb|mathbf|mathds|boldsymbol|bm|mathrm|text|mathcal) )"
_ONE = rf"(?:{_FONT}(?:\{{ [1I] \}} |[1I] )|1 |\\delta |I )"
_PAIR = r"([a-z1-9]) (=|\\neq) ([a-z1-9]) "
_INDICATOR = re.compile(
    rf"{_ONE}(?:_ )?(?:\{{ \\\{{ {_PAIR}\\\}} \}} |\{{ \( {_PAIR}\) \}} |\{{ \[ {_PAIR}\] \}} "
    rf"|\{{ {_PAIR}\}} |\\\{{ {_PAIR}\\\}} |\( {_PAIR}\) |\[ {_PAIR}\] )"
    rf"|\[ {_PAIR}\] "
)
_DELTA = re.compile(
    r"\\delta (?:_ \{ ([a-z1-9]) (,) ([a-z1-9]) \} |\( ([a-z1-9]) (,|-) ([a-z1-9]) \) "
    r"|\^ ([a-z]) (_) ([a-z]) |_ ([a-z]) (\^) ([a-z]) )"
)


def with_deltas_of_indices(found: list[Token]) -> list[Token]:
    """Put Kronecker's delta where an indicator of two indices stands."""
    text, starts = as_text(found)
    done: list[Token] = []
    last = at = 0
    while at < len(text):
        match = (_INDICATOR.match(text, at) or _DELTA.match(text, at)) if at in starts else None
        if match is None:
            at += 1
            continue
        first = starts[match.start()]
        one, sign, other = (part for part in match.groups() if part)
        position = found[first].position
        texts = [r"\delta", "_", "{", one, other, "}"]
        if sign == r"\neq":
            texts = ["(", "1", "-", *texts, ")"]
        done += [*found[last:first], *(Token(each, position) for each in texts)]
        at, last = match.end(), starts[match.end()]
    return done + found[last:]
