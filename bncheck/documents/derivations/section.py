"""What the blocks of one theorem have in common: its expressions with names, and what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bncheck.documents.derivations.naming import Naming, named
from bncheck.documents.derivations.outlines import Local
from bncheck.documents.derivations.supposed import Supposed, letters, supposed
from bncheck.documents.derivations.writing import Writer
from bncheck.symbolic.expression import Expr
from bncheck.symbolic.proving import Outcome
from bncheck.symbolic.theorem import Theorem


@dataclass(frozen=True)
class Chain:
    """A derivation: its name, and its lines with the rule that leads to each."""

    name: str
    start: Expr
    steps: tuple[tuple[str, Expr], ...]

    @property
    def end(self) -> Expr:
        """The last line."""
        return self.steps[-1][1]


@dataclass(frozen=True)
class Bound:
    """An inequality: both sides, their difference as it stands, and as it is seen to be >= 0."""

    name: str
    lesser: Expr
    greater: Expr
    gap: Expr
    given: tuple[Expr, ...]


class Section:
    """The state of one section while its blocks are made: what it has told, and its numbers."""

    def __init__(self, outcome: Outcome) -> None:
        """Name what is long in all expressions of a theorem."""
        self.outcome = outcome
        self.naming: Naming = named(expressions(outcome.proof.theorem), letters(outcome.proof))
        self.writer = Writer(self.naming)
        self.chains, self.bounds = _with_names(outcome.proof.theorem, self.naming)
        self.supposed: Supposed = supposed(outcome.proof, self.naming)
        self.told_of_directions = False
        self.anchors: dict[str, str] = {}
        self._introduced: set[str] = set()
        self._number = 0

    def anchor(self, name: str = "") -> str:
        """Return the anchor of the next equation, which is kept under its name, if it has one."""
        self._number += 1
        made = f"eq-{self.outcome.proof.theorem.id}-{self._number}"
        if name:
            self.anchors[name] = made
        return made

    def introduce(self, exprs: Sequence[Expr]) -> list[Local]:
        """Return the local names of these expressions that were not told yet; now they are."""
        new = [u for u in self.naming.used(exprs) if u.key not in self._introduced]
        self._introduced.update(local.key for local in new)
        return new

    def stated(self) -> Iterator[tuple[str, Expr, str, Expr]]:
        """Yield each equation: its name, and its sides with the sign between them."""
        for chain in self.chains:
            yield chain.name, chain.start, "=", chain.end
        for bound in self.bounds:
            yield bound.name, bound.lesser, r"\le", bound.greater


def expressions(theorem: Theorem) -> list[Expr]:
    """Return all expressions of a theorem, in order."""
    lines = [
        line for d in theorem.derivations for line in (d.start, *(s.expression for s in d.steps))
    ]
    sides = [side for q in theorem.inequalities for side in (q.lesser, q.greater, q.gap, *q.given)]
    return [*lines, *sides]


def _with_names(theorem: Theorem, naming: Naming) -> tuple[list[Chain], list[Bound]]:
    rest = iter(naming.exprs)
    chains = [
        Chain(d.name, next(rest), tuple((step.rule, next(rest)) for step in d.steps))
        for d in theorem.derivations
    ]
    bounds = [
        Bound(q.name, next(rest), next(rest), next(rest), tuple(next(rest) for _ in q.given))
        for q in theorem.inequalities
    ]
    return chains, bounds
