"""A theorem's section: what is stated, in words, derived, checked, and computed once."""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.documents.derivations import chains, checked, statement, worked
from bncheck.documents.derivations.prose import inlines, paragraphs
from bncheck.documents.derivations.section import Section
from bncheck.documents.model import Block, Box, Code, Heading, Items, Paragraph, Prose, Text
from bncheck.symbolic.coq import certificate
from bncheck.symbolic.proving import HOW, Outcome
from bncheck.symbolic.stating.agreeing import STATED
from bncheck.symbolic.stating.sections import WORDS, parts
from bncheck.symbolic.theorem import INSTANCES

PARAPHRASE = "In words"


def blocks(outcome: Outcome, level: int = 2, *, brief: bool = False) -> Iterator[Block]:
    """Yield the section of one theorem, its heading at this level.

    brief: a derivation of one step is told, and its two lines, which the statement shows, are not
    displayed again
    """
    theorem = outcome.proof.theorem
    section = Section(outcome)
    said = dict(parts(outcome.proof.text))
    yield Heading(f"{theorem.id}. {theorem.title}", level, f"theorem-{theorem.id}")
    if outcome.refuted:
        yield _refuted(outcome)
    if WORDS in said:
        yield from paragraphs(said[WORDS], PARAPHRASE)
    yield from statement.blocks(section)
    if "Sketch" in said:
        yield from paragraphs(said["Sketch"], "Sketch")
    yield from chains.derivations(section, brief=brief)
    if theorem.argument:
        yield Paragraph(inlines(theorem.argument), "Argument")
    yield from worked.blocks(section)
    yield Paragraph(_verdict(outcome), "Verdict")
    if "Source" in said:
        yield from paragraphs(said["Source"], "Source")


def _refuted(outcome: Outcome) -> Box:
    """Return what stands at the top where a check failed."""
    wrong: list[Prose] = [
        (Text(f"{check.what}: {check.checker}: "), Code(str(check.refuted)))
        for check in outcome.refuted
    ]
    words = Paragraph((Text("This is not proved. What failed:"),))
    return Box("failed", "REFUTED", (words, Items(tuple(wrong))))


def _verdict(outcome: Outcome) -> Prose:
    theorem = outcome.proof.theorem
    if not outcome.checks:
        return (Text("Not checked."),)
    if outcome.refuted:
        return (Text("REFUTED: a check failed; it is named at the head of this section."),)
    words = f"Proved by {HOW[theorem.kind]}."
    names = {check.checker for check in outcome.checks}
    more = [checked.SAID[name] for name in (INSTANCES, STATED) if name in names]
    if more:
        words += f" Also checked: {'; '.join(more)}."
    return (Text(f"{words} "), *_coq(outcome))


def _coq(outcome: Outcome) -> Prose:
    """Say what certificate there is for Coq; what Coq makes of it is asked by its command."""
    written = certificate(outcome.proof)
    if not written.lemmas:
        return (Text(f"There is no certificate for Coq: {written.reason}."),)
    count = len(written.lemmas)
    command = Code(f"bncheck prove --coq {outcome.proof.theorem.id}")
    words = f"A certificate for Coq, of {count} lemma{'s' if count > 1 else ''}, is checked with "
    covers = f" ({written.reach})." if written.reach else "."
    return (Text(words), command, Text(covers))
