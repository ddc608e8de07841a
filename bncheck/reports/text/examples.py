"""One example as lines of the text: what came out, what is exact, and on which input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bncheck.reports.common import inputs
from bncheck.reports.common.telling import MOST_SAID, arrays, measured
from bncheck.terminal import Style, beginning, columns

if TYPE_CHECKING:
    from bncheck.model import Counterexample, Finding

INDENT = "   "


def lines(finding: Finding, style: Style, *, with_input: bool) -> list[str]:
    """Tell an example: what came out, what is exact, what is allowed, and on which input."""
    case = finding.case
    if case is None:
        told = beginning(f"{finding.law}: {finding.reason}", MOST_SAID) if finding.reason else ""
        return style.wrap(told, INDENT, INDENT) if told else []
    # what was raised is said above it, for all laws that it ended
    raised = finding.verdict == "error"
    lines = [] if raised else style.wrap(measured(finding, case), INDENT, INDENT)
    return [*lines, *(_input(case, style) if with_input else []), *replay(case, style)]


def replay(case: Counterexample | None, style: Style) -> list[str]:
    """Tell the command that runs the example again: code, so that it is not folded."""
    if case is None or not case.file:
        return []
    return [style.code(f"{INDENT}{case.replay}")]


def _input(case: Counterexample, style: Style) -> list[str]:
    """Tell the input on one line if it fits there, or what shape it has."""
    fields = arrays(case)
    if "x" in fields:
        line = style.code(f"{INDENT}x = {fields['x']}")
        if columns(line) <= style.width:
            eps = style.code(f", eps = {fields['eps']}") if "eps" in fields else ""
            first = line + eps if columns(line + eps) <= style.width else line
            return [first, *_beside(fields, case, style)]
    shape = inputs.shape(case)
    return style.wrap(shape, INDENT, INDENT) if shape else []


def _beside(fields: Mapping[str, str], case: Counterexample, style: Style) -> list[str]:
    """Tell what else the output depends on."""
    lines: list[str] = []
    for name in inputs.beside(case):
        if name not in fields:
            continue
        told = style.code(f"{name} = {fields[name]}")
        joined = f"{lines[-1]}, {told}" if lines else ""
        if joined and columns(joined) <= style.width:
            lines[-1] = joined
        elif columns(INDENT + told) <= style.width:
            lines.append(INDENT + told)
    return lines
