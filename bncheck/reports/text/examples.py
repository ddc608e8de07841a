"""One example as lines of the text: what came out, what is exact, and on which input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bncheck.reports.common.telling import MOST_SAID, arrays, is_gradient, measured
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
            return [first, *_beside(fields, case.what, style)]
    shape = case.recipe.get("shape")
    if isinstance(shape, list | tuple) and all(isinstance(n, int) for n in shape):
        return style.wrap(f"x of shape {tuple(shape)}", INDENT, INDENT)
    return []


def _beside(fields: Mapping[str, str], what: str, style: Style) -> list[str]:
    """Tell what else the output depends on: dy for a gradient, running statistics in inference."""
    names = ["dy"] if is_gradient(what) else []
    names += ["running_mean", "running_var"] if "inference" in what else []
    lines: list[str] = []
    for name in names:
        if name not in fields:
            continue
        told = style.code(f"{name} = {fields[name]}")
        joined = f"{lines[-1]}, {told}" if lines else ""
        if joined and columns(joined) <= style.width:
            lines[-1] = joined
        elif columns(INDENT + told) <= style.width:
            lines.append(INDENT + told)
    return lines
