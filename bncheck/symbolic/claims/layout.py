"""How a formula is set: delimiters, environments, labels, brackets that grow.

What only places a formula on the page is taken off here, where it may stand; anywhere else it is
refused, so that no token is left out in silence.
"""

from __future__ import annotations

from itertools import pairwise

from bncheck.symbolic.claims.branches import with_deltas
from bncheck.symbolic.claims.cursor import RELATIONS
from bncheck.symbolic.claims.decoration import undecorated
from bncheck.symbolic.claims.groups import closing, word
from bncheck.symbolic.claims.indicators import with_deltas_of_indices
from bncheck.symbolic.claims.lexer import ClaimError, Token

PLAIN = frozenset({"equation", "displaymath", "math"})
IN_LINES = frozenset(
    {"align", "aligned", "alignat", "alignedat", "split", "gather", "gathered", "multline"}
    | {"eqnarray", "flalign", "cases", "dcases", "array"}
)
DELIMITERS = {r"\[": r"\]", r"\(": r"\)"}
LABELS = frozenset({r"\label", r"\tag", r"\eqno"})
GROWING = frozenset({"(", ")", "[", "]", r"\{", r"\}", "|", r"\|", ".", r"\langle", r"\rangle"})
OPENING = frozenset({"{", "(", "[", r"\{", r"\langle"})
CLOSING = frozenset({"}", ")", "]", r"\}", r"\rangle"})


END = Token(r"\\", 0)
"""What follows the last token: as if a new line did."""


def laid_out(found: list[Token]) -> list[Token]:
    """Return the tokens of a formula without what only places it on the page.

    Raises ClaimError for what stands where it cannot.
    """
    found, claims = undecorated(found)
    found, in_lines = _unwrapped(found)
    found = _with_plain_brackets(_without_labels([*found, *claims]))
    return _without_columns(with_deltas_of_indices(found), in_lines)


def _unwrapped(found: list[Token]) -> tuple[list[Token], bool]:
    in_lines = False
    while (inner := _inside(found)) is not None:
        found, lines = inner
        in_lines |= lines
    found = with_deltas(found)
    for token in found:
        if token.text in ("$", r"\[", r"\]", r"\(", r"\)", r"\begin", r"\end"):
            raise ClaimError(f"'{token.text}' is out of place: one formula a claim", token.position)
    return found, in_lines


def _inside(found: list[Token]) -> tuple[list[Token], bool] | None:
    """Return what stands between a pair that encloses all, and whether it is in lines."""
    ends = len(found) > 3 and found[-1].text in (".", ",", ";") and found[-2].text != r"\right"
    last = len(found) - ends
    if last < 2:
        return None
    first = found[0].text
    stop = found[-1:] if ends else []
    if first == "$":
        width = 2 if found[1].text == "$" else 1
        if last > 2 * width and all(t.text == "$" for t in found[last - width : last]):
            return found[width : last - width] + stop, False
    if first in DELIMITERS and found[last - 1].text == DELIMITERS[first]:
        return found[1 : last - 1] + stop, False
    if first == r"\boxed" and found[1].text == "{" and closing(found, 1) == last - 1:
        return found[2 : last - 1] + stop, False
    begin = 2 if [t.text for t in found[:2]] == [r"\left", r"\{"] else 0
    if len(found) > begin and found[begin].text == r"\begin":
        return _environment(found[:last], begin, stop)
    return None


def _environment(
    found: list[Token], begin: int, stop: list[Token]
) -> tuple[list[Token], bool] | None:
    name, at = word(found, begin + 1)
    bare = name.removesuffix(r"\cdot").removesuffix("*")  # align*: a star is a product sign
    if bare not in PLAIN | IN_LINES:
        raise ClaimError(f"the environment '{name}' is not known", found[begin].position)
    last = len(found)
    if begin:
        if [t.text for t in found[-2:]] != [r"\right", "."]:
            return None
        last -= 2
    tail = [r"\end", "{", *(t.text for t in found[begin + 2 : at - 1]), "}"]
    if [t.text for t in found[last - len(tail) : last]] != tail:
        return None
    if bare in ("array", "alignat", "alignedat"):  # columns: {rcl}
        _, at = word(found, at)
    return found[at : last - len(tail)] + stop, bare in IN_LINES


def _without_labels(found: list[Token]) -> list[Token]:
    r"""Drop ``\label{...}`` and ``\tag{...}`` at the start or the end of a line."""
    kept: list[Token] = []
    at = 0
    while at < len(found):
        token = found[at]
        if token.text not in LABELS:
            kept.append(token)
            at += 1
            continue
        star = at + 1 < len(found) and found[at + 1].text == r"\cdot"
        _, after = word(found, at + 1 + star)
        if after == at + 1 + star:
            raise ClaimError(f"{token.text} names nothing", token.position)
        follows = found[after].text if after < len(found) else r"\\"
        starts = not kept or kept[-1].text == r"\\"
        if not (starts or follows in (r"\\", *LABELS, ".", ",")):
            raise ClaimError(f"{token.text} is out of place", token.position)
        at = after
    return kept


def _with_plain_brackets(found: list[Token]) -> list[Token]:
    r"""Drop ``\left`` and ``\right``, which come in pairs; ``\left.`` is a bracket of no ink."""
    kept: list[Token] = []
    opened: list[Token] = []
    skip = False
    for token, after in pairwise([*found, END]):
        if skip:
            skip = False
            continue
        if token.text == r"\limits" or token.text == r"\nolimits":
            if not kept or kept[-1].text != r"\sum":
                raise ClaimError(f"{token.text} is out of place", token.position)
            continue
        if token.text not in (r"\left", r"\right"):
            kept.append(token)
            continue
        if after.text not in GROWING:
            raise ClaimError(f"no bracket follows {token.text}", token.position)
        if token.text == r"\left":
            opened.append(token)
        elif not opened:
            raise ClaimError(r"\right without \left", token.position)
        else:
            opened.pop()
        skip = after.text == "."
    if opened:
        raise ClaimError(r"\left without \right", opened[-1].position)
    return kept


def _without_columns(found: list[Token], in_lines: bool) -> list[Token]:
    """Drop ``&``: beside a relation, at the start of a line, or where lines are aligned."""
    kept: list[Token] = []
    for token, after in pairwise([*found, END]):
        if token.text != "&":
            kept.append(token)
            continue
        if after.text == "&" and in_lines:
            kept.append(Token(r"\quad", token.position))  # a column of remarks
        beside = {kept[-1].text if kept else END.text, after.text}
        if not in_lines and not beside & {*RELATIONS, r"\\"}:
            raise ClaimError("'&' is out of place", token.position)
    return kept
