"""From a printed formula to a verdict.

true       both sides are equal for every batch size
true-if    they are equal under conditions, which are named; a counterexample shows it without
false      there is a rational counterexample, and no condition that is looked for helps
undecided  with a reason
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
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
    left, right, sign = statement.left, statement.right, statement.sign
    doubt = "not proved equal, and no difference found on small batches"
    try:
        if equal(left, right):
            return Verdict("true")
    except (NotSupported, ZeroDivisionError, ValueError) as reason:
        doubt = str(reason)
    found = smallest(left, right, sign)
    if found is None:
        if sign in (r"\le", r"\ge"):
            doubt = "no counterexample was found, no proof is known"
        return Verdict("undecided", reason=doubt)
    conditions = _conditions(statement)
    if conditions:
        return Verdict("true-if", conditions, found)
    correction = repaired(statement.left, statement.right) if repair else None
    return Verdict("false", counterexample=found, repair=correction)


def _conditions(statement: Statement) -> tuple[str, ...]:
    """Return the smallest set of known conditions under which both sides are equal."""
    # first: dL/d(eps) at eps = 0 is not the derivative of L(0)
    left, right = without_derivatives(statement.left), without_derivatives(statement.right)
    known = _known_conditions(left, right)
    for count in (1, 2):
        for names in combinations(known, count):
            try:
                first, second = (_under([known[n] for n in names], side) for side in (left, right))
                if equal(first, second) and not _is_empty(first, second):
                    return names
            except (NotSupported, ZeroDivisionError, ValueError):
                continue
    return ()


Condition = Callable[[Expr], Expr]


def _known_conditions(left: Expr, right: Expr) -> dict[str, Condition]:
    """Return the conditions that are tried, each with what it makes of a side."""
    nodes = [*walk(left), *walk(right)]
    symbols = {n.name: n.positive for n in nodes if isinstance(n, Symbol)}
    factors = sorted(n for n, positive in symbols.items() if not positive and n not in AFFINE)
    values: dict[str, tuple[str, Expr]] = {"eps = 0": ("eps", ZERO)}
    values |= {f"{name} > 0": (name, Symbol(name, positive=True)) for name in factors}
    values |= {"gamma = 1": ("gamma", as_expr(1)), "beta = 0": ("beta", ZERO)}
    found: dict[str, Condition] = {
        says: partial(substitute, name=name, value=value)
        for says, (name, value) in values.items()
        if name in symbols
    }
    if any(isinstance(n, Element) and n.name == "x" for n in nodes):
        found["mu = 0"] = _centred
    return found


AFFINE = ("gamma", "beta")


def _under(conditions: Iterable[Condition], side: Expr) -> Expr:
    for condition in conditions:
        side = condition(side)
    return side


def _centred(side: Expr) -> Expr:
    if isinstance(side, Element) and side.name == "x":
        (at,) = side.indices
        return (x - mean(x))[at]
    return rebuild(side, tuple(map(_centred, side.children)))


def _is_empty(left: Expr, right: Expr) -> bool:
    """Whether a condition has made both sides plain numbers: then it says nothing of interest."""
    return isinstance(left, Number) and isinstance(right, Number) and not free_indices(left)
