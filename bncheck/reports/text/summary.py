"""The parts around the laws: what was tried, why, what was left out, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bncheck.reports.common import beside, concluding
from bncheck.terminal import LABELS, Style, beginning

if TYPE_CHECKING:
    from bncheck.model import Finding, Report

# verdict -> how it is counted in the last line, in that order
COUNTED = {"fails": "fail", "error": "error", "holds": "hold", "expected": "expected"}

# characters of a sentence, where all of it is wanted
LONGEST = 10_000


def header(report: Report, style: Style) -> list[str]:
    """Tell which versions ran, on what, and how."""
    versions, tried = concluding.parts(report)
    return [
        *style.wrap(versions),
        *style.wrap(report.target, LABELS, "target"),
        *style.wrap(tried, LABELS, "tried"),
    ]


def causes(report: Report, style: Style) -> list[str]:
    """Tell which deviation explains which laws, a line each."""
    items = []
    for cause in report.causes:
        laws = ", ".join(map(str, cause.get("explains", ())))
        # a cause of some outputs only says of which; one that explains all needs not
        outputs = ", ".join(map(str, cause.get("outputs", ())))
        said = f"of {outputs}; explains {laws}" if outputs else f"explains {laws}"
        unless = f"; {cause['unless']}" if cause.get("unless") else ""
        items.append(f"{cause.get('deviation', '')} ({said}): {cause.get('text', '')}{unless}")
    return _section("Causes", style.listed(items), style)


def expected(findings: Iterable[Finding], style: Style) -> list[str]:
    """Tell what fails and was expected to, with the reason that was given."""
    return _section("Expected to fail", style.listed(beside.expected(findings)), style)


def warnings(report: Report, style: Style) -> list[str]:
    """Tell of the target what no law judges, and what holds, but not as well as it should."""
    return _section("Warnings", style.listed(beside.warnings(report)), style)


def skipped(findings: Iterable[Finding], style: Style) -> list[str]:
    """Tell what was not checked, by reason; nothing is left out silently."""
    return _section("Skipped", style.listed(beside.skipped(findings)), style)


def power(findings: Iterable[Finding], style: Style) -> list[str]:
    """Tell how small an error would have been seen, and which examples could hardly have failed."""
    return _section("Detection power", style.listed(beside.power(findings)), style)


def convention(report: Report, style: Style) -> list[str]:
    """Tell which conventions were promised, and which were seen."""
    if not report.promised and not report.observed:
        return []
    lines = style.labelled("promised", concluding.pairs(report.promised))
    return _section(
        "Convention", lines + style.labelled("observed", concluding.pairs(report.observed)), style
    )


def notes(report: Report, style: Style) -> list[str]:
    """Tell what else people should know, stale expectations included."""
    return _section("Notes", style.listed(beside.notes(report)), style)


def last_lines(report: Report, style: Style) -> list[str]:
    """Count the verdicts, and tell the exit code and why, and what was not checked."""
    counts: Counter[str] = Counter(f.verdict for f in report.findings)
    told = [f"{counts[verdict]} {name}" for verdict, name in COUNTED.items() if counts[verdict]]
    told.append(f"{counts['skipped']} skipped of {len(report.findings)} planned")
    told[-1] += "; " + concluding.examples(report)
    return [*style.wrap(", ".join(told)), *verdict(report, style)]


def verdict(
    report: Report, style: Style, most: int | None = None, said: int = LONGEST
) -> list[str]:
    """Tell the exit code, why, and what was not checked: in the last line, if that has room.

    most: how many reasons for what was not checked are told beside it, None for all; said: how
    many characters of each
    """
    untried = [_not_checked(entry) for entry in report.untried]
    begin = f"exit {report.exit_code}: {concluding.conclusion(report)}"
    last = style.wrap("; ".join([begin, *untried]))
    reasons: list[str] = []
    if len(last) > 1 and untried:
        shown = report.untried if most is None else report.untried[:most]
        told = [beginning(f"not checked: {entry}", said) for entry in shown]
        more = len(report.untried) - len(shown)
        count = f"{more} more, " if shown else ""
        told += [f"not checked: {count}-v says why"] if more else []
        reasons = style.listed(told)
        names = ", ".join(beginning(entry.partition(": ")[0], 40) for entry in report.untried)
        last = style.wrap(f"{begin}; {names} NOT checked")
    looks = ("green" if report.ok else "red", "bold")
    return [*reasons, *(style.paint(line, *looks) for line in last)]


def _not_checked(entry: str) -> str:
    """Turn "rank 4: it raised ..." into "rank 4 NOT checked: it raised ..."."""
    what, colon, why = entry.partition(": ")
    return f"{what} NOT checked{colon}{why}"


def _section(title: str, lines: list[str], style: Style) -> list[str]:
    return [style.paint(title, "bold"), *lines] if lines else []
