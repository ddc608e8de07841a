"""From a printed formula to a verdict.

true       both sides are equal for every batch size
true-if    they are equal under conditions, which are named; a counterexample shows it without
false      there is a rational counterexample, and no condition that is looked for helps
undecided  with a reason
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from bncheck.errors import NotSupported
from bncheck.symbolic.algebra import limited
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.claims.counterexample import Counterexample, smallest
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.meaning import Reading, reading
from bncheck.symbolic.claims.nodes import Name, Relation, names_in
from bncheck.symbolic.claims.repair import Repair, repaired
from bncheck.symbolic.claims.syntax import parse
from bncheck.symbolic.expression import (
    ZERO,
    Element,
    Expr,
    Number,
    Symbol,
    as_expr,
    free_indices,
    rebuild,
)
from bncheck.symbolic.normal import equal
from bncheck.symbolic.trees import substitute, walk
from bncheck.symbolic.vocabulary import mean, x

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


@dataclass(frozen=True)
class Statement:
    """Both sides of a claim, as expressions."""

    left: Expr
    right: Expr
    sign: str = "="


def judge(latex: str, where: Mapping[str, str] | None = None, *, repair: bool = True) -> Verdict:
    """Judge one printed formula; never raises for what is in it.

    Without ``repair`` no correction of a false one is looked for, which is most of the time.
    """
    try:
        found = list(statements(latex, where or {}))
    except ClaimError as reason:
        return Verdict("undecided", reason=str(reason))
    except (NotSupported, ValueError, ZeroDivisionError) as reason:
        return Verdict("undecided", reason=str(reason))
    with limited(MAX_PRODUCTS):
        verdicts = [_judged(statement, repair) for statement in found]
    for kind in ("false", "undecided", "true-if"):
        for verdict in verdicts:
            if verdict.verdict == kind:
                return verdict
    return verdicts[0]


def statements(latex: str, where: Mapping[str, str]) -> Iterator[Statement]:
    """Yield what a printed formula claims, relation by relation.

    Raises ClaimError for what is not read or is ambiguous.
    """
    assumed, claimed = _split(latex)
    assumptions = [relation for part in assumed for relation in parse(part)]
    relations = parse(claimed)
    nodes = [side for r in (*assumptions, *relations) for side in (r.left, r.right)]
    how = reading(nodes, where)
    for relation in relations:
        _refuse_update(relation)
        if relation.sign not in ("=", r"\leftarrow", r"\equiv", r"\le", r"\ge"):
            raise ClaimError(f"the relation {relation.sign!r} is not one that is decided")
        left, right = how.expression(relation.left), how.expression(relation.right)
        for assumption in assumptions:
            left, right = (_assume(how, assumption, side) for side in (left, right))
        yield Statement(left, right, relation.sign)


def _split(latex: str) -> tuple[list[str], str]:
    r"""Take ``\text{if } A, B \text{ then } C`` apart."""
    match = re.match(r"\s*\\text\{\s*if\s*\}(.*?)\\text\{\s*then\s*\}(.*)", latex, re.DOTALL)
    if match is None:
        return [], latex
    return [part.replace("\\\\", " ") for part in match[1].split(",")], match[2]


def _assume(how: Reading, assumption: Relation, side: Expr) -> Expr:
    symbol = how.expression(assumption.left)
    if not isinstance(symbol, Symbol):
        raise ClaimError("an assumption must set gamma, beta or eps", assumption.left.position)
    return substitute(without_derivatives(side), symbol.name, how.expression(assumption.right))


def _refuse_update(relation: Relation) -> None:
    left = relation.left
    if isinstance(left, Name) and _bare(left) in map(_bare, names_in(relation.right)):
        raise ClaimError(
            f"an assignment that gives {left.base} a new value, not an equation", left.position
        )


def _bare(name: Name) -> Name:
    return Name(0, name.base, name.accent, name.below, name.above)


def _judged(statement: Statement, repair: bool) -> Verdict:
    try:
        if equal(statement.left, statement.right):
            return Verdict("true")
        found = smallest(statement.left, statement.right, statement.sign)
    except (NotSupported, ZeroDivisionError, ValueError) as reason:
        return Verdict("undecided", reason=str(reason))
    if found is None:
        if statement.sign in (r"\le", r"\ge"):
            return Verdict("undecided", reason="no counterexample was found, no proof is known")
        return Verdict(
            "undecided",
            reason="not proved equal, and no difference found on small batches with rational roots",
        )
    conditions = _conditions(statement)
    if conditions:
        return Verdict("true-if", conditions, found)
    correction = repaired(statement.left, statement.right) if repair else None
    return Verdict("false", counterexample=found, repair=correction)


def _conditions(statement: Statement) -> tuple[str, ...]:
    """Return the smallest set of known conditions under which both sides are equal."""
    sides = (statement.left, statement.right)
    present = {n.name for side in sides for n in walk(side) if isinstance(n, Symbol | Element)}
    usable = [name for name, needs in ASSUMPTIONS.items() if needs in present]
    for count in (1, 2):
        for names in combinations(usable, count):
            try:
                left, right = (_under(names, side) for side in sides)
                if equal(left, right) and not _is_empty(left, right):
                    return names
            except (NotSupported, ZeroDivisionError, ValueError):
                continue
    return ()


ASSUMPTIONS = {
    "eps = 0": "eps",
    "a > 0": "a",
    "gamma = 1": "gamma",
    "beta = 0": "beta",
    "mu = 0": "x",
}
"""Conditions that are tried, and the unknown that each is about."""


def _under(names: tuple[str, ...], side: Expr) -> Expr:
    side = without_derivatives(side)  # first: dL/d(eps) at eps = 0 is not the derivative of L(0)
    for name in names:
        if name == "eps = 0":
            side = substitute(side, "eps", ZERO)
        elif name == "a > 0":
            side = substitute(side, "a", Symbol("a", positive=True))
        elif name == "gamma = 1":
            side = substitute(side, "gamma", as_expr(1))
        elif name == "beta = 0":
            side = substitute(side, "beta", ZERO)
        else:
            side = _centred(side)
    return side


def _centred(side: Expr) -> Expr:
    if isinstance(side, Element) and side.name == "x":
        (at,) = side.indices
        return (x - mean(x))[at]
    return rebuild(side, tuple(map(_centred, side.children)))


def _is_empty(left: Expr, right: Expr) -> bool:
    """Whether a condition has made both sides plain numbers: then it says nothing of interest."""
    return isinstance(left, Number) and isinstance(right, Number) and not free_indices(left)
