"""What stands beside the verdict: changes, warnings, what was not tried, the setting."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any

from bncheck.reports.common import beside, concluding
from bncheck.reports.html.listing import listed
from bncheck.reports.html.markup import Markup, prose, tag

if TYPE_CHECKING:
    from bncheck.model import Report
    from bncheck.reports.html.place import Place

# entries of a mapping that are shown
_MOST_PAIRS = 60


def changes(report: Report, at: Place) -> Markup:
    """Return what is new, fixed or worse; nothing where the report was compared with none."""
    return at.section("changes", "Changes since the earlier report", listed(report.changes))


def warnings(report: Report, at: Place, noted: Container[str]) -> Markup:
    """Return what is told beside the verdict, and what fails and was expected to.

    noted: notes that are told beside what is wrong
    """
    return at.section(
        "beside",
        "Beside the verdict",
        _titled(at, "Warnings", beside.warnings(report)),
        _titled(at, "Expected to fail", beside.expected(report.findings)),
        _titled(at, "Notes", [note for note in report.notes if note not in noted]),
    )


def not_tried(report: Report, at: Place) -> Markup:
    """Return what was not checked and why, and what could hardly have failed."""
    slow = [f"x of shape {shape}: a call takes longer than a call may" for shape in report.slow]
    return at.section(
        "untried",
        "What was not tried",
        listed([*report.untried, *slow]),
        _titled(at, "Laws that were skipped, by reason", beside.skipped(report.findings)),
        _titled(at, "How small an error would have been seen", beside.power(report.findings)),
    )


def _titled(at: Place, title: str, said: list[str]) -> Markup | None:
    told = listed(said)
    return tag("div", at.heading(2, title), told) if told else None


def setting(report: Report, at: Place) -> Markup:
    """Return conventions, versions, when it was and how long it took."""
    told: dict[str, Any] = {"target": report.target}
    told |= {"written at": report.origin} if report.origin else {}
    told |= {"started": report.started} if report.started else {}
    told |= {"not run again": "nothing has changed since"} if report.resumed else {}
    told |= {"took": f"{report.seconds:.1f} seconds"} if report.seconds else {}
    environment = dict(report.environment)
    versions = environment.pop("versions", None)
    told |= environment
    told |= {"abilities": report.abilities} if report.abilities else {}
    return at.section(
        "setting",
        "How it was run",
        _pairs(told),
        _mapping(at, "Conventions that were promised", report.promised),
        _mapping(at, "Conventions that were seen", report.observed),
        _mapping(at, "Versions", versions if isinstance(versions, Mapping) else {}),
    )


def _mapping(at: Place, title: str, told: Mapping[str, Any]) -> Markup | None:
    return tag("div", at.heading(2, title), _pairs(told)) if told else None


def _pairs(told: Mapping[str, Any]) -> Markup:
    pairs = [
        tag("div", tag("dt", prose(str(key), 80)), tag("dd", prose(concluding.plain(value))))
        for key, value in list(told.items())[:_MOST_PAIRS]
        if value is not None
    ]
    more = len(told) - _MOST_PAIRS
    rest = tag("div", tag("dt", "more"), tag("dd", str(more))) if more > 0 else None
    return tag("dl", *pairs, rest, class_="pairs")
