"""The section of a theorem: its title and its statement, as its file has it."""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.documents.model import Block, Equation, Formula, Heading, Paragraph, Text
from bncheck.symbolic.proving import Outcome
from bncheck.symbolic.stating.sections import stated


def section(outcome: Outcome, level: int = 2) -> Iterator[Block]:
    """Yield the blocks of one theorem."""
    theorem = outcome.proof.theorem
    yield Heading(f"{theorem.id}. {theorem.title}", level, f"theorem-{theorem.id}")
    equations = (*theorem.derivations, *theorem.inequalities)
    said = stated(outcome.proof.text, [each.name for each in equations])
    for number, entry in enumerate(said.entries, 1):
        yield Equation(Formula(entry.formula), f"eq-{theorem.id}-{number}", (Text(entry.name),))
    for where in said.where:
        yield Paragraph((Text("where "), Formula(where)))
