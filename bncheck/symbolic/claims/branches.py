r"""Values by cases: ``\begin{cases} a & i = j \\ b & \text{otherwise} \end{cases}``.

What has two values by whether two indices are the same is one formula with Kronecker's delta:
delta a + (1 - delta) b. Cases by anything else are refused.
"""

from __future__ import annotations

import re

from bncheck.symbolic.claims.groups import closing, word
from bncheck.symbolic.claims.lexer import ClaimError, Token

CASES = frozenset({"cases", "dcases", "array", "cases*"})
OTHERWISE = frozenset({"otherwise", "else", "ow", "o.w", "elsewhere"})
_SET = frozenset(
    {"{", "}", "$", r"\text", r"\textrm", r"\mathrm", r"\mbox", ",", ".", ";", r"\quad"}
)
_EQUAL = re.compile(r"(?:if|for|when|where|in case)?\(?([a-z])(=|\\neq)([a-z])\)?")
_NOT_EQUAL = re.compile(r"(?:if|for|when|where)?\(?([a-z])(?:<>|!=|\\not=)([a-z])\)?")
OPENING = frozenset({"{", "(", "[", r"\{", r"\begin"})
CLOSING = frozenset({"}", ")", "]", r"\}", r"\end"})


def with_deltas(found: list[Token]) -> list[Token]:
    """Put one expression where a value stands by cases.

    Raises ClaimError for cases by what is no index.
    """
    for at, token in enumerate(found):
        name, body = _name(found, at + 1) if token.text == r"\begin" else ("", at)
        if name not in CASES:
            continue
        end = next((n for n in range(body, len(found)) if found[n].text == r"\end"), None)
        if end is None:
            raise ClaimError(r"\begin without \end", token.position)
        _, after = _name(found, end + 1)
        inner = found[body:end]
        if name == "array" and inner and inner[0].text == "{":
            inner = inner[closing(inner, 0) + 1 :]
        first = at
        if [t.text for t in found[max(at - 2, 0) : at]] == [r"\left", r"\{"]:
            first = at - 2
            if [t.text for t in found[after : after + 2]] == [r"\right", "."]:
                after += 2
        elif at and found[at - 1].text == r"\{":
            first = at - 1
        return with_deltas([*found[:first], *_as_sum(inner, token), *found[after:]])
    return found


def _name(found: list[Token], at: int) -> tuple[str, int]:
    name, after = word(found, at)
    return name.replace(r"\cdot", "*"), after


def _as_sum(inner: list[Token], begin: Token) -> list[Token]:
    """Return both values, each times where it holds."""
    rows = [row for row in _split(inner, r"\\") if row]
    if len(rows) != 2:
        raise ClaimError("cases are read if there are two", begin.position)
    values, conditions = [], []
    for row in rows:
        value, *rest = _split(row, "&")
        if len(rest) != 1 and (row[-1].text != "}" or rest):
            raise ClaimError("what is this case for? a condition belongs behind &", row[0].position)
        values.append([t for t in value if t.text != r"\quad"])
        conditions.append(_condition(rest[0] if rest else [], row))
    while values[0] and values[0][-1].text in ",;.":
        values[0].pop()
    while values[1] and values[1][-1].text in ",;.":
        values[1].pop()
    known = [condition for condition in conditions if condition]
    if not known or not all(values):
        raise ClaimError("cases are read by whether two indices are equal", begin.position)
    pair, is_equal = known[0]
    if len(known) == 2 and ({*known[1][0]} != {*pair} or known[1][1] == is_equal):
        raise ClaimError("these cases do not exclude one another", begin.position)
    if not conditions[0]:
        is_equal = not is_equal
    first, second = (0, 1) if is_equal else (1, 0)
    at = begin.position

    def made(*texts: str) -> list[Token]:
        return [Token(text, at) for text in texts]

    delta = made(r"\delta", "_", "{", *pair, "}")
    return [
        *made("(", "("),
        *values[first],
        *made(")", r"\cdot"),
        *delta,
        *made("+", "("),
        *values[second],
        *made(")", "(", "1", "-"),
        *delta,
        *made(")", ")"),
    ]


def _split(found: list[Token], sign: str) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if token.text == sign and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _condition(found: list[Token], row: list[Token]) -> tuple[str, bool] | None:
    """Return two indices, and whether they are equal; ``None`` for all else."""
    said = "".join(token.text for token in found if token.text not in _SET)
    if said.lower() in OTHERWISE:
        return None
    match = _EQUAL.fullmatch(said) or _NOT_EQUAL.fullmatch(said)
    if match is None:
        raise ClaimError(
            f"cases are read by whether two indices are equal; what is '{said}'?", row[-1].position
        )
    is_equal = match.re is _EQUAL and match[2] == "="
    return match[1] + match[match.re.groups], is_equal
