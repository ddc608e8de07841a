"""From a printed formula to a verdict.

true       both sides are equal for every batch size
true-if    they are equal under conditions, which are named; a counterexample shows it without
false      there is a rational counterexample, and no condition that is looked for helps
undecided  with a reason
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bncheck.errors import NotSupported
from bncheck.symbolic.algebra import limited
from bncheck.symbolic.claims.conditions import conditions, divides_by_zero_at_one
from bncheck.symbolic.claims.counterexample import Counterexample, smallest
from bncheck.symbolic.claims.repair import Repair, repaired
from bncheck.symbolic.claims.statement import Statement, part_of, statements
from bncheck.symbolic.expression import Expr
from bncheck.symbolic.normal import equal

MAX_PRODUCTS = 400_000
"""Products of terms that one claim may cost; the largest honest one here needs about 10,000."""


@dataclass(frozen=True)
class Verdict:
    """What was found out about a claim."""

    verdict: str
    conditions: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    repair: Repair | None = None
    reason: str = ""
    part: str = ""
    """Which relation of several it is about: the second = of a chain."""


def judge(latex: str, where: Mapping[str, str] | None = None, *, repair: bool = True) -> Verdict:
    """Judge one printed formula; never raises for what is in it.

    Without ``repair`` no correction of a false one is looked for, which is most of the time.
    """
    try:
        found = list(statements(latex, where or {}))
    except (NotSupported, ValueError, ZeroDivisionError) as reason:
        return Verdict("undecided", reason=str(reason))
    with limited(MAX_PRODUCTS):
        verdicts = [_judged(statement) for statement in found]
    for kind in ("false", "undecided", "true-if"):
        for at, verdict in enumerate(verdicts):
            if verdict.verdict == kind:
                part = part_of(found, at)
                better = _corrected(found[at], latex, where) if repair and kind == "false" else None
                return replace(verdict, part=part, repair=better)
    return verdicts[0]


def _corrected(statement: Statement, latex: str, where: Mapping[str, str] | None) -> Repair | None:
    with limited(MAX_PRODUCTS):
        return repaired(statement, latex, lambda text: judge(text, where, repair=False).verdict)


def _judged(statement: Statement) -> Verdict:
    left, right, sign = statement.left, statement.right, statement.sign
    doubt = "not proved equal, and no difference found on small batches"
    try:
        if equal(left, right):
            return _true(left, right)
    except (NotSupported, ZeroDivisionError, ValueError) as reason:
        doubt = str(reason)
    found = smallest(left, right, sign)
    if found is None:
        if sign in (r"\le", r"\ge"):
            doubt = "no counterexample was found, no proof is known"
        return Verdict("undecided", reason=doubt)
    under = conditions(left, right)
    if under:
        return Verdict("true-if", under, found)
    return Verdict("false", counterexample=found)


def _true(left: Expr, right: Expr) -> Verdict:
    if divides_by_zero_at_one(left, right):
        return Verdict("true-if", ("m > 1",), reason="at m = 1 something is divided by zero")
    return Verdict("true")
