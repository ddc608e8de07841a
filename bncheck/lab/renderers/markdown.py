"""The claims as Markdown: a table of all, then a section for each, each with its table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bncheck.lab.judging import Claim
from bncheck.lab.renderers import facts, numbers
from bncheck.lab.renderers.theorems import THEOREMS, named

_SIGNS = re.compile(r"([\\`*_\[\]<>|$#])")
LABELS = {
    "claim": "Claimed",
    "source": "By",
    "disputed": "Disputed by",
    "definition": "Measured",
    "control": "Control",
    "theorems": "Theorems",
    "differs": "Depends",
    "margin": "Large enough to matter",
    "run": "Run",
}


def render(claims: Sequence[Claim]) -> str:
    """Return claims as a page by itself."""
    return "\n".join(["# The lab", "", *parts(claims)]) + "\n"


def parts(claims: Sequence[Claim], proofs: str = "") -> Iterator[str]:
    """Yield the lines of the tables and sections. proofs: the folder that theorems link to"""
    yield from summary(claims)
    yield ""
    yield from (f"- {plain(note)}" for note in facts.notes(claims))
    for claim in claims:
        yield ""
        yield from section(claim, proofs)


def summary(claims: Sequence[Claim]) -> Iterator[str]:
    """Yield a table with a line for each claim."""
    yield "| claim | | verdict | the strongest statistic |"
    yield "|---|---|---|---|"
    for claim in claims:
        told = (claim.experiment.title, numbers.word(claim), facts.line(claim))
        yield f"| {claim.experiment.id} | {plain(told[0])} | **{told[1]}** | {plain(told[2])} |"


def section(claim: Claim, proofs: str = "") -> Iterator[str]:
    """Yield what is told of one claim."""
    experiment = claim.experiment
    yield f"## {experiment.id} {plain(experiment.title)}: {numbers.word(claim)}"
    yield ""
    for label, said in facts.about(claim):
        if said:
            shown = _theorems(experiment.theorems, proofs) if label == "theorems" else plain(said)
            yield f"- {LABELS[label]}: {shown}"
    rows = facts.rows(claim)
    if not rows:
        return
    yield ""
    yield f"| {' | '.join(facts.HEADER)} |"
    yield "|---|---|---:|---|---|---:|---:|---|"
    for row in rows:
        yield f"| {' | '.join(map(plain, row.cells))} |"
    told = [f"- {plain(row.cell)}: {plain(note)}" for row in rows for note in row.notes]
    if told:
        yield from ("", *told)


def _theorems(ids: Sequence[str], proofs: str) -> str:
    """Return theorems with their names, as links to their files where a folder is given."""
    told = []
    for each in ids:
        if proofs and each in THEOREMS:
            file, name = THEOREMS[each]
            told.append(f"[{each}]({proofs}/{file}.py) {plain(name)}")
        else:
            told.append(plain(named(each)))
    return "; ".join(told)


def plain(text: str) -> str:
    """Keep Markdown from reading signs of a text as its own."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
