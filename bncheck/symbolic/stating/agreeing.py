"""Whether a proof's file states what is proved: formula by formula, and where it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.domain import named
from bncheck.symbolic.expression import Element, Expr, Sum, Symbol
from bncheck.symbolic.library import Proof
from bncheck.symbolic.stating.domains import Condition, in_dialect, missing, read
from bncheck.symbolic.stating.reading import USUAL_NUMBERS, TheoremReading, reader
from bncheck.symbolic.stating.sections import Entry, split, stated
from bncheck.symbolic.stating.surface import form, same
from bncheck.symbolic.theorem import Check, Theorem
from bncheck.symbolic.trees import walk
from bncheck.symbolic.work import limited

STATED = "the statement as it is printed"
MAX_PRODUCTS = 400_000
"""Products of terms that one statement may cost, as for a claim."""
REFUSED = (NotSupported, ValueError, ZeroDivisionError)


@dataclass(frozen=True)
class Equation:
    """What a theorem proves under one name: ``left sign right``, where what is given holds.

    all: every expression that the proof of it shows
    """

    name: str
    left: Expr
    sign: str
    right: Expr
    given: tuple[Expr, ...]
    all: tuple[Expr, ...]


def equations(theorem: Theorem) -> list[Equation]:
    """Return what a theorem proves."""
    return [
        *(Equation(d.name, d.start, "=", d.end, (), (d.start, d.end)) for d in theorem.derivations),
        *(
            Equation(q.name, q.lesser, r"\le", q.greater, q.given, (q.lesser, q.greater, q.gap))
            for q in theorem.inequalities
        ),
    ]


def agreement(proof: Proof) -> Iterator[Check]:
    """Yield a check for each equation, and one for the domain: do the file's words say the same?"""
    proved = equations(proof.theorem)
    try:
        told = stated(proof.text, [equation.name for equation in proved])
        how = reader([side for equation in proved for side in equation.all], told.where)
        where = read(how, told.domain)
        own = read(how, split(in_dialect(proof.theorem.domain)))
    except REFUSED as reason:
        yield Check("the statement", STATED, str(reason))
        return
    yield Check("the domain", STATED, _differ(where, own) or _strange(proved, where))
    for equation in proved:
        said = [entry for entry in told.entries if entry.name == equation.name]
        yield Check(equation.name, STATED, _doubt(how, equation, said, where))


def _differ(told: list[Condition], own: list[Condition]) -> str | None:
    """Say where two domains are not the same."""
    for one, other, who in ((told, own, "the theorem"), (own, told, "the statement")):
        for condition in one:
            if not any(condition.says_same(each) for each in other):
                return f"{who} does not suppose that {condition.shown}"
    return None


def _strange(proved: list[Equation], where: list[Condition]) -> str | None:
    """Say where a domain is about values that no equation has."""
    known = {_array(n) for e in proved for side in e.all for n in walk(side)}
    for condition in where:
        if any(_array(node) not in known for node in walk(condition.value)):
            return f"{condition.shown} is about values that no equation has"
    return None


def _array(node: Expr) -> tuple[str, int] | None:
    return (node.name, len(node.indices)) if isinstance(node, Element) else None


def _doubt(
    how: TheoremReading, equation: Equation, said: list[Entry], where: list[Condition]
) -> str | None:
    """Say in what an entry is not the equation, or what it leaves out."""
    if len(said) != 1:
        return "is not stated" if not said else "is stated twice"
    try:
        with limited(MAX_PRODUCTS):
            return _formula(how, equation, said[0]) or _supposed(how, equation, said[0], where)
    except REFUSED as reason:
        return str(reason)


def _formula(how: TheoremReading, equation: Equation, entry: Entry) -> str | None:
    found = how.relations(entry.formula)
    if len(found) != 1:
        return "the statement has more than one relation sign"
    (relation,) = found
    left, right = how.sides(relation)
    sign = relation.sign
    if sign == r"\ge":
        left, right, sign = right, left, r"\le"
    if sign != equation.sign:
        return f"the statement says '{relation.sign}', the theorem '{equation.sign}'"
    if form(left) == form(right):
        return "both sides of the statement are the same, so it says nothing"
    if same(left, equation.left) and same(right, equation.right):
        return None
    if sign == "=" and same(left, equation.right) and same(right, equation.left):
        return None
    return "the statement says something else than the theorem"


def _supposed(
    how: TheoremReading, equation: Equation, entry: Entry, where: list[Condition]
) -> str | None:
    """Say what the equation supposes and the statement does not, or supposes in vain."""
    extra = read(how, entry.supposed)
    holds = [*where, *extra]
    for value in equation.given:
        if not any(c.sign in (">", r"\ge") and same(c.value, value) for c in holds):
            return f"the statement does not suppose that {named(value)} >= 0"
    nodes = [node for side in equation.all for node in walk(side)]
    numbers = {n.name for n in nodes if isinstance(n, Symbol) and n.positive}
    sizes = {n.index.size for n in nodes if isinstance(n, Sum)}
    for name in sorted(numbers - USUAL_NUMBERS - sizes - {c.positive for c in holds}):
        return f"the statement does not suppose that {name} > 0"
    need = missing((equation.left, equation.right), holds)
    return f"the statement does not suppose that {need}" if need else None
