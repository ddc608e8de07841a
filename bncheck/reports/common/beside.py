"""What stands beside the laws, in sentences: warnings, notes, what was skipped or hardly tried."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bncheck.reports.common.grouping import by_reason, places

if TYPE_CHECKING:
    from bncheck.model import Finding, Report


def expected(findings: Iterable[Finding]) -> list[str]:
    """Tell what fails and was expected to, with the reason that was given."""
    return [
        f"{f.law} ({f.dtype}): {f.reason}" + (f" (known: {f.known})" if f.known else "")
        for f in findings
        if f.verdict == "expected"
    ]


def warnings(report: Report) -> list[str]:
    """Tell of the target what no law judges, and what holds, but not as well as it should."""
    items = [f"{f.law} ({f.dtype}): {f.warning}" for f in report.findings if f.warning]
    return [*report.warnings, *items]


def skipped(findings: Iterable[Finding]) -> list[str]:
    """Tell what was not checked, by reason; nothing is left out silently."""
    findings = tuple(findings)
    items = [
        f"{group[0].reason or 'no reason given'}, {len(group)}: {places(group)}"
        for group in by_reason(findings, "skipped")
    ]
    unjudged = sum(f.no_promise for f in findings)
    if unjudged:
        items.append(f"{unjudged} numbers whose bound is infinite: they were not judged")
    return items


def power(findings: Iterable[Finding]) -> list[str]:
    """Tell how small an error would have been seen, and which examples could hardly have failed."""
    tried = [f for f in findings if f.examples and f.typically_sees is not None]
    blind = sum(f.blind for f in tried)
    if not blind:
        return []
    lines = [
        '"sees" is the smallest error, relative to the largest entry, that some example would '
        "have seen",
        f"{blind} of {sum(f.examples for f in tried)} examples would not have seen an error as "
        "large as the signal: a constant cotangent, equal inputs, or a bound above what is "
        "compared",
    ]
    always = [f for f in tried if f.blind == f.examples]
    if always:
        lines.append(f"in these laws, no example would have seen less: {places(always)}")
    return lines


def notes(report: Report) -> list[str]:
    """Tell what else people should know, stale expectations included."""
    stale = [f"stale expectation: {entry}" for entry in report.stale]
    faults = [f"a fault of bncheck itself; please report it: {entry}" for entry in report.faults]
    return [*report.notes, *stale, *faults]
