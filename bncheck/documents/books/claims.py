"""Claims, judged: formulas as they were printed, the verdict, a counterexample, the correction."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bncheck.documents.books import printed, prose, verdicts
from bncheck.documents.books.catalogue import sentence
from bncheck.documents.model import (
    Block,
    Document,
    Heading,
    Inline,
    Paragraph,
    Prose,
    Strong,
    Table,
    Text,
)
from bncheck.symbolic import library
from bncheck.symbolic.claims.files import Claim, read
from bncheck.symbolic.claims.norms import TITLES
from bncheck.symbolic.claims.statement import Statement
from bncheck.symbolic.claims.verdict import Verdict

TITLE = "Claims, judged"
FILES = {
    "seeds": "What five introductions print",
    "literature": "What papers and tutorials print",
    "relatives": "What is printed of layer, RMS, group and instance normalization",
}
_YEAR = re.compile(r".*?\(\d{4}\)")


@dataclass(frozen=True)
class Judged:
    """A claim, its verdict, and the statement that the verdict is about."""

    claim: Claim
    verdict: Verdict
    statement: Statement | None = None


def document() -> Document:
    """Judge all claims of these files, and return what was found.

    Raises UsageError where the installation lacks them.
    """
    files = {name: [*map(_judged, _read(name))] for name in FILES}
    parts: list[Block] = [Heading("What was judged", 1, "chapter-judged")]
    parts += prose.blocks(OPENING)
    parts.append(_counts(files))
    parts += prose.blocks(READING)
    for name, title in FILES.items():
        parts.append(Heading(title, 1, f"chapter-{name}"))
        for source, claims in _grouped(files[name]):
            parts.append(Heading(source, 2))
            for each in claims:
                parts += _claim(each, source)
    return Document(TITLE, tuple(parts), "Formulas about batch normalization", contents=True)


OPENING = """
Formulas about batch normalization are copied from text to text, with a sign lost here and an
$\\epsilon$ there. Below are formulas as they were printed, each with the verdict of a program
that decides whether it is true for every batch and every $m$. The program reads the formula,
brings both sides to a normal form, and where they differ looks for the smallest batch that shows
it.
"""
READING = """
*True* means that both sides are equal for every batch size and all values, or that the inequality
is proved. *True under a condition* names the condition, and shows a batch that violates it.
*False* has a counterexample: a batch of small numbers and both sides computed there, step by
step; of a quantity with an index, the values for $1, 2, \\dots$ are given in order. Where a small
change makes the formula true, the change is given; the corrected formula was judged true in its
turn. *Not decided* has a reason: most often that what is printed is a diagram or a list, or that
a symbol stands for two things. That a formula is judged false says nothing about the text around
it.
"""


def _read(name: str) -> list[Claim]:
    return read(library.folder() / "claims" / f"{name}.toml")


def _judged(claim: Claim) -> Judged:
    if claim.kind != "claim":
        return Judged(claim, claim.judged())
    statement, verdict = verdicts.judged(claim.data["latex"], claim.where)
    return Judged(claim, verdict, statement)


def _counts(files: dict[str, list[Judged]]) -> Table:
    head: list[Prose] = [(Text("Verdict"),), *((Text(title),) for title in FILES.values())]
    rows: list[tuple[Prose, ...]] = []
    times = {name: Counter(one.verdict.verdict for one in files[name]) for name in FILES}
    for kind, shown in verdicts.NAMES.items():
        if any(times[name][kind] for name in FILES):
            numbers = ((Text(str(times[name][kind])),) for name in FILES)
            rows.append(((Text(shown),), *numbers))
    sums = ((Strong(str(len(files[name]))),) for name in FILES)
    rows.append(((Strong("All"),), *sums))
    return Table(
        tuple(head), tuple(rows), "How many formulas and worked examples got which verdict."
    )


def _grouped(judged: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    """Yield the claims source by source, each with what its sources have in common."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(_key(one.claim), []).append(one)
    for claims in groups.values():
        yield _heading(_common([one.claim.source for one in claims])), claims


def _common(sources: Sequence[str]) -> str:
    """Return what sources have in common, up to a comma or a colon, or to the end of one."""
    alike = takewhile(lambda signs: len({*signs}) == 1, zip(*sources, strict=False))
    common = sources[0][: sum(1 for _ in alike)]
    if all(source[len(common) :][:1] in ("", ",", ":") for source in sources):
        return common
    return max(common.rpartition(",")[0], common.rpartition(":")[0], key=len) or common


def _heading(source: str) -> str:
    """Return a source as a heading."""
    text = source.strip(" ,:;")
    return text[:1].upper() + text[1:]


def _key(claim: Claim) -> str:
    dated = _YEAR.match(claim.source)
    if dated:
        return dated[0]
    name = claim.id.partition("-")[0]
    return name if name.islower() else re.split("[,:]", claim.source)[0]


def _claim(one: Judged, source: str) -> Iterator[Block]:
    claim = one.claim
    place = claim.source[len(source) :].strip(" ,:") if _under(claim, source) else claim.source
    title = f"{place} ({claim.id})" if place else claim.id
    yield Heading(_heading(title), 3, f"claim-{claim.id}")
    if claim.kind == "claim":
        yield from printed.lines(claim.data["latex"])
        yield from _where(claim)
    else:
        yield _columns(claim)
    if "note" in claim.data:
        yield Paragraph((Text(f"{sentence(claim.data['note'])}."),), "Note")
    yield from verdicts.blocks(one.verdict, one.statement)


def _under(claim: Claim, source: str) -> bool:
    return claim.source.lower().startswith(source.lower())


def _where(claim: Claim) -> Iterator[Block]:
    parts: list[Inline] = []
    if "norm" in claim.data:
        parts.append(Text(f"this is about {TITLES[claim.data['norm']]}"))
    for symbol, meaning in claim.data.get("where", {}).items():
        parts += [Text(", ")] if parts else []
        parts += [printed.within(symbol), Text(" is "), printed.meaning(meaning)]
    if parts:
        yield Paragraph((Text("As the text says, "), *parts, Text(".")))


def _columns(claim: Claim) -> Table:
    names = [name for name in ("x", "xhat", "y") if name in claim.data]
    head = tuple((printed.meaning(name),) for name in names)
    columns = [[*map(str, claim.data[name])] for name in names]
    rows = tuple(tuple((Text(cell),) for cell in row) for row in zip(*columns, strict=False))
    single = [name for name in ("gamma", "beta", "eps") if name in claim.data]
    told = ", ".join(f"{name} = {claim.data[name]}" for name in single)
    return Table(head, rows, f"A worked example, with the digits that are printed; {told}.")
