"""The verdict on a formula, in blocks: conditions, a counterexample, a correction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bncheck.documents.books import printed
from bncheck.documents.books.catalogue import sentence
from bncheck.documents.books.stepwise import worked
from bncheck.documents.model import Block, Inline, Paragraph, Prose, Strong, Text
from bncheck.symbolic.claims.judge import DOUBTS, judge_each
from bncheck.symbolic.claims.page import Before
from bncheck.symbolic.claims.statement import Statement
from bncheck.symbolic.claims.verdict import Verdict
from bncheck.symbolic.notes.judging import AT

NAMES = {
    "true": "True",
    "true-if": "True under a condition",
    "false": "False",
    "update": "An update that is known",
    "definition": "A definition",
    "undecided": "Not decided",
}
"""How a verdict is called, in the order in which they are counted."""


def judged(
    tex: str, where: Mapping[str, str], before: Before | None = None
) -> tuple[Statement | None, Verdict]:
    """Return the verdict that matters most on a formula, and the statement that it is about."""
    try:
        pairs = judge_each(tex, where, before=before)
    except DOUBTS as reason:
        return None, Verdict("undecided", reason=str(reason))
    for kind in ("false", "undecided", "true-if"):
        for statement, verdict in pairs:
            if verdict.verdict == kind:
                return statement, verdict
    return pairs[0]


def blocks(verdict: Verdict, statement: Statement | None = None) -> Iterator[Block]:
    """Yield what was found: the verdict, why, where it fails, what would be right."""
    yield Paragraph((*_line(verdict),), "Verdict")
    if verdict.repair:
        told = _capital(printed.sentence(verdict.repair.says))
        yield Paragraph((*told, Text(".")), "What is wrong")
    found = verdict.counterexample
    if found and statement is not None:
        if verdict.verdict == "true-if":
            yield Paragraph((Text("Without the condition the two sides differ:"),))
        yield from worked(statement.left, statement.right, found)
    elif found:
        yield Paragraph((Text(f"{found}."),), "Counterexample")
    if verdict.repair:
        yield Paragraph(
            (Text("A formula that is true, and near to the printed one:"),), "Corrected"
        )
        yield printed.displayed(verdict.repair.corrected)


def _capital(prose: Prose) -> Prose:
    """Return a sentence that begins with a capital letter, if with a word."""
    first = prose[0]
    return (Text(sentence(first.text)), *prose[1:]) if isinstance(first, Text) else prose


def _line(verdict: Verdict) -> Iterator[Inline]:
    yield Strong(NAMES[verdict.verdict])
    if verdict.part:
        yield Text(f" ({verdict.part})")
    if verdict.conditions:
        yield Text(": if ")
        yield from printed.conditions(verdict.conditions)
    yield Text(".")
    if verdict.reason:
        yield Text(" ")
        yield from printed.with_conditions(_reason(verdict.reason))


def _reason(text: str) -> str:
    text = AT.sub("", text)  # counted in a source that is not shown
    first = text[:1].upper() if text[:2].isalpha() else text[:1]
    end = "" if text.endswith("?") else "."
    return f"{first}{text[1:].rstrip('.')}{end}"
