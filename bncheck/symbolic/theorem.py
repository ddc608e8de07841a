"""Theorems as data: derivations whose every step names its rule, and how they are checked.

A theorem is *accepted* only if every equation in it is accepted by all three checkers of
`bncheck.symbolic.checkers`, and every step by the normal form. What is not an equation between
formulas says by its kind what else was done:

identity    equations alone
inequality  an equation ``greater - lesser = gap`` with a gap that is manifestly not negative
induction   equations for the start and the step, and the statement itself, computed literally
            for small sizes in exact arithmetic
cases       equations for each of finitely many cases, and the statement computed literally
limit       equations that make the limit a value of a function that is continuous there
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers import normal_form, rationals, small_sizes
from bncheck.symbolic.expression import Expr, Scalar, as_expr
from bncheck.symbolic.nonnegative import doubt

Kind = Literal["identity", "inequality", "induction", "cases", "limit"]

RULES = frozenset(
    {
        "definition",  # a name is replaced by what it stands for, or back
        "sum rule",  # derivative of a sum; a sum of sums
        "product rule",
        "chain rule",
        "power rule",
        "linearity",  # constants and sums move through a sum over the batch
        "substitute",  # an equation proved before, or a hypothesis, is put in
        "collect",  # equal terms are gathered
        "expand",
        "cancel",
        "centred",  # sum (x - mean x) = 0
        "normalized",  # sum xhat = 0, sum xhat^2 = m var / (var + eps)
        "symmetry",
        "root",  # the positive root of a square
    }
)


@dataclass(frozen=True)
class Step:
    """One line of a derivation: the rule that leads to it, and the expression."""

    rule: str
    expression: Expr


@dataclass(frozen=True)
class Derivation:
    """A chain of equal expressions; what it shows is that the first equals the last."""

    name: str
    start: Expr
    steps: tuple[Step, ...]

    @property
    def end(self) -> Expr:
        """The last expression."""
        return self.steps[-1].expression


@dataclass(frozen=True)
class Inequality:
    """lesser <= greater, because greater - lesser = gap and the gap is manifestly not negative.

    ``given`` are the hypotheses: expressions that are not negative where the theorem holds. The
    equation holds without them; they are factors of the gap.
    """

    name: str
    lesser: Expr
    greater: Expr
    gap: Expr
    given: tuple[Expr, ...] = ()


Instance = tuple[str, object, object]
"""What was computed, and the two exact values that the theorem says are equal."""


@dataclass(frozen=True)
class Theorem:
    """A statement about batch normalization, with its proof.

    id: the law's id; title: one line; derivations, inequalities: the equations
    domain: where it holds; instances: the statement computed literally at small sizes
    argument: for induction, cases and limit, one sentence on how the equations make the statement
    """

    id: str
    title: str
    derivations: tuple[Derivation, ...] = ()
    inequalities: tuple[Inequality, ...] = ()
    kind: Kind = "identity"
    domain: str = "m >= 1, var + eps > 0"
    argument: str = ""
    instances: Callable[[random.Random], Iterator[Instance]] | None = None

    def __post_init__(self) -> None:
        """Refuse a theorem that says nothing, or that claims a kind without what it needs."""
        if not self.derivations and not self.inequalities:
            raise ValueError(f"theorem {self.id} has no equation")
        if (self.kind == "inequality") != bool(self.inequalities):
            raise ValueError(f"theorem {self.id}: inequalities belong to kind 'inequality'")
        if self.kind in ("induction", "cases") and not (self.instances and self.argument):
            raise ValueError(f"theorem {self.id}: {self.kind} needs instances and an argument")
        if self.kind == "limit" and not self.argument:
            raise ValueError(f"theorem {self.id}: a limit needs an argument")


def derive(name: str, start: Scalar, *steps: tuple[str, Scalar]) -> Derivation:
    """Make a derivation from its first expression and (rule, expression) pairs.

    Raises ValueError for a rule without a name in `RULES`, or without any step.
    """
    for rule, _ in steps:
        if rule not in RULES:
            known = ", ".join(sorted(RULES))
            raise ValueError(f"unknown rule {rule!r} in {name!r}; rules: {known}")
    if not steps:
        raise ValueError(f"the derivation {name!r} has no step")
    return Derivation(name, as_expr(start), tuple(Step(r, as_expr(e)) for r, e in steps))


@dataclass(frozen=True)
class Check:
    """One thing that was checked: ``refuted`` is ``None`` if it holds, else what is wrong."""

    what: str
    checker: str
    refuted: str | None


Checker = Callable[[Expr, Expr], "str | None"]

CHECKERS: dict[str, Checker] = {
    "normal form, all m": normal_form.refutation,
    "SymPy, m = 2 and 3, integers at m = 4 and 5": small_sizes.refutation,
    "exact rationals, random points": rationals.refutation,
}
INSTANCES = "literal instances"


def check(theorem: Theorem) -> Iterator[Check]:
    """Yield every check of a theorem; it is proved if none is refuted."""
    for derivation in theorem.derivations:
        yield from _equation(derivation.name, derivation.start, derivation.end)
        lines = [derivation.start, *(step.expression for step in derivation.steps)]
        for number, (before, after) in enumerate(pairwise(lines), 1):
            what = f"{derivation.name}, step {number} ({derivation.steps[number - 1].rule})"
            name = "normal form, all m"
            yield Check(what, name, _ask(CHECKERS[name], before, after))
    for inequality in theorem.inequalities:
        gap = inequality.greater - inequality.lesser
        yield from _equation(inequality.name, gap, inequality.gap)
        yield Check(
            inequality.name, "manifestly not negative", doubt(inequality.gap, inequality.given)
        )
    if theorem.instances:
        wrong = [
            f"{what}: {left} is not {right}"
            for what, left, right in theorem.instances(random.Random(theorem.id))
            if left != right
        ]
        yield Check("the statement", INSTANCES, wrong[0] if wrong else None)


def _equation(what: str, left: Expr, right: Expr) -> Iterator[Check]:
    for name, checker in CHECKERS.items():
        yield Check(what, name, _ask(checker, left, right))


def _ask(checker: Checker, left: Expr, right: Expr) -> str | None:
    try:
        return checker(left, right)
    except NotSupported as reason:
        return f"not decided: {reason}"
    except ZeroDivisionError:
        return "not decided: something is divided by what is identically zero"
