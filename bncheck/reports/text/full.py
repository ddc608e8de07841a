"""Everything that a report holds, in full: a table of laws, then what is wrong with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.common.concluding import place
from bncheck.reports.common.grouping import by_law, by_reason
from bncheck.reports.text import changes, failures, stability, summary
from bncheck.reports.text.table import table

if TYPE_CHECKING:
    from bncheck.model import Report
    from bncheck.terminal import Style


def sections(report: Report, style: Style) -> list[list[str]]:
    """Return the lines of each section; empty ones are nothing to tell."""
    findings = report.findings
    broken, errors = by_law(findings, "fails"), by_reason(findings, "error")
    shown = failures.first_shown([*broken, *errors])
    blocks = [(failures.failed, group) for group in broken]
    blocks += [(failures.raised, group) for group in errors]
    places = [place(report.origin)] + [""] * len(blocks)  # told once
    return [
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
        summary.last_lines(report, style),
    ]
