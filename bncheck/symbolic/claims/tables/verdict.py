"""From a table to a verdict.

true       batch normalization as it is defined gives every printed digit, rounded
true-if    it does under conditions, which are named
false      no rule does: the cell that is wrong, and what it should be
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from bncheck.symbolic.claims.repair import Repair
from bncheck.symbolic.claims.tables.blame import Wrong, wrong
from bncheck.symbolic.claims.tables.columns import Table
from bncheck.symbolic.claims.tables.divisors import divisors
from bncheck.symbolic.claims.tables.rules import Rule
from bncheck.symbolic.claims.tables.search import rules, simplest
from bncheck.symbolic.claims.tables.slack import slack
from bncheck.symbolic.claims.tables.ways import NONE
from bncheck.symbolic.claims.verdict import Verdict
from bncheck.terminal import brief


def judge_table(table: Table) -> Verdict:
    """Judge a table."""
    if table.eps == 0 and table.squares == 0:
        return Verdict("undecided", reason="the variance and eps are 0: xhat is 0/0")
    rule = simplest(table)
    if rule is None:
        return _false(table)
    if not rule.standard:
        return Verdict("true-if", rule.conditions(), reason=f"the rule: {rule.told()}")
    plain = Rule(eps=rule.eps, span=rule.span) == rule and not rule.any_eps
    return Verdict("true", reason="" if plain else f"the rule: {rule.told()}")


def _false(table: Table) -> Verdict:
    cause = next(_causes(table), None)
    found = wrong(table)
    if found is None:
        return Verdict("false", reason=cause or "no eps >= 0 gives these numbers")
    says = f"{found.place} is {brief(found.printed)}, but should be {found.should_be}"
    open_ = slack(table)
    if open_ is not None:
        reason = f"{says} ({found.rule.told()}), unless {open_.says}: within that all is right"
        return Verdict("undecided", reason=reason)
    if cause is None and simplest(table.changed(found.column, found.row, found.should_be)):
        repair = Repair(f"{found.place} = {found.should_be}", says)
        reason = f"with that one changed the table is right ({found.rule.told()})"
        return Verdict("false", repair=repair, reason=reason)
    return Verdict("false", reason=f"{says} ({found.rule.told()}); {cause or _others(found)}")


def _others(found: Wrong) -> str:
    if not found.others:
        return "what is computed from it differs too"
    return f"{found.others} other printed number{'s differ' if found.others > 1 else ' differs'}"


def _causes(table: Table) -> Iterator[str]:
    """Yield what gives every digit, and is no batch normalization with the eps that is given."""
    alone = replace(table, cells={n: table[n] for n in ("xhat", "y") if table[n]})
    if next(rules(alone), None):
        return
    eps = table.eps or Fraction(0)
    exact = [v - table.mean for v in table.x]
    for bessel in (False, True) if table.m > 1 else (False,):
        var = table.squares / (table.m - bessel)
        for found in divisors(table, exact, NONE):
            if var + eps in found.span:
                yield "the digits are those of a division by the variance, not by its root"
            if eps and found.span.solved(Fraction(1), eps).has_root(var):
                yield "the digits are those of a division by sqrt(var) + eps"
    others = list(rules(replace(table, eps=None))) if table.eps is not None else []
    if others:
        yield f"the digits are those of {min(others, key=lambda rule: rule.cost).told()}"
