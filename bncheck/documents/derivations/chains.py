"""Derivations and inequalities as blocks: one rule a line, and how it was checked."""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.documents.derivations import checked
from bncheck.documents.derivations.marking import marked
from bncheck.documents.derivations.rules import spoken, words
from bncheck.documents.derivations.section import Bound, Chain, Section
from bncheck.documents.derivations.statement import definitions
from bncheck.documents.model import (
    Block,
    Derivation,
    Formula,
    Line,
    Paragraph,
    Reference,
    Text,
)
from bncheck.symbolic.expression import ZERO, Expr

LET = "let"


def derivations(section: Section, *, brief: bool = False) -> Iterator[Block]:
    """Yield each derivation, after what its letters stand for; brief: see `theorem.blocks`."""
    shown: list[tuple[str, Expr, Expr]] = []
    for chain in section.chains:
        yield from definitions(section, [chain.start, *(e for _, e in chain.steps)], LET)
        made = _derivation(section, chain, shown)
        yield _told(section, made) if brief and _is_stated(made) else made
        shown.append((chain.name, chain.start, chain.end))
    for bound in section.bounds:
        yield from definitions(section, [bound.greater, bound.lesser, bound.gap], LET)
        yield _inequality(section, bound)


def _derivation(section: Section, chain: Chain, shown: list[tuple[str, Expr, Expr]]) -> Derivation:
    kept = _kept(section, chain)
    exprs = [chain.start, *(chain.steps[number][1] for number in kept)]
    names = spoken(section.naming.locals)
    lines = []
    for at, number in enumerate(kept):
        rule = words(chain.steps[number][0], exprs[at], exprs[at + 1], shown, names)
        follows = exprs[at + 2] if at + 2 < len(exprs) else None
        formula = _formula(section, exprs[at + 1], follows)
        lines.append(Line(formula, rule, failed=_failed(section, chain, number)))
    start = _formula(section, chain.start, exprs[1])
    said = checked.sentence(chain.name, section.outcome.checks)
    return Derivation(chain.name, start, tuple(lines), said)


def _is_stated(made: Derivation) -> bool:
    """Whether a derivation shows no more than both sides of what is stated."""
    return len(made.lines) == 1 and not made.lines[0].failed and r"\mark" not in made.start.tex


def _told(section: Section, made: Derivation) -> Paragraph:
    """Return a derivation of one step in words."""
    stated = Reference(section.anchors[made.name], "Equation")
    words = f", in one step: {made.lines[0].rule}. {made.checked}"
    return Paragraph((stated, Text(words)), made.name)


def _kept(section: Section, chain: Chain) -> list[int]:
    """Return the steps that are printed: not those that repeat the line before, unless refuted."""
    kept: list[int] = []
    before = section.writer.formula(chain.start)
    for number, (_, expr) in enumerate(chain.steps):
        formula = section.writer.formula(expr)
        if formula != before or _failed(section, chain, number):
            kept.append(number)
        before = formula
    return kept or [len(chain.steps) - 1]


def _failed(section: Section, chain: Chain, number: int) -> str:
    """Return what is wrong with a step: with itself or, of the last, with what it comes to."""
    checks = section.outcome.checks
    wrong = checked.step(chain.name, number + 1, checks)
    if not wrong and number == len(chain.steps) - 1:
        wrong = checked.refuted(c for c in checks if c.what == chain.name)
    return wrong


def _formula(section: Section, expr: Expr, follows: Expr | None) -> Formula:
    """Return a line, with marks on what the next rule changes."""
    if follows is None:
        return section.writer.formula(expr)
    plain = section.writer.formula(expr)
    return Formula(section.writer.formula(marked(expr, follows)).tex, plain.text)


def _inequality(section: Section, bound: Bound) -> Derivation:
    checks = section.outcome.checks
    wrong = checked.refuted(c for c in checks if c.what == bound.name)
    lines = (
        Line(
            section.writer.formula(bound.gap),
            "the difference of both sides, in terms whose sign is seen",
            failed=wrong,
        ),
        Line(section.writer.formula(ZERO), _not_negative(section, bound), r"\ge", failed=wrong),
    )
    difference = section.writer.formula(bound.greater - bound.lesser)
    return Derivation(bound.name, difference, lines, checked.sentence(bound.name, checks))


def _not_negative(section: Section, bound: Bound) -> str:
    said = "squares, roots and positive quantities are not negative"
    given = [section.writer.formula(each).text for each in bound.given]
    if given:
        said += f", nor is what is supposed: {', '.join(f'{each} >= 0' for each in given)}"
    return said
