"""The report for people at a terminal, as short or as long as they ask for.

The same report gives the same text: no times, no addresses, no order that varies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.text import brief, failures, full
from bncheck.terminal import Style

if TYPE_CHECKING:
    from bncheck.model import Finding, Report

WIDTH = 100

# what ``-q``, nothing, ``-v`` and ``-vv`` stand for
QUIET, BRIEF, MORE, FULL = -1, 0, 1, 2


def render(
    report: Report,
    *,
    verbosity: int = BRIEF,
    width: int = WIDTH,
    color: bool = False,
    unicode: bool = True,
) -> str:
    """Return the report as text, ending in a newline.

    verbosity: -1 one line; 0 the verdict and each cause once; 1 with the laws by family and the
    inputs as Python; 2 everything
    width: columns to fold to; color: with ANSI colours; unicode: otherwise everything is ASCII
    """
    style = Style(width, color, unicode)
    if verbosity <= QUIET:
        return brief.one_line(report, style) + "\n"
    if verbosity >= FULL:
        told = full.sections(report, style)
    elif verbosity >= MORE:
        told = brief.more_sections(report, style)
    else:
        told = brief.sections(report, style)
    return "\n\n".join("\n".join(lines) for lines in told if lines) + "\n"


def explain(finding: Finding, *, width: int = WIDTH, unicode: bool = True) -> str:
    """Return the part of the report about one finding that fails or is an error."""
    block = failures.failed if finding.verdict == "fails" else failures.raised
    return "\n".join(block([finding], Style(width, unicode=unicode), {})) + "\n"
