"""The laws: those that fail, one by one, and the table of all that were tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bncheck.reports.common import rows
from bncheck.reports.common.telling import measured
from bncheck.reports.html import examples
from bncheck.reports.html.derivations import NONE, Derivations
from bncheck.reports.html.markup import LINE, Markup, join, prose, tag
from bncheck.reports.html.place import folded

if TYPE_CHECKING:
    from bncheck.model import Counterexample, Finding, Report
    from bncheck.reports.html.place import Place

# laws that are told in full, and rows of the table
MOST_LAWS = 150
_MOST_ROWS = 1000
_MOST_OTHERS = 7  # dtypes of a law, beside the first

# verdict -> the class of its word in the table
_KINDS = {"holds": "good", "fails": "bad", "error": "bad", "expected": "open"}
_RIGHT = frozenset(("examples", "worst error", "allowed", "margin", "sees"))


def anchors(report: Report, at: Place) -> dict[str, str]:
    """Map each law that is told in full to its id."""
    broken = dict.fromkeys(f.law for f in report.findings if f.verdict in ("fails", "error"))
    return {law: at.id(f"law{number}") for number, law in enumerate(list(broken)[:MOST_LAWS], 1)}


def section(
    report: Report, at: Place, known: Mapping[str, str], derived: Derivations = NONE
) -> Markup:
    """Return the laws, folded. known: as `anchors` gives them"""
    failing = _failing(report, at, known, derived)
    return at.section("laws", "The laws", failing, _table(report.findings))


# -- what fails ---------------------------------------------------------------------------------


def _failing(
    report: Report, at: Place, known: Mapping[str, str], derived: Derivations
) -> Markup | None:
    if not known:
        return None
    groups: dict[str, list[Finding]] = {law: [] for law in known}
    for f in report.findings:
        if f.law in groups and f.verdict in ("fails", "error"):
            groups[f.law].append(f)
    every = {f.law for f in report.findings if f.verdict in ("fails", "error")}
    more = len(every) - len(groups)
    shown: dict[str, str] = {}
    return folded(
        f"Each law that fails, what it says, and an example ({len(every)})",
        *(_law(group, known[law], at, shown, derived) for law, group in groups.items()),
        tag("p", f"{more} more; the JSON report has them all") if more else None,
    )


def _law(
    group: Sequence[Finding],
    anchor: str,
    at: Place,
    shown: dict[str, str],
    derived: Derivations,
) -> Markup:
    """Return one law: its first dtype in full, the others in a line each.

    shown: input -> the law that was told first with it
    """
    first, *others = group
    name = tag("span", prose(first.law, 40), class_="code")
    causes = ", ".join(dict.fromkeys(cause for f in group for cause in f.causes))
    return tag(
        "article",
        at.heading(2, name, " ", tag("span", prose(first.title, 300), class_="title"), id=anchor),
        tag("p", prose(first.statement), class_="law") if first.statement else None,
        _dtype(first, shown),
        *(_briefly(f) for f in others[:_MOST_OTHERS]),
        tag("p", "Cause: ", prose(causes)) if causes else None,
        derived.of(first.law),
        class_="thing",
    )


def _dtype(finding: Finding, shown: dict[str, str]) -> Markup:
    """Return what came out in one dtype, and the input that shows it."""
    case = finding.case
    return tag(
        "div",
        _reason(finding),
        examples.numbers(finding, case) if case and finding.verdict == "fails" else None,
        _evidence(finding, case, shown) if case else None,
        class_="dtype",
    )


def _briefly(finding: Finding) -> Markup:
    """Return what came out in another dtype."""
    case = finding.case
    told = measured(finding, case) if case and finding.verdict == "fails" else ""
    return tag(
        "div",
        _reason(finding),
        tag("p", prose(told.removeprefix(f"{finding.law} "))) if told else None,
        examples.replay(case) if case else None,
        class_="dtype",
    )


def _reason(finding: Finding) -> Markup:
    does = "raises" if finding.verdict == "error" else "fails"
    known = f" (known: {finding.known})" if finding.known else ""
    return tag(
        "p",
        tag("b", prose(finding.dtype, 80)),
        ": ",
        prose(finding.reason or does, 600),
        prose(known),
    )


def _evidence(finding: Finding, case: Counterexample, shown: dict[str, str]) -> Markup:
    before = shown.setdefault(case.python, finding.law) if case.python else finding.law
    if before == finding.law:
        return examples.evidence(case)
    again = tag("p", prose(f"the smallest input is that of {before}, above", 200))
    return join([again, examples.replay(case)])


# -- all of them --------------------------------------------------------------------------------


def _table(findings: Sequence[Finding]) -> Markup | None:
    tried = [f for f in findings if f.verdict != "skipped"]
    if not tried:
        return None
    dtypes = {f.dtype for f in tried}
    groups = rows.groups(tried)
    body = [_row(group, dtypes) for group in groups[:_MOST_ROWS]]
    more = len(groups) - len(body)
    several = any(len(group) > 1 and group[0].bound for group in groups)
    head = (tag("th", name, scope="col", class_=_side(name)) for name in rows.HEADER)
    return folded(
        f"All laws that were tried ({len({f.law for f in tried})})",
        tag(
            "table",
            tag("thead", tag("tr", *head)),
            LINE,
            tag("tbody", join(body, LINE)),
            class_="all",
        ),
        tag("p", f"{more} more rows; the JSON report has them all") if more else None,
        tag("p", rows.NEAREST, class_="quiet") if several else None,
    )


def _row(group: Sequence[Finding], tried: set[str]) -> Markup:
    cells = zip(rows.HEADER, rows.cells(group, tried), strict=True)
    return tag("tr", *(_cell(name, said, group[0].verdict) for name, said in cells))


def _cell(name: str, said: str, verdict: str) -> Markup:
    if name == "verdict":
        return tag("td", tag("b", said, class_=_KINDS[verdict]))
    if name == "law":
        return tag("th", prose(said, 40), scope="row", class_="code")
    if name in _RIGHT:
        # the label is shown where there is no room for a head above the numbers
        label = tag("span", name, class_="label", aria_hidden="true")
        return tag("td", label, said, class_="right")
    return tag("td", prose(said, 200), class_="name" if name == "title" else None)


def _side(name: str) -> str | None:
    return "right" if name in _RIGHT else None
