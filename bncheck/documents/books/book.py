"""The book: every theorem once, in chapters that lead from the definition to the landscape."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from bncheck.documents.books import prose
from bncheck.documents.books.catalogue import Catalogue, sections
from bncheck.documents.books.outline import Chapter, Entry, chapters
from bncheck.documents.books.worked import example
from bncheck.documents.derivations.theorem import blocks as section
from bncheck.documents.model import (
    Block,
    Box,
    Document,
    Heading,
    Inline,
    Items,
    Paragraph,
    Prose,
    Reference,
    Table,
    Text,
)
from bncheck.symbolic.proving import Outcome

TITLE = "Batch normalization, derived and checked"
WORKED = "definition"
"""The chapter that begins with an example in numbers."""

Outcomes = Mapping[str, Outcome]


def document(outcomes: Iterable[Outcome], deviations: Catalogue) -> Document:
    """Return the book of these theorems; the deviations are those that the words may name."""
    done: Outcomes = {outcome.proof.theorem.id: outcome for outcome in outcomes}
    parts: list[Block] = [*_preface(done)]
    used = [chapter for chapter in chapters() if any(e.id in done for e in chapter.entries)]
    for chapter in used:
        parts += _chapter(chapter, done, deviations)
    parts += _further(done)
    parts += _faults(used, done, deviations)
    parts += _by_number(done)
    return Document(TITLE, tuple(parts), _subtitle(done), contents=True)


def _subtitle(done: Outcomes) -> str:
    proved = sum(outcome.proved for outcome in done.values())
    if proved == len(done):
        return f"{proved} theorems, each proved by rewriting and checked by machine"
    return f"{proved} of {len(done)} theorems proved; the others are marked"


def _preface(done: Outcomes) -> Iterator[Block]:
    yield Heading("How to read this book", 1, "chapter-preface")
    yield from prose.blocks(PREFACE)
    refuted = [name for name, outcome in done.items() if not outcome.proved]
    if refuted:
        named: list[Inline] = []
        for name in refuted:
            named += [Text(", ")] if named else []
            named.append(prose.theorem(name))
        told = Paragraph((Text("A check fails in: "), *named, Text(".")))
        yield Box("failed", "Not everything here is proved", (told,))


PREFACE = r"""
Each section is one theorem: the question that it answers, the statement, and a derivation in
which every line follows from the one before by one named rule; where one step is enough, the rule
is named, and both lines are those of the statement. The derivations are not only printed here. A
program holds them as data, and has checked every line: that both sides are equal for every batch
size $m$, that they agree when computed in another way for small batches, and at random rational
numbers. How a theorem was checked stands at its end.

Where something goes wrong in practice, a box says so. It names *deviations*: precise ways of
being wrong, each of which exists as a program, and the law that catches it when a layer is tested
with `bncheck verify`. A law has the number of the theorem that states the same. The deviations
are listed at the end of the book.

The signs are those of the original paper: $x_i$ is a value of the batch, $\mu$ and $\sigma^2$ its
mean and variance, $\hat{x}_i$ the normalized value, $y_i$ the output, $\gamma$ and $\beta$ the
learned scale and shift. The loss is $L$, and $dy_i$ is its derivative by $y_i$; likewise $dx_i$,
$d\gamma$ and $d\beta$. The letter $s$ stands for $\sqrt{\sigma^2 + \epsilon}$. All sums without
bounds go over the batch, $i$ from $1$ to $m$.

Nothing is needed but derivatives and sums. The chapters up to
the one on the backward pass are the core; each of the others can be read after them.
"""


def _chapter(chapter: Chapter, done: Outcomes, deviations: Catalogue) -> Iterator[Block]:
    yield Heading(chapter.title, 1, f"chapter-{chapter.slug}")
    yield from prose.blocks(chapter.opening)
    if chapter.slug == WORKED:
        yield from example()
    for entry in chapter.entries:
        if entry.id in done:
            yield from _section(entry, done, deviations)
    if chapter.closing:
        yield Box("remark", "What to keep", tuple(prose.blocks(chapter.closing)))


def _section(entry: Entry, done: Outcomes, deviations: Catalogue) -> Iterator[Block]:
    """Yield a theorem: the words come after its heading and before its statement."""
    body = iter(section(done[entry.id], 2, brief=True))
    yield next(body)
    yield Paragraph(prose.inline(entry.question), "Question")
    yield Paragraph(prose.inline(entry.why), "Why")
    yield from body
    if entry.practice:
        yield Box("practice", "What goes wrong", (*_practice(entry, done, deviations),))


def _practice(entry: Entry, done: Outcomes, deviations: Catalogue) -> Iterator[Block]:
    yield from prose.blocks(entry.practice)
    known = [deviations[name] for name in entry.faults if name in deviations]
    if not known:
        return
    items: list[Prose] = []
    for each in known:
        name = Reference(f"deviation-{each.name}", each.name)
        items.append((name, Text(f": {each.what}.")))
    law: Inline = prose.theorem(entry.law) if entry.law in done else Text(entry.law)
    yield Paragraph((Text("Law "), law, Text(" catches, among others:")))
    yield Items(tuple(items))


def _further(done: Outcomes) -> Iterator[Block]:
    """Yield what no chapter has, so that no theorem is lost."""
    placed = {entry.id for chapter in chapters() for entry in chapter.entries}
    rest = [outcome for name, outcome in done.items() if name not in placed]
    if rest:
        yield Heading("Further theorems", 1, "chapter-further")
    for outcome in rest:
        yield from section(outcome, 2, brief=True)


def _faults(used: list[Chapter], done: Outcomes, deviations: Catalogue) -> Iterator[Block]:
    names = {name for chapter in used for name in named(chapter, done)} & {*deviations}
    if names:
        yield Heading("The deviations that this book names", 1, "chapter-deviations")
        yield Paragraph(prose.inline(DEVIATIONS))
        yield from sections(names, deviations, done)


DEVIATIONS = (
    "Each is a way of being wrong that was seen, or that is near to one that was. The laws that "
    "catch it are those of a short run; a law that states a theorem of this book refers to it."
)


def named(chapter: Chapter, done: Collection[str]) -> Iterator[str]:
    """Yield the deviations that a chapter names, beside those of theorems that are not there."""
    for text in (chapter.opening, chapter.closing):
        yield from _named_in(text)
    for entry in chapter.entries:
        if entry.id in done:
            yield from entry.faults
            for text in (entry.question, entry.why, entry.practice):
                yield from _named_in(text)


def _named_in(text: str) -> Iterator[str]:
    for part in prose.inline(text):
        if isinstance(part, Reference) and part.anchor.startswith("deviation-"):
            yield part.shown


def _by_number(done: Outcomes) -> Iterator[Block]:
    yield Heading("The theorems by number", 1, "chapter-numbers")
    head: tuple[Prose, ...] = ((Text("Theorem"),), (Text("States"),), (Text("Chapter"),))
    places = {e.id: chapter for chapter in chapters() for e in chapter.entries}
    rows: list[tuple[Prose, ...]] = []
    for name in sorted(done):
        chapter = places.get(name)
        where: Inline = (
            Reference(f"chapter-{chapter.slug}", chapter.title)
            if chapter
            else Reference("chapter-further", "Further theorems")
        )
        title = done[name].proof.theorem.title
        rows.append(((prose.theorem(name),), (Text(title),), (where,)))
    yield Table(head, tuple(rows))
