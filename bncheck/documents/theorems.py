"""Makes a document out of theorems and what the checkers said about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bncheck.documents.model import (
    Block,
    Derivation,
    Document,
    Formula,
    Heading,
    Line,
    Paragraph,
    Verbatim,
)
from bncheck.symbolic.expression import Expr
from bncheck.symbolic.printers.formula import latex, text
from bncheck.symbolic.proving import HOW, Outcome
from bncheck.symbolic.stating.sections import DOMAIN, WORDS, parts
from bncheck.symbolic.theorem import Check, Inequality
from bncheck.symbolic.theorem import Derivation as Chain

UNCHECKED = "In words (a paraphrase, which is not what is checked)"


def book(outcomes: Iterable[Outcome], title: str) -> Document:
    """Return a document with a section for each theorem."""
    blocks: list[Block] = [Heading(title)]
    for outcome in outcomes:
        blocks += section(outcome)
    return Document(title, tuple(blocks))


def section(outcome: Outcome) -> Iterator[Block]:
    """Yield the blocks of one theorem."""
    theorem = outcome.proof.theorem
    yield Heading(f"{theorem.id}. {theorem.title}", 2)
    for label, body in parts(outcome.proof.text):
        if label != DOMAIN:  # it follows, in plain text
            yield Verbatim(body, UNCHECKED if label == WORDS else label)
    yield Paragraph(theorem.domain, "Domain")
    for chain in theorem.derivations:
        yield _derivation(chain, outcome.checks)
    for inequality in theorem.inequalities:
        yield _inequality(inequality, outcome.checks)
    if theorem.argument:
        yield Paragraph(theorem.argument, "Argument")
    verdict = "Proved" if outcome.proved else "REFUTED"
    checkers = sorted({c.checker for c in outcome.checks})
    yield Paragraph(
        f"{verdict} by {HOW[theorem.kind]}; checked by: {'; '.join(checkers)}.", "Proof"
    )


def _derivation(chain: Chain, checks: tuple[Check, ...]) -> Derivation:
    lines = []
    for number, step in enumerate(chain.steps, 1):
        about = f"{chain.name}, step {number} ("
        said = [c for c in checks if c.what.startswith(about)]
        if number == len(chain.steps):
            said += [c for c in checks if c.what == chain.name]
        lines.append(Line(_formula(step.expression), step.rule, _summary(said)))
    return Derivation(chain.name, _formula(chain.start), tuple(lines))


def _inequality(inequality: Inequality, checks: tuple[Check, ...]) -> Derivation:
    said = _summary([c for c in checks if c.what == inequality.name])
    gap = Line(_formula(inequality.gap), "difference of both sides, not negative", said)
    start = _formula(inequality.greater - inequality.lesser)
    return Derivation(inequality.name, start, (gap,))


def _formula(expr: Expr) -> Formula:
    return Formula(text(expr), latex(expr))


def _summary(checks: list[Check]) -> str:
    failed = [c for c in checks if c.refuted is not None]
    if failed:
        return "REFUTED: " + "; ".join(f"{c.checker}: {c.refuted}" for c in failed)
    return "; ".join(dict.fromkeys(c.checker for c in checks))
