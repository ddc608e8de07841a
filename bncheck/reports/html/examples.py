"""One example: what came out, what is exact and allowed, on which input, how to replay it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.common import inputs
from bncheck.reports.common.telling import apart, arrays
from bncheck.reports.html.markup import LINE, Markup, code, join, prose, tag
from bncheck.reports.html.place import folded
from bncheck.terminal import short, times

if TYPE_CHECKING:
    from bncheck.model import Counterexample, Finding

# characters of the arrays of an input that are shown at once; all of it folds out
_MOST_SHOWN = 400
_MOST_WHAT = 300
_MOST_COMMAND = 1000


def example(finding: Finding) -> Markup:
    """Return the law, what it measured, the input, and the command that runs it again."""
    case = finding.case
    return tag(
        "div",
        statement(finding),
        None if case else tag("p", prose(finding.reason)) if finding.reason else None,
        # what was raised is said above it, for all laws that it ended
        numbers(finding, case) if case and finding.verdict != "error" else None,
        evidence(case) if case else None,
        class_="example",
    )


def statement(finding: Finding) -> Markup:
    """Return what the law says."""
    said = finding.statement or finding.title
    name = tag("span", prose(finding.law, 40), class_="code")
    return tag("p", tag("b", "Law ", name), " ", prose(said), class_="law")


def numbers(finding: Finding, case: Counterexample) -> Markup:
    """Return what came out, what is exact, and what is allowed."""
    got, exact = apart(case.got, case.expected)
    allowed = "nothing" if finding.bound == 0 else short(finding.bound)
    margin = finding.margin
    beyond = f"{times(margin)} times that" if margin is not None and margin > 1 else ""
    what = prose(case.what, _MOST_WHAT) or "the comparison"
    return tag(
        "dl",
        _number("got", got, tag("span", what, class_="code") if case.what else None),
        _number("exact", exact),
        _number("allowed", allowed, f"the error is {beyond}" if beyond else None),
        class_="measured",
    )


def _number(label: str, value: str, beside: str | None = None) -> Markup:
    return tag(
        "div",
        tag("dt", label),
        tag("dd", tag("span", value, class_="code value"), _aside(beside)),
    )


def _aside(beside: str | None) -> Markup | None:
    return tag("span", beside, class_="quiet aside") if beside else None


def evidence(case: Counterexample) -> Markup:
    """Return the input, in short and as a whole, and the command that runs it again."""
    short_input = _short(case)
    return join(
        [
            _labelled("on", code(short_input, _MOST_SHOWN)) if short_input else _shape(case),
            replay(case),
            _whole(case),
        ],
        LINE,
    )


def replay(case: Counterexample) -> Markup | None:
    """Return the command that runs it again; nothing where it was not saved."""
    if not case.file:
        return None
    if len(case.file) + len(case.target) > _MOST_COMMAND:
        return tag("p", "the command that runs it again is too long to be shown")
    return _labelled("run it again", code([case.replay], 4 * _MOST_COMMAND))


def _labelled(label: str, shown: Markup) -> Markup:
    return tag("div", tag("p", label, class_="caption quiet"), shown)


def _short(case: Counterexample) -> list[str]:
    """Return the arrays that matter, a line each; nothing where they are long."""
    fields = arrays(case)
    names = ["x", "eps", *inputs.beside(case)]
    lines = [f"{name} = {fields[name]}" for name in names if name in fields]
    return lines if "x" in fields and sum(map(len, lines)) <= _MOST_SHOWN else []


def _shape(case: Counterexample) -> Markup | None:
    said = inputs.shape(case)
    return tag("p", prose(said)) if said else None


def _whole(case: Counterexample) -> Markup | None:
    if not case.python:
        return None
    if len(case.python) > inputs.LONGEST_CODE:
        where = "the file" if case.file else "the JSON report"
        return tag("p", f"the input is {len(case.python):,} characters long, see {where}")
    return folded("the smallest input that shows it, as Python", python(case.python), kind="paste")


def python(source: str) -> Markup:
    """Return an input that can be pasted as it stands."""
    lines = [*inputs.imports(source), *source.split("\n")]
    return code(lines, 2 * inputs.LONGEST_CODE)
