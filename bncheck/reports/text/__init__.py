"""The report for people at a terminal: a table of laws, then what is wrong, in full.

The same report gives the same text: no times, no addresses, no order that varies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.text import changes, failures, stability, summary
from bncheck.reports.text.grouping import by_law, by_reason
from bncheck.reports.text.table import table
from bncheck.terminal import Style

if TYPE_CHECKING:
    from bncheck.model import Finding, Report

WIDTH = 100


def render(report: Report, *, width: int = WIDTH, color: bool = False, unicode: bool = True) -> str:
    """Return the report as text, ending in a newline.

    width: columns to fold to (code is never folded); color: with ANSI colours;
    unicode: otherwise everything is ASCII
    """
    style = Style(width, color, unicode)
    findings = report.findings
    broken, errors = by_law(findings, "fails"), by_reason(findings, "error")
    shown = failures.first_shown([*broken, *errors])
    blocks = [(failures.failed, group) for group in broken]
    blocks += [(failures.raised, group) for group in errors]
    places = [failures.place(report.origin)] + [""] * len(blocks)  # told once
    sections = [
        summary.header(report, style),
        table(findings, style),
        *(tell(group, style, shown, at) for (tell, group), at in zip(blocks, places, strict=False)),
        summary.causes(report, style),
        summary.expected(findings, style),
        summary.warnings(report, style),
        summary.skipped(findings, style),
        summary.power(findings, style),
        summary.convention(report, style),
        stability.lines(report.stability, style),
        summary.notes(report, style),
        changes.section(report, style),
        [summary.last_line(report, style)],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def explain(finding: Finding, *, width: int = WIDTH, unicode: bool = True) -> str:
    """Return the part of the report about one finding that fails or is an error."""
    block = failures.failed if finding.verdict == "fails" else failures.raised
    return "\n".join(block([finding], Style(width, unicode=unicode), {})) + "\n"
