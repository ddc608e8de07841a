"""One thing that is wrong, as lines of the text: its name, the laws that it breaks, an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.common.telling import MOST_SAID
from bncheck.reports.text import examples
from bncheck.reports.text.examples import INDENT
from bncheck.terminal import beginning

if TYPE_CHECKING:
    from bncheck.reports.common.blocks import Block
    from bncheck.terminal import Style

# ids of laws on a line; -v lists all
_MOST_LAWS = 8


def title(block: Block, number: int, style: Style, *, cut: bool = False) -> list[str]:
    """Name it, and the laws that it breaks. cut: in a line each"""
    said = beginning(block.title, style.width - len(INDENT)) if cut else block.title
    head = style.wrap(said, INDENT, f"{number}  ")
    unless = style.wrap(block.unless, INDENT, INDENT) if block.unless else []
    return [*(style.paint(line, "bold") for line in head), *_laws(block, style), *unless]


def _laws(block: Block, style: Style) -> list[str]:
    laws = list(dict.fromkeys(f.law for f in block.findings))
    dtypes = list(dict.fromkeys(f.dtype for f in block.findings))
    more = len(laws) - _MOST_LAWS
    listed = " ".join(laws[:_MOST_LAWS]) + (f" and {more} more" if more > 0 else "")
    count = "1 law" if len(laws) == 1 else f"{len(laws)} laws"
    maybe = " ".join(dict.fromkeys(f.law for f in block.maybe))
    listed += f"; maybe {maybe} as well" if maybe else ""
    place = f"; only gradients: {block.place}" if block.place else ""
    return style.wrap(f"{count} in {', '.join(dtypes)}: {listed}{place}", INDENT, INDENT)


def example(block: Block, style: Style, *, with_input: bool) -> list[str]:
    """Tell one example of it, and what else is known."""
    told = [beginning(note, MOST_SAID) for note in block.notes]
    told += [f"known: {block.known}; bncheck explain NAME tells more"] if block.known else []
    lines = [line for sentence in told for line in style.wrap(sentence, INDENT, INDENT)]
    if block.example:
        lines += examples.lines(block.example, style, with_input=with_input)
    return lines
