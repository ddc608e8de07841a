"""What is wrong, in full: the law, the numbers, the smallest input, and how to see it again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bncheck.reports.common import inputs
from bncheck.reports.common.grouping import places
from bncheck.reports.common.telling import NO_NUMBER
from bncheck.terminal import LABELS, Style, columns, short, times

if TYPE_CHECKING:
    from bncheck.model import Counterexample, Finding


def first_shown(groups: Iterable[Sequence[Finding]]) -> dict[str, str]:
    """Map each input to the law that is told first with it: later ones point back to that."""
    laws: dict[str, str] = {}
    for first, *_ in groups:
        if first.case:
            laws.setdefault(first.case.python, first.law)
    return laws


def failed(
    group: Sequence[Finding], style: Style, shown: Mapping[str, str], place: str = ""
) -> list[str]:
    """Tell one law that fails: its first dtype in full, the others in a line each.

    place: ``file:line`` of the target, where that is known and to be told here
    """
    first, *others = group
    dtypes = ", ".join(f.dtype for f in group)
    lines = _title(f"{first.law} {first.title}: fails in {dtypes}", style)
    lines += style.labelled("law", first.statement)
    if first.case:
        lines += style.labelled("measured", first.case.what)
        lines += _numbers(first.case, style)
    lines += style.labelled("allowed", _allowed(first))
    lines += style.labelled("in", place)
    lines += _evidence(first, style, shown)
    for other in others:
        lines += _briefly(other, style)
    return lines


def raised(
    group: Sequence[Finding], style: Style, shown: Mapping[str, str], place: str = ""
) -> list[str]:
    """Tell one error, once for all the laws in which it came up.

    place: as in `failed`
    """
    first, *others = group
    lines = _title(f"{first.law} {first.title}: error in {first.dtype}", style)
    lines += style.labelled("law", first.statement)
    lines += style.labelled("in", place)
    lines += _evidence(first, style, shown)
    if others:
        lines += style.labelled("also in", f"{len(others)} more: {places(others)}")
    return lines


def _briefly(finding: Finding, style: Style) -> list[str]:
    case = finding.case
    got = f"got {_in_full(case.got)}, exact {_exact(case)}; " if case else ""
    told = style.labelled(finding.dtype, f"{got}allowed {_allowed(finding)}")
    return told + _replay(case, style)


def _evidence(finding: Finding, style: Style, shown: Mapping[str, str]) -> list[str]:
    return [
        *style.labelled("why", finding.reason),
        *style.labelled("known", _known(finding)),
        *style.labelled("cause", ", ".join(finding.causes)),
        *_input(finding, style, shown),
        *_replay(finding.case, style),
    ]


def _known(finding: Finding) -> str:
    return f"{finding.known}, see bncheck explain {finding.known}" if finding.known else ""


def _in_full(value: float) -> str:
    """Write the shortest decimal that reads back as the same number, NumPy's scalars too."""
    return repr(float(value))


def _numbers(case: Counterexample, style: Style) -> list[str]:
    got = style.labelled("got", _in_full(case.got))
    return got + style.labelled("exact", _exact(case))


def _exact(case: Counterexample) -> str:
    """What is right; where both sides of a law are the target's own, it may be nan as well."""
    if math.isnan(case.got) and math.isnan(case.expected):
        return NO_NUMBER
    return _in_full(case.expected)


def _title(title: str, style: Style) -> list[str]:
    *lines, last = style.wrap(title)
    ruled = style.rule(last) if columns(last) + 4 <= style.width else last
    lines = [style.paint(line, "bold") for line in lines]
    return [*lines, style.paint(last, "bold") + ruled[len(last) :]]


def _allowed(finding: Finding) -> str:
    bound = "nothing, the law is exact" if finding.bound == 0 else short(finding.bound)
    margin = "" if finding.margin is None else f", {times(finding.margin)} times that"
    return f"{bound} (error {short(finding.error)}{margin})"


def _input(finding: Finding, style: Style, shown: Mapping[str, str]) -> list[str]:
    """Show the input flush left, so that it can be pasted into Python as it stands."""
    case = finding.case
    if case is None or not case.python:
        return []
    before = shown.get(case.python, finding.law)
    if before != finding.law:
        return style.labelled("input", f"the smallest is that of {before}, above")
    return pasteable(case, style)


def pasteable(case: Counterexample, style: Style) -> list[str]:
    """Show the input as Python, flush left, so that it can be pasted as it stands."""
    if inputs.is_long(case):
        return style.labelled("input", f"{len(case.python)} characters long, see the file")
    code = [part for line in case.python.split("\n") for part in style.folded_code(line)]
    return ["  smallest input that shows it:", "", *inputs.imports(case.python), *code, ""]


def _replay(case: Counterexample | None, style: Style) -> list[str]:
    if case is None or not case.file:
        return []
    # a command is code: it is not folded, and its spaces stay
    command = style.code(case.replay)
    line = "  reproduce".ljust(len(LABELS)) + command
    return [line] if columns(line) <= style.width else ["  reproduce", f"    {command}"]
