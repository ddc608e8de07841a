"""Several reports in a page: the verdicts first, each leading to its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from bncheck.model import NotChecked, exit_code_of
from bncheck.reports.common import outcomes as outcome_of
from bncheck.reports.common.concluding import WORDS
from bncheck.reports.html import one
from bncheck.reports.html.head import KINDS, target
from bncheck.reports.html.markup import LINE, Markup, join, prose, tag
from bncheck.reports.html.place import Place

if TYPE_CHECKING:
    from bncheck.model import Outcome

# characters of reports that are told in full, and of all; what fails comes first
_FULL, _ROOM = 6_000_000, 10_000_000
_MOST_LISTED = 5000

# exit code -> what one target, and what several do
_COUNTED = {
    3: ("fault of bncheck", "faults of bncheck"),
    1: ("fails", "fail"),
    2: ("not checked", "not checked"),
    0: ("holds", "hold"),
}


def title(outcomes: Sequence[Outcome]) -> str:
    """Return the verdict on all of them, and how many they are."""
    total = len(outcomes)
    return f"{WORDS[exit_code_of(outcomes)]} {total} target{'' if total == 1 else 's'}"


def parts(outcomes: Sequence[Outcome]) -> Markup:
    """Return the table of contents and the reports."""
    reports = _reports(outcomes)
    more = len(outcomes) - len(reports)
    said = f"{more} more reports are left out; the JSON reports have them all"
    return join(
        [
            tag("header", _head(outcomes)),
            tag("nav", _contents(outcomes, reports), aria_label="targets"),
            *(reports[number] for number in sorted(reports)),
            tag("p", said) if more else None,
        ],
        LINE,
    )


def _reports(outcomes: Sequence[Outcome]) -> dict[int, Markup]:
    """Return as many reports as there is room for, and as much of each, by their numbers."""
    told: dict[int, Markup] = {}
    used = 0
    for number in sorted(range(len(outcomes)), key=lambda n: outcomes[n].exit_code in (0, 2)):
        if used > _ROOM:
            break
        told[number] = _report(outcomes[number], number, in_full=used <= _FULL)
        used += len(told[number])
    return told


def _head(outcomes: Sequence[Outcome]) -> Markup:
    code = exit_code_of(outcomes)
    counts = Counter(outcome.exit_code for outcome in outcomes)
    total = len(outcomes)
    told = ", ".join(
        f"{counts[each]} {_COUNTED[each][counts[each] > 1]}" for each in _COUNTED if counts[each]
    )
    return join(
        [
            tag(
                "h1",
                tag("span", WORDS[code], class_=f"verdict {KINDS[code]}"),
                " ",
                tag("span", f"{total} target{'' if total == 1 else 's'}", class_="target"),
            ),
            tag("p", f"exit {code}: of {total}, {told or 'none was tried'}", class_="why"),
        ]
    )


def _contents(outcomes: Sequence[Outcome], told: Container[int]) -> Markup:
    rows = [
        _line(outcome, number, linked=number in told)
        for number, outcome in enumerate(outcomes[:_MOST_LISTED])
    ]
    head = tag("tr", *(tag("th", name, scope="col") for name in ("verdict", "target", "what")))
    more = len(outcomes) - len(rows)
    return join(
        [
            tag(
                "table", tag("thead", head), LINE, tag("tbody", join(rows, LINE)), class_="contents"
            ),
            tag("p", f"{more} more targets are not listed") if more else None,
        ]
    )


def _line(outcome: Outcome, number: int, *, linked: bool) -> Markup:
    code = outcome.exit_code
    name = target(outcome.target)
    return tag(
        "tr",
        tag("td", tag("b", WORDS[code], class_=KINDS[code])),
        tag("th", tag("a", name, href=f"#{_id(number)}") if linked else name, scope="row"),
        tag("td", prose(outcome_of.told(outcome), 400)),
    )


def _report(outcome: Outcome, number: int, *, in_full: bool) -> Markup:
    at = Place(prefix=f"t{number + 1}-", level=2)
    if isinstance(outcome, NotChecked):
        told = _not_checked(outcome, at)
    elif in_full:
        told = one.parts(outcome, at)
    else:
        cut = "Charts and laws are left out, as there are many targets; the JSON report has them."
        told = join([one.short(outcome, at), tag("p", cut, class_="quiet")], LINE)
    back = tag("p", tag("a", "all targets", href="#"), class_="back")
    return tag("article", told, back, id=_id(number), class_="report")


def _not_checked(outcome: NotChecked, at: Place) -> Markup:
    code = outcome.exit_code
    word = tag("span", WORDS[code], class_=f"verdict {KINDS[code]}")
    return tag(
        "header",
        at.heading(0, word, " ", target(outcome.target)),
        tag("p", prose(f"exit {code}: not checked: {outcome.error}"), class_="why"),
    )


def _id(number: int) -> str:
    return f"t{number + 1}"
