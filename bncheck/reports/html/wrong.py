"""What is wrong, each thing once: what it is, the laws that it breaks, and one example of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bncheck.reports.common.blocks import found, shown
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


def section(report: Report, at: Place, anchors: Mapping[str, str]) -> Markup:
    """Return all that is wrong. anchors: law -> id of where it is told in full"""
    blocks = found(report)
    names = [str(cause.get("deviation", "")) for cause in shown(report)]
    told = [
        _block(block, number, name, at, anchors)
        for number, (block, name) in enumerate(
            zip(blocks, [*names, *[""] * len(blocks)], strict=False), 1
        )
        if number <= _MOST_BLOCKS
    ]
    more = len(blocks) - len(told)
    return at.section(
        "wrong",
        "What is wrong",
        _beside(report),
        *told,
        tag("p", f"{more} more things are wrong; the JSON report tells them") if more else None,
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


def _block(block: Block, number: int, name: str, at: Place, anchors: Mapping[str, str]) -> Markup:
    # the known notes of the report are told beside one cause, and not in its place
    example = block.example
    known = f"known: {block.known}; bncheck explain NAME tells more" if block.known else ""
    return tag(
        "article",
        at.heading(2, tag("span", str(number), class_="number"), " ", _title(block.title, name)),
        tag("p", prose(_extent(block)), class_="quiet"),
        _laws(block, anchors),
        tag("p", prose(block.unless)) if block.unless else None,
        listed([*block.notes, *([known] if known else [])]),
        examples.example(example) if example else None,
    )


def _title(title: str, name: str) -> Markup:
    """Return the title, in which the name of a deviation is set as a name."""
    if not name or not title.startswith(name):
        return tag("span", prose(title), class_="title")
    rest = title.removeprefix(name).removeprefix(":")
    return join([tag("span", prose(name), class_="title code"), " ", prose(rest)])


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
