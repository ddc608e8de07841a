"""One telling example for many failures: finite numbers, more than one value, a basic law."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bncheck.terminal import Style, beginning, columns, short

if TYPE_CHECKING:
    from bncheck.model import Counterexample, Finding

INDENT = "   "
# characters of a sentence that is one of many
MOST_SAID = 170
# what is right where both sides of a law are the target's own, and both are nan
NO_NUMBER = "a number (both sides of this law are nan)"

# a line of a pasteable `Case` that gives one of its arrays or numbers
_FIELD = re.compile(r"^    (\w+)=(.*),$")


def telling(findings: Sequence[Finding]) -> Finding:
    """Return the finding whose example says the most; earlier laws are the more basic ones."""
    return min(findings, key=lambda f: (not _finite(f), not _several_values(f)))


def lines(finding: Finding, style: Style, *, with_input: bool) -> list[str]:
    """Tell an example: what came out, what is exact, what is allowed, and on which input."""
    case = finding.case
    if case is None:
        told = beginning(f"{finding.law}: {finding.reason}", MOST_SAID) if finding.reason else ""
        return style.wrap(told, INDENT, INDENT) if told else []
    # what was raised is said above it, for all laws that it ended
    raised = finding.verdict == "error"
    lines = [] if raised else style.wrap(_measured(finding, case), INDENT, INDENT)
    return [*lines, *(_input(case, style) if with_input else []), *replay(case, style)]


def replay(case: Counterexample | None, style: Style) -> list[str]:
    """Tell the command that runs the example again: code, so that it is not folded."""
    if case is None or not case.file:
        return []
    return [style.code(f"{INDENT}{case.replay}")]


def _measured(finding: Finding, case: Counterexample) -> str:
    got, exact = apart(case.got, case.expected)
    allowed = "nothing" if finding.bound == 0 else short(finding.bound)
    what = beginning(f"{finding.law} {case.what}", MOST_SAID)
    return f"{what}: got {got}, exact {exact}, allowed {allowed}"


def apart(got: float, exact: float) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to tell them apart, seven at least."""
    got, exact = float(got), float(exact)
    if math.isnan(got) and math.isnan(exact):
        return "nan", NO_NUMBER
    for digits in (7, 10, 13):
        pair = f"{got:.{digits}g}", f"{exact:.{digits}g}"
        if pair[0] != pair[1]:
            return pair
    return repr(got), repr(exact)


def _input(case: Counterexample, style: Style) -> list[str]:
    """Tell the input on one line if it fits there, or what shape it has."""
    found = (_FIELD.match(line) for line in case.python.split("\n"))
    fields = {match[1]: match[2] for match in found if match}
    if "x" in fields:
        line = style.code(f"{INDENT}x = {fields['x']}")
        if columns(line) <= style.width:
            eps = style.code(f", eps = {fields['eps']}") if "eps" in fields else ""
            return [line + eps if columns(line + eps) <= style.width else line]
    shape = case.recipe.get("shape")
    if isinstance(shape, list | tuple) and all(isinstance(n, int) for n in shape):
        return style.wrap(f"x of shape {tuple(shape)}", INDENT, INDENT)
    return []


def _finite(finding: Finding) -> bool:
    case = finding.case
    return case is not None and math.isfinite(case.got) and math.isfinite(case.expected)


def _several_values(finding: Finding) -> bool:
    """Whether a channel of the input has more than one value; for ``(N, C, *spatial)``."""
    shape = finding.case.recipe.get("shape") if finding.case else None
    if not isinstance(shape, list | tuple) or not all(isinstance(n, int) for n in shape):
        return False
    values: int = math.prod(n for axis, n in enumerate(shape) if axis != 1)
    return values > 1
