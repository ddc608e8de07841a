"""The head of a report: its verdict in the largest words, of what, why, and in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.common import concluding
from bncheck.reports.html.markup import Markup, join, prose, tag, text
from bncheck.terminal import beginning

if TYPE_CHECKING:
    from bncheck.model import Report
    from bncheck.reports.html.place import Place

# exit code -> the class of its word
KINDS = {0: "good", 1: "bad", 2: "open", 3: "bad"}
# verdict -> the class of its numbers
_OF_VERDICT = {"fails": "bad", "error": "bad", "expected": "open", "holds": "good"}

_MOST_TARGET = 400
# what was not checked is told in full in a section of its own
_MOST_NAME, _MOST_NAMES = 60, 8


def head(report: Report, at: Place) -> Markup:
    """Return the verdict, the target, the reason, the numbers and the setting."""
    word = concluding.WORDS[report.exit_code]
    kind = KINDS[report.exit_code]
    place = concluding.place_in(report)
    return tag(
        "header",
        at.heading(0, tag("span", word, class_=f"verdict {kind}"), " ", target(report.target)),
        tag("p", prose(place), class_="quiet where") if place else None,
        tag("p", prose(_why(report)), class_="why"),
        _numbers(report),
        tag("p", prose(concluding.setting(report)), class_="quiet"),
    )


def target(name: str) -> Markup:
    """Return the name of a target, which is broken between the folders of a path if it must be."""
    folders = beginning(name, _MOST_TARGET).split("/")
    broken = join(["/", tag("wbr")]).join(text(folder) for folder in folders)
    return tag("span", Markup(broken), class_="target code")


def _why(report: Report) -> str:
    """Say why the exit code is what it is, and what was not checked."""
    names = [
        beginning(entry[:_MOST_TARGET].partition(": ")[0], _MOST_NAME)
        for entry in report.untried[:_MOST_NAMES]
    ]
    more = len(report.untried) - len(names)
    untried = ", ".join([*names, *([f"{more} more"] if more else [])])
    told = f"exit {report.exit_code}: {concluding.conclusion(report)}"
    return f"{told}; {untried} NOT checked" if untried else told


def _numbers(report: Report) -> Markup:
    """Return how many laws do what, and on how many examples."""
    told = concluding.laws_by_verdict(report)
    if not told:
        return tag("p", "no law was tried")
    total = sum(count for _, count, _ in told)
    laws = "law" if total == 1 else "laws"
    examples = sum(f.examples for f in report.findings)
    return tag(
        "dl",
        join(_number(count, does, _OF_VERDICT.get(verdict, "")) for verdict, count, does in told),
        _number(total, f"{laws} in all", ""),
        _number(examples, "example" if examples == 1 else "examples", ""),
        class_="numbers",
    )


def _number(count: int, does: str, kind: str) -> Markup:
    number = tag("dd", f"{count:,}", class_=kind or None)
    return tag("div", tag("dt", does), number)
