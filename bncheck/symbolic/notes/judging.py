"""Judges the formulas of a page in order: definitions and assumptions hold for what follows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.cursor import RELATIONS
from bncheck.symbolic.claims.given import about, named_norm
from bncheck.symbolic.claims.judge import judge_each, settled
from bncheck.symbolic.claims.lexer import ClaimError, tokens
from bncheck.symbolic.claims.nodes import Name, Relation
from bncheck.symbolic.claims.norms import BATCH
from bncheck.symbolic.claims.page import Before, understood
from bncheck.symbolic.claims.parts import parts
from bncheck.symbolic.claims.printing import latex
from bncheck.symbolic.claims.spelling import spelling
from bncheck.symbolic.claims.statement import Statement
from bncheck.symbolic.claims.verdict import Verdict
from bncheck.symbolic.claims.words import CALLED
from bncheck.symbolic.notes.macros import expanded
from bncheck.symbolic.notes.sources import Formula, Page

ABOUT = frozenset(
    {r"\mu", r"\sigma", r"\gamma", r"\beta", r"\hat", r"\epsilon", r"\nabla", r"\partial"}
)
"""What a formula about normalization has; others are left alone, unless they use a definition."""
WORDS = re.compile(
    r"\b(?:BN|Var|E|dgamma|dbeta|dxhat|dvar|dmu|dout|xhat|x_hat)\b|(?<![a-z])(?:gamma|beta|eps)(?![a-z])"
)
CALLS = re.compile(rf"\b(?:RMS|{'|'.join(CALLED)})\b")
"""Words of formulas on a page about the normalization that they name."""
STATED = re.compile(
    r"(?:\b(?:assum|suppos|simplicity)\w*[^.;:!?]{0,30}|\b(?:set(?:ting)?|let|tak(?:e|ing)|with)\W*)$",
    re.IGNORECASE,
)
"""Words after which gamma = 1 is an assumption, and no claim."""
SET = (r"\gamma", r"\beta", r"\epsilon", "m", "N")
IN_PASSING = re.compile(
    r"\b(?:if|for|when|where|at|provided|in case|say)\b[^.;:!?]{0,40}$", re.IGNORECASE
)
"""Words after which gamma = 1 holds for the rest of the sentence."""

AT = re.compile(r" \(at character [0-9]+\)$")


@dataclass(frozen=True)
class Said:
    """One thing that a page says.

    kind: ``claim``, ``definition``, ``assumption``, ``setting`` (gamma = 1, in passing),
    ``symbol`` (nothing is claimed) or ``other`` (not about normalization); verdict: of a claim
    line, column: where it is, of what is wrong in it if something is
    shown: the relation that the verdict is about, and what it means
    """

    formula: Formula
    kind: str
    line: int
    column: int
    verdict: Verdict | None = None
    shown: str = ""
    statement: Statement | None = field(default=None, compare=False, repr=False)


@dataclass
class _State:
    """before: what holds from here on; passing: what holds to the end of the sentence.

    letters: what formulas about normalization have used; settled: what of two senses a symbol has
    """

    before: Before
    last: str = ""
    passing: tuple[Relation, ...] = ()
    letters: set[str] = field(default_factory=set)
    settled: dict[str, str] = field(default_factory=dict)


def judged(
    page: Page, where: Mapping[str, str] | None = None, norm: str | None = None
) -> Iterator[Said]:
    """Yield what a page says, in order; never raises for what is in a formula.

    norm: the normalization that all of it is about; without, what its parts say (`sections`)

    Raises UsageError for more formulas than are read, and for a norm that is none.
    """
    about(norm or BATCH, {})  # a page without formulas hides no wrong norm
    state = _State(Before())
    for formula in page.formulas():
        said = about(norm or formula.norm or BATCH, where or {})
        yield from _of_formula(formula, said, state)


def _of_formula(formula: Formula, where: Mapping[str, str], state: _State) -> Iterator[Said]:
    if re.search(r"[.!?](?:\s|$)", formula.before) or not formula.before:
        state.passing = ()
    places: tuple[int, ...] = tuple(range(len(formula.text) + 1))
    try:
        text, places = expanded(formula.text, formula.macros)
        kind = _kind(text, state, named_norm(where))
    except ClaimError as reason:
        yield _undecided(replace(formula, places=places), reason, 0)
        return
    if kind != "claim":
        yield Said(formula, kind, formula.line, formula.column)
        return
    # a display that begins with = goes on with the chain of the last one
    shift = 0
    if state.last and tokens(text)[0].text in RELATIONS:
        text, shift = f"{state.last} {text}", len(state.last) + 1
    source = replace(formula, places=places)
    try:
        yield from _of_text(source, text, shift, where, state)
    except NotSupported as reason:
        yield _undecided(source, reason, shift)
    state.last = _last_side(text)


def _of_text(
    formula: Formula, text: str, shift: int, where: Mapping[str, str], state: _State
) -> Iterator[Said]:
    found = understood(text, where, state.before)
    for made in found.defined:
        found.reading.name(made.symbol)  # refuses what is defined by itself
        later = (*state.before.defined, made)
        state.before = replace(state.before, defined=later)
        yield _said(formula, "definition", made.symbol.position - shift)
    if found.claimed and all(map(_sets, found.claimed)):
        yield _held(formula, found.claimed, state)
        return
    if not found.claimed:
        return
    now = replace(state.before, assumed=(*state.before.assumed, *state.passing))
    state.settled |= settled(text, where, now)
    told = judge_each(text, {**state.settled, **where}, before=now)
    spelled = spelling(text)
    wrong = [pair for pair in told if pair[1].verdict == "false"][:1]
    for statement, verdict in wrong or told:
        at = statement.printed.right.position if statement.printed and wrong else shift
        shown = latex(statement.printed, spelled) if statement.printed else ""
        one = _said(formula, "claim", at - shift, verdict)
        yield replace(one, shown=shown, statement=statement)


def _held(formula: Formula, relations: tuple[Relation, ...], state: _State) -> Said:
    """Keep what is assumed: from there on, to the end of the sentence, or not at all."""
    if STATED.search(formula.before):
        bases = {each.left.base for each in relations if isinstance(each.left, Name)}
        kept = [r for r in state.before.assumed if getattr(r.left, "base", "") not in bases]
        state.before = replace(state.before, assumed=(*kept, *relations))
        return Said(formula, "assumption", formula.line, formula.column)
    if IN_PASSING.search(formula.before) or (state.passing and "." not in formula.before):
        state.passing = (*state.passing, *relations)
    return Said(formula, "setting", formula.line, formula.column)


def _kind(text: str, state: _State, norm: str) -> str:
    """Tell what a formula is, before it is read."""
    found = [token.text for token in tokens(text)]
    if not RELATIONS & {*found}:
        return "symbol"
    if len(found) == 3 and found[0] in SET and found[1] == "=":
        return "claim"  # m = 2
    named = {made.symbol.base for made in state.before.defined}
    called = norm != BATCH and CALLS.search(text)
    if ABOUT & {*found} or named & {*found} or WORDS.search(text) or called:
        state.letters |= {*found}
        return "claim"
    # y is the output where the page has said so: a mean of it is about normalization
    is_of_outputs = "y" in state.letters & {*found} and r"\sum" in found
    return "claim" if is_of_outputs else "other"


def _sets(relation: Relation) -> bool:
    left = relation.left
    return isinstance(left, Name) and left.base in SET and relation.sign in ("=", ">")


def _last_side(text: str) -> str:
    """Return what stands after the last relation, for a display that goes on with it."""
    try:
        last = parts(text)[-1].tokens
    except ClaimError:
        return ""
    signs = [at for at, token in enumerate(last) if token.text in RELATIONS]
    if not signs or signs[-1] + 1 >= len(last):
        return ""
    return text[last[signs[-1] + 1].position :].partition(r"\end")[0].rstrip(" \n.,;$\\]")


def _undecided(formula: Formula, reason: NotSupported, shift: int) -> Said:
    at, says = getattr(reason, "position", None) or shift, str(reason)
    if shift or formula.places[: len(formula.text)] != (*range(len(formula.text)),):
        says = AT.sub("", says)  # counted in a text that nobody typed
    return _said(formula, "claim", at - shift, Verdict("undecided", reason=says))


def _said(formula: Formula, kind: str, at: int, verdict: Verdict | None = None) -> Said:
    """Point to a place in a formula: from its first sign on, line by line."""
    at = max(at, 0)
    if formula.places:
        at = formula.places[min(at, len(formula.places) - 1)]
    lines = formula.text[:at].split("\n")
    line = formula.line + len(lines) - 1
    column = len(lines[-1]) + (formula.column if len(lines) == 1 else 1)
    return Said(formula, kind, line, column, verdict)
