"""A user's own derivation, as `bncheck check` has read it: each formula with its verdict.

A page in which a formula is false is never called proved, nor one in which nothing was decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bncheck.documents.books import printed, verdicts
from bncheck.documents.model import (
    Block,
    Box,
    Document,
    Heading,
    Items,
    Paragraph,
    Prose,
    Reference,
    Strong,
    Text,
)
from bncheck.errors import NotSupported
from bncheck.symbolic.notes.judging import Said
from bncheck.symbolic.notes.macros import expanded
from bncheck.symbolic.notes.sources import Formula
from bncheck.terminal import beginning, clean

KINDS = {
    "definition": "A definition: it holds for what follows.",
    "assumption": "An assumption: it is taken to hold for what follows.",
    "setting": "A setting, in passing: it holds to the end of its sentence.",
}
"""What is said of a formula that is no claim; of others nothing is said, and they are counted."""
LONGEST = 60


def document(said: Sequence[Said], name: str) -> Document:
    """Return the page's formulas in order, after a summary."""
    title = f"{clean(beginning(name, LONGEST))}: {_outcome(said)}"
    parts: list[Block] = [Heading("What was found", 1, "chapter-found"), *_summary(said)]
    parts.append(Heading("The formulas in order", 1, "chapter-formulas"))
    for number, one in enumerate(_shown(said), 1):
        parts += _formula(number, one)
    return Document(title, tuple(parts), "A derivation, checked formula by formula")


def _shown(said: Sequence[Said]) -> list[Said]:
    return [one for one in said if one.verdict or one.kind in KINDS]


def _outcome(said: Sequence[Said]) -> str:
    """Say in a title what came out."""
    times = Counter(one.verdict.verdict for one in said if one.verdict)
    if times["false"]:
        wrong = times["false"]
        return f"{wrong} formula{'s' * (wrong > 1)} {'are' if wrong > 1 else 'is'} false"
    if times["undecided"]:
        return f"not decided in {times['undecided']} of {times.total()} formulas"
    if not any(one.verdict.decided for one in said if one.verdict):
        return "nothing was decided"
    return "true under conditions" if times["true-if"] else "every formula is true"


def _summary(said: Sequence[Said]) -> Iterator[Block]:
    times = Counter(one.verdict.verdict for one in said if one.verdict)
    kinds = Counter(one.kind for one in said)
    if times["false"]:
        yield Box("failed", "A formula is false", (*_failed(said),))
    counted = [
        f"{times[kind]} {name.lower()}" for kind, name in verdicts.NAMES.items() if times[kind]
    ]
    yield Paragraph((Text(f"{', '.join(counted) or 'none'}."),), "Formulas judged")
    told = [f"{kinds[kind]} {kind}{'s' * (kinds[kind] > 1)}" for kind in KINDS if kinds[kind]]
    if told:
        yield Paragraph((Text(f"{', '.join(told)}."),), "Taken as given")
    if kinds["other"] or kinds["symbol"]:
        left = kinds["other"] + kinds["symbol"]
        yield Paragraph((Text(f"Left out here: {left} without a claim, or about something else."),))
    yield Paragraph(
        (
            Text(
                "Each formula was judged for every batch size and all values, under what the page "
                "had defined and assumed until there. The words of the page were not judged."
            ),
        )
    )


def _failed(said: Sequence[Said]) -> Iterator[Block]:
    items: list[Prose] = []
    for number, one in enumerate(_shown(said), 1):
        if one.verdict and one.verdict.verdict == "false":
            where = Reference(f"formula-{number}", f"Formula {number}")
            items.append((where, Text(f", {_place(one)}: "), *_wrong(one)))
    yield Paragraph((Strong("What follows from a false formula is not shown by this page."),))
    yield Items(tuple(items))


def _wrong(one: Said) -> Prose:
    repair = one.verdict.repair if one.verdict else None
    return (*printed.sentence(repair.says), Text(".")) if repair else (Text("it is false."),)


def _formula(number: int, one: Said) -> Iterator[Block]:
    verdict = one.verdict
    name = verdicts.NAMES[verdict.verdict] if verdict else one.kind.capitalize()
    yield Heading(f"Formula {number}: {name.lower()}", 2, f"formula-{number}")
    is_part = verdict is not None and verdict.part and verdict.verdict != "false"
    yield from printed.lines(one.shown if is_part and one.shown else _expanded(one.formula))
    if verdict is None:
        yield Paragraph((Text(KINDS[one.kind]),))
        return
    blocks = verdicts.blocks(verdict, one.statement)
    if verdict.verdict == "false":
        yield Box("failed", f"False, {_place(one)}", (*_part(one), *blocks))
    else:
        yield from blocks


def _expanded(formula: Formula) -> str:
    """Return what a formula is without the macros of its page."""
    try:
        return expanded(formula.text, formula.macros)[0]
    except NotSupported:
        return formula.text


def _part(one: Said) -> Iterator[Block]:
    """Yield the one relation that the verdict is about, where the formula has several."""
    if one.shown and one.verdict and one.verdict.part:
        yield Paragraph((Text("The verdict is about this relation:"),))
        yield printed.displayed(one.shown)


def _place(one: Said) -> str:
    cell = "" if one.formula.cell is None else f"cell {one.formula.cell}, "
    return f"{cell}line {one.line}"
