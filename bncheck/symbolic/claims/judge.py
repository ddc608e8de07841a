"""From a printed formula to a verdict.

true        both sides are equal for every batch size, or the inequality is proved
true-if     they are equal under conditions, which are named; a counterexample shows it without
false       there is a rational counterexample, and no condition that is looked for helps
update      a new value of a running statistic, as it is known (laws I03 and I14)
definition  what is defined is the known quantity; or a new symbol, with nothing to compare
undecided   with a reason
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.claims.assignments import DEFINING
from bncheck.symbolic.claims.conditions import Found, conditions, differ_under
from bncheck.symbolic.claims.counterexample import smallest
from bncheck.symbolic.claims.definitions import defined_symbol
from bncheck.symbolic.claims.domain import domain, without_weaker
from bncheck.symbolic.claims.given import about
from bncheck.symbolic.claims.inequalities import STRICT, WEAK, proved
from bncheck.symbolic.claims.lexer import TwoMeanings
from bncheck.symbolic.claims.norms import BATCH
from bncheck.symbolic.claims.page import Before
from bncheck.symbolic.claims.quotients import same
from bncheck.symbolic.claims.repair import Repair, repaired
from bncheck.symbolic.claims.senses import Judged, in_each_sense, sense_of
from bncheck.symbolic.claims.shown import shown
from bncheck.symbolic.claims.sizes import holds_for_two, same_at, size_of
from bncheck.symbolic.claims.statement import Statement, part_of, statements
from bncheck.symbolic.claims.totals import AS_TOTAL, NEITHER, total_named, with_totals
from bncheck.symbolic.claims.updates import estimated, updated
from bncheck.symbolic.claims.verdict import Verdict
from bncheck.symbolic.expression import Element
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import eps
from bncheck.symbolic.work import TooLarge, limited

MAX_PRODUCTS = 400_000
"""Products of terms that one claim may cost; the largest honest one here needs about 10,000."""

DOUBTS = (NotSupported, ZeroDivisionError, ValueError)


def judge(
    latex: str,
    where: Mapping[str, str] | None = None,
    *,
    norm: str = BATCH,
    repair: bool = True,
) -> Verdict:
    """Judge one printed formula; never raises for what is in it.

    norm: the normalization that it is about: batch, layer, rms, group or instance
    Without ``repair`` no correction of a false one is looked for, which is most of the time.

    Raises UsageError for a norm that is none of these.
    """
    where = about(norm, where or {})
    try:
        verdicts = [verdict for _, verdict in judge_each(latex, where, repair=repair)]
    except DOUBTS as reason:
        return Verdict("undecided", reason=str(reason))
    for kind in ("false", "undecided", "true-if"):
        for verdict in verdicts:
            if verdict.verdict == kind:
                return verdict
    return verdicts[0]


def judge_each(
    latex: str,
    where: Mapping[str, str] | None = None,
    *,
    repair: bool = True,
    before: Before | None = None,
) -> list[tuple[Statement, Verdict]]:
    """Judge every relation of a formula; the first false one is corrected.

    before: what its page has said until there

    Raises ClaimError, or another of `DOUBTS`, for what is not read.
    """
    try:
        with limited(MAX_PRODUCTS):
            found = list(statements(latex, where or {}, before))
    except TwoMeanings as question:
        return in_each_sense(question, latex, where or {}, partial(_read_as, latex, before))
    with limited(MAX_PRODUCTS):
        verdicts = [_judged(statement) for statement in found]
    verdicts = [
        _for_one_size(replace(verdict, part=part_of(found, at)), found[at])
        for at, verdict in enumerate(verdicts)
    ]
    wrong = next((at for at, verdict in enumerate(verdicts) if verdict.verdict == "false"), None)
    if repair and wrong is not None:
        better = _corrected(found[wrong], latex, where, before)
        verdicts[wrong] = replace(verdicts[wrong], repair=better)
    return list(zip(found, verdicts, strict=True))


def settled(
    latex: str, where: Mapping[str, str], before: Before | None = None
) -> Mapping[str, str]:
    """Return which of two senses a formula gives a symbol by defining it, as `where` says it."""
    try:
        with limited(MAX_PRODUCTS):
            list(statements(latex, where, before))
    except TwoMeanings as question:
        return sense_of(question, where, partial(_read_as, latex, before))
    except DOUBTS:
        pass
    return {}


def _read_as(latex: str, before: Before | None, where: Mapping[str, str]) -> Judged | None:
    """Judge a formula with another `where`; a correction would be right in one sense alone."""
    try:
        return judge_each(latex, where, repair=False, before=before)
    except DOUBTS:
        return None


def _for_one_size(verdict: Verdict, statement: Statement) -> Verdict:
    """Judge what is wrong for other batch sizes at the one that it is claimed for."""
    if not statement.sized or verdict.verdict not in ("false", "true-if", "undecided"):
        return verdict
    size = next(filter(None, map(size_of, statement.assumed)), None)
    if size is not None and statement.sign == "=" and statement.update is None:
        for reading in (statement, _total(statement)):
            try:
                if reading and same_at(reading.left, reading.right, size):
                    return Verdict("true", reason=f"for m = {size}")
            except DOUBTS:
                continue
        found = smallest(statement.left, statement.right, size=size)
        if found is not None:
            return Verdict("false", counterexample=found, reason=f"for m = {size}")
    return Verdict("undecided", reason="it is claimed for one m only, which is not decided")


def _corrected(
    statement: Statement, latex: str, where: Mapping[str, str] | None, before: Before | None
) -> Repair | None:
    def judged(text: str) -> str:
        try:
            pairs = judge_each(text, where, repair=False, before=before)
        except DOUBTS:
            return "undecided"
        return next((v.verdict for _, v in pairs if v.verdict != "true"), "true")

    def is_read(text: str) -> bool:
        try:
            return bool([*statements(text, where or {}, before)])
        except DOUBTS:
            return False

    with limited(MAX_PRODUCTS):
        return repaired(statement, latex, judged, is_read)


def _judged(statement: Statement) -> Verdict:
    if statement.update is not None:
        return updated(statement.update)
    if statement.population is not None:
        return estimated(statement.population)
    if statement.defines:
        new = f"defines {statement.defines}; there is nothing known to compare it with"
        return Verdict("definition", reason=new, compared=False)
    if statement.sign in WEAK | STRICT:
        return _inequality(statement)
    verdict = _equation(statement)
    if statement.sign in DEFINING and verdict.verdict == "true":
        return replace(verdict, verdict="definition")
    return verdict


def _equation(statement: Statement) -> Verdict:
    doubt = "not proved equal, and no difference found on small batches"
    total = _total(statement)
    readings = [statement, total] if total else [statement]
    for reading in readings:
        try:
            left, right = without_derivatives(reading.left), without_derivatives(reading.right)
            if not differ_under((), left, right) and same(left, right):
                return _true(reading, statement, total)
        except DOUBTS as reason:
            doubt = str(reason)
    found = smallest(statement.left, statement.right, "=")
    if found is None:
        return Verdict("undecided", reason=doubt)
    if _is_with_eps(statement):
        return Verdict("definition", reason="defines a variance with eps in it")
    visible = shown(statement)
    for reading in readings:
        under = _conditions(reading, visible)
        if under and not under.fixes & visible:
            try:
                own = domain(reading)
            except NotSupported as nowhere:
                return Verdict("undecided", reason=str(nowhere))
            return Verdict("true-if", without_weaker((*under.says, *own)), found)
    only = _conditions(statement, visible)
    reasons = [_only_for(only)] if only else []
    if not only and found.m > 2 and holds_for_two(statement.left, statement.right):
        reasons = ["it would hold only for m = 2"]
    reasons += [NEITHER] if total else []
    return Verdict("false", (), found, None, "; ".join(reasons))


def _conditions(reading: Statement, visible: frozenset[str]) -> Found | None:
    """Return what would make a false formula true; the counterexample stands where that is long."""
    try:
        return conditions(reading.left, reading.right, visible)
    except TooLarge:
        return None


def _is_with_eps(statement: Statement) -> bool:
    r"""Whether it says what ``\hat\sigma^2`` is: the variance plus eps, as d2l has it."""
    left = defined_symbol(statement.printed.left) if statement.printed else None
    if left is None or (left.accent, left.base) != ("hat", r"\sigma^2"):
        return False
    try:
        return same(statement.left + eps, statement.right)
    except DOUBTS:
        return False


def _total(statement: Statement) -> Statement | None:
    """Return what is said if its derivatives are total, if that is something else."""
    try:
        return with_totals(statement)
    except DOUBTS:
        return None


def _true(reading: Statement, printed: Statement, total: Statement | None) -> Verdict:
    """Return true, with the conditions under which both sides have a value."""
    reason = ""
    if reading is total:
        reason = AS_TOTAL
    elif total is not None and not _is_surely_true(total):
        reason = total_named(printed)
    try:
        under = domain(reading)
    except NotSupported as nowhere:
        return Verdict("undecided", reason=str(nowhere))
    if under:
        without = "elsewhere a side has no value"
        return Verdict("true-if", under, reason="; ".join(filter(None, (reason, without))))
    return Verdict("true", reason=reason)


def _is_surely_true(statement: Statement) -> bool:
    try:
        return same(statement.left, statement.right)
    except DOUBTS:
        return False


def _only_for(found: Found) -> str:
    """Say what a formula is right for, though it shows what would have to be given that value."""
    if len(found.says) > 1:
        return f"it would hold for {' and '.join(found.says)}, not in general"
    others = f" (and {' and '.join(found.elsewhere)})" if found.elsewhere else ""
    return f"it would hold only for {found.says[0]}{others}"


def _inequality(statement: Statement) -> Verdict:
    left, right, sign = statement.left, statement.right, statement.sign
    doubt: str = "no counterexample was found, no proof is known"
    under: tuple[str, ...] = ()
    try:
        under = domain(statement)
        reason = proved(left, right, sign)
        if reason:
            return Verdict("true-if" if under else "true", under, reason=reason)
    except DOUBTS as why:
        doubt = str(why)
    found = smallest(left, right, sign)
    if found is None:
        return Verdict("undecided", reason=doubt)
    of_a_batch = any(isinstance(node, Element) for side in (left, right) for node in walk(side))
    if found.m == 1 and of_a_batch and (reason := proved(left, right, sign, least=2)):
        return Verdict("true-if", without_weaker(("m > 1", *under)), found, reason=reason)
    return Verdict("false", counterexample=found)
