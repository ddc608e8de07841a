"""Where a theorem holds: as its file says, as the theorem says, and what its equations need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.claims.domain import VARIANCE, named, of_power
from bncheck.symbolic.claims.nodes import Relation
from bncheck.symbolic.expression import Add, Expr, Mul, Number, Power, Symbol
from bncheck.symbolic.stating.reading import TheoremReading, spelled
from bncheck.symbolic.stating.sections import EVERYWHERE
from bncheck.symbolic.stating.surface import same
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import eps, m

AT_LEAST, NOT = r"\ge", r"\neq"
SIGNS = {AT_LEAST: AT_LEAST, ">": ">", r"\le": AT_LEAST, "<": ">", "=": "=", NOT: NOT}
FOLLOWS = {">": (">", ">=", "!="), AT_LEAST: (">=",), NOT: ("!=",), "=": ()}
ENOUGH = {">": (">",), ">=": (">", AT_LEAST), "!=": (">", NOT)}
WORD = re.compile(r"[A-Za-z]\w*")


@dataclass(frozen=True)
class Condition:
    """``value > 0``, ``>= 0``, ``= 0`` or ``!= 0``; ``least`` is k where it is ``m >= k``."""

    sign: str
    value: Expr
    least: int = 0

    @property
    def shown(self) -> str:
        """The condition in plain text."""
        sign = {AT_LEAST: ">=", NOT: "!="}.get(self.sign, self.sign)
        return f"{named(self.value)} {sign} 0"

    @property
    def follows(self) -> Iterator[str]:
        """What follows from it, in the words in which `of_power` names what is needed."""
        yield from (f"m > {at}" for at in range(self.least))
        yield from (f"{named(self.value)} {sign} 0" for sign in FOLLOWS[self.sign])

    @property
    def positive(self) -> str:
        """The letter that it calls positive: ``a > 0``, or ``t >= 1``; empty if there is none."""
        match self.value:
            case Symbol(name) if self.sign == ">":
                return name
            case Add((Symbol(name), Number(less))) if less < 0 and self.sign in (">", AT_LEAST):
                return name
        return ""

    def says_same(self, other: Condition) -> bool:
        """Whether two conditions are one."""
        if self.sign != other.sign:
            return False
        either = self.sign in ("=", NOT) and same(self.value, -other.value)
        return either or same(self.value, other.value)


def read(how: TheoremReading, texts: Iterable[str]) -> list[Condition]:
    """Return the conditions that a list of relations says.

    Raises NotSupported for what is not read.
    """
    return [_condition(how, relation) for text in texts for relation in how.relations(text)]


def _condition(how: TheoremReading, relation: Relation) -> Condition:
    if relation.sign not in SIGNS:
        raise NotSupported(f"the relation '{relation.sign}' is no condition")
    sign = SIGNS[relation.sign]
    left, right = how.sides(relation)
    if relation.sign in (r"\le", "<"):
        left, right = right, left
    least = 0
    if left == m and isinstance(right, Number) and sign in (">", AT_LEAST):
        least = int(right.value) + (sign == ">")
    return Condition(sign, left - right, least)


def in_dialect(domain: str) -> str:
    """Return the domain of a theorem as the dialect has it; mostly it is in plain text."""
    if "\\" in domain or domain == EVERYWHERE:
        return domain
    return WORD.sub(lambda word: spelled(word[0]) + " ", domain.replace("!=", NOT))


def missing(sides: Iterable[Expr], holds: Sequence[Condition]) -> str | None:
    """Say what a root or a denominator needs, and what holds does not give it.

    Batches have at least one value; eps is positive only where it is said.
    """
    given = {"m > 0"}.union(*(condition.follows for condition in holds))
    if VARIANCE in given:
        given.add("m > 1")
    of_eps = any(c.sign == ">" and eps in walk(c.value) for c in holds)
    for node in (n for side in sides for n in walk(without_derivatives(side))):
        if not isinstance(node, Power) or (node.exponent > 0 and node.exponent.denominator == 1):
            continue
        if not of_eps and eps in walk(node.base):
            return f"{named(node.base)} > 0"
        for need in of_power(node.base, node.exponent):
            if need not in given and not _is_given(node.base, need, holds):
                return need
    return None


def _is_given(base: Expr, need: str, holds: Sequence[Condition]) -> bool:
    """Whether a condition says it of the base, or of the factor that the need is about."""
    about, sign, _ = need.rsplit(" ", 2)
    factors = base.factors if isinstance(base, Mul) else ()
    parts = [part for part in (base, *factors) if named(part) == about]
    return any(c.sign in ENOUGH[sign] and same(c.value, part) for part in parts for c in holds)
