"""What is wrong, each thing once: what it is, the laws that it breaks, and one example of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bncheck.reports.common.blocks import shown
from bncheck.reports.html import examples
from bncheck.reports.html.listing import listed
from bncheck.reports.html.markup import Markup, join, prose, tag

if TYPE_CHECKING:
    from bncheck.model import Report
    from bncheck.reports.common.blocks import Block
    from bncheck.reports.html.place import Place

# things that are told of one report, and laws that one of them names
_MOST_BLOCKS = 40
_MOST_LAWS = 120

_EXPLAINS = " says more about a cause or a law."


def section(
    report: Report, blocks: Sequence[Block], at: Place, anchors: Mapping[str, str]
) -> Markup:
    """Return all that is wrong.

    blocks: as `found` gives them; anchors: law -> id of where it is told in full
    """
    # the causes come first among them
    causes: list[Mapping[str, Any]] = [*shown(report), *({} for _ in blocks)]
    told = [
        _block(block, number, cause, at, anchors)
        for number, block, cause in zip(range(1, _MOST_BLOCKS + 1), blocks, causes, strict=False)
    ]
    more = len(blocks) - len(told)
    rest = f"{more} more things are wrong; the JSON report tells them"
    hint = tag("p", tag("span", "bncheck explain NAME", class_="code"), _EXPLAINS, class_="quiet")
    return at.section(
        "wrong",
        "What is wrong",
        _beside(report),
        *told,
        tag("p", rest) if more > 0 else None,
        hint if told else None,
    )


def _beside(report: Report) -> Markup | None:
    """Tell what else makes the exit code what it is."""
    return listed(
        [
            *(f"a fault of bncheck itself; please report it: {entry}" for entry in report.faults),
            *report.missing,
            *(f"stale expectation: {entry}" for entry in report.stale),
        ]
    )


def _block(
    block: Block, number: int, cause: Mapping[str, Any], at: Place, anchors: Mapping[str, str]
) -> Markup:
    example = block.example
    known = [f"known: {block.known}; bncheck explain NAME tells more"] if block.known else []
    name = str(cause.get("deviation", ""))
    return tag(
        "article",
        at.heading(2, tag("span", str(number), class_="number"), " ", _title(block.title, name)),
        tag("p", prose(_extent(block)), class_="quiet"),
        _laws(block, anchors),
        _evidence(cause),
        tag("p", prose(block.unless)) if block.unless else None,
        listed([*block.notes, *known]),
        examples.example(example) if example else None,
        class_="thing",
    )


def _title(title: str, name: str) -> Markup:
    """Return the title, in which the name of a deviation is set as a name."""
    if not name or not title.startswith(name):
        return tag("span", prose(title), class_="title")
    rest = title.removeprefix(name)
    apart = " " if rest.startswith(" ") else ""
    return join([tag("span", prose(name), class_="title code"), apart, prose(rest)])


def _evidence(cause: Mapping[str, Any]) -> Markup | None:
    """Return what in the numbers says so: it stands behind what the title says."""
    said = str(cause.get("text", "")).partition(";")[2].strip()
    return tag("p", prose(said)) if said else None


def _extent(block: Block) -> str:
    """Say how many laws it breaks, in which dtypes, and where that is all."""
    laws = {f.law for f in block.findings}
    dtypes = ", ".join(dict.fromkeys(f.dtype for f in block.findings))
    count = "1 law" if len(laws) == 1 else f"{len(laws)} laws"
    place = f"; only gradients: {block.place}" if block.place else ""
    return f"{count} in {dtypes}{place}" if laws else f"no law alone shows it{place}"


def _laws(block: Block, anchors: Mapping[str, str]) -> Markup | None:
    """Return the ids of the laws, each leading to where it is told in full."""
    laws = _links((f.law for f in block.findings), anchors)
    maybe = _links((f.law for f in block.maybe), anchors)
    if not laws and not maybe:
        return None
    return tag(
        "p",
        join(laws, " "),
        join(["; maybe ", join(maybe, " "), " as well"]) if maybe else None,
        class_="laws",
    )


def _links(laws: Iterable[str], anchors: Mapping[str, str]) -> Sequence[Markup]:
    ids = list(dict.fromkeys(laws))
    told = [link(law, anchors.get(law)) for law in ids[:_MOST_LAWS]]
    more = len(ids) - len(told)
    return [*told, Markup(f"and {more} more")] if more > 0 else told


def link(law: str, anchor: str | None) -> Markup:
    """Return the id of a law, as a link where it is told in full somewhere."""
    said = prose(law, 40)
    return tag("a", said, href=f"#{anchor}") if anchor else tag("span", said, class_="code")
