"""What a document has to know of the catalogue of deviations: handed in as plain data.

The documents belong to the symbolic wing, which does not import the deviations, nor the laws.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bncheck.documents.model import Block, Heading, Inline, Paragraph, Prose, Reference, Text


@dataclass(frozen=True)
class Deviation:
    """A named way of being wrong.

    what: what it does, in one sentence; laws: the ids of those that catch it, in order
    shows: inputs that expose it; seen: where it was seen; family: of which kind it is
    """

    name: str
    what: str
    laws: tuple[str, ...]
    shows: str = ""
    seen: str = ""
    family: str = ""


Catalogue = Mapping[str, Deviation]


def caught(deviation: Deviation, proved: Collection[str]) -> Prose:
    """Return which laws catch a deviation; one that a theorem states refers to it."""
    parts: list[Inline] = []
    for at, law in enumerate(deviation.laws):
        parts += [Text(", ")] if at else []
        first = law if law in proved else f"{law}a"  # a law may be stated in parts, F05a to F05c
        parts.append(Reference(f"theorem-{first}", law) if first in proved else Text(law))
    return (*parts, Text("."))


def sections(
    names: Collection[str], catalogue: Catalogue, proved: Collection[str]
) -> Iterator[Block]:
    """Yield a section for each deviation of these names that the catalogue has, by families."""
    known = [each for name, each in catalogue.items() if name in names]
    for family in dict.fromkeys(each.family for each in known):
        if family:
            yield Heading(sentence(family), 2)
        of_it = (each for each in known if each.family == family)
        for deviation in sorted(of_it, key=lambda each: each.name):
            yield Heading(deviation.name, 3 if family else 2, f"deviation-{deviation.name}")
            yield from _section(deviation, proved)


def _section(deviation: Deviation, proved: Collection[str]) -> Iterator[Block]:
    yield Paragraph((Text(f"{sentence(deviation.what)}."),))
    if deviation.shows:
        yield Paragraph((Text(f"{deviation.shows}."),), "Shows in")
    yield Paragraph(caught(deviation, proved), "Caught by laws")
    if deviation.seen:
        yield Paragraph((Text(f"{deviation.seen}."),), "Seen in")


def sentence(text: str) -> str:
    """Return a text with a capital letter at its start, if that is a letter of a word."""
    first, _, _ = text.partition(" ")
    return text[:1].upper() + text[1:] if first.isalpha() and len(first) > 1 else text
