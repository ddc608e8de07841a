"""One telling example for many failures: finite numbers, more than one value, a basic law."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bncheck.terminal import beginning, short

if TYPE_CHECKING:
    from bncheck.model import Counterexample, Finding

# characters of a sentence that is one of many
MOST_SAID = 170
# what is right where both sides of a law are the target's own, and both are nan
NO_NUMBER = "a number (both sides of this law are nan)"

# an error of so many times what rounding may do is seen at a glance to be another
_PLAIN = 100
_WORD = re.compile(r"[^\W\d_]+")
_GRADIENT = re.compile(r"\bd(?:x|gamma|beta)\b")

# a line of a pasteable `Case` that gives one of its arrays or numbers
_FIELD = re.compile(r"^    (\w+)=(.*),$")


def telling(findings: Sequence[Finding], outputs: Sequence[str] = ()) -> Finding:
    """Return the finding whose example says the most; earlier laws are the more basic ones.

    outputs: those that are wrong by what the findings share, if it is not all
    """
    return min(
        findings,
        key=lambda f: (
            not _finite(f),
            not _is_of(f, outputs),
            not _several_values(f),
            not _plain(f),
        ),
    )


def is_gradient(what: str) -> bool:
    """Whether a comparison is of a gradient."""
    return bool(_GRADIENT.search(what))


def _is_of(finding: Finding, outputs: Sequence[str]) -> bool:
    """Whether an example shows one of these outputs, as a diagnosis names them."""
    what = finding.case.what if finding.case else ""
    words = set(_WORD.findall(what))
    return not outputs or any(
        set(output.removeprefix("inference ").split()) <= words
        and output.startswith("inference ") == ("inference" in words)
        for output in outputs
    )


def _plain(finding: Finding) -> bool:
    """Whether it is seen at a glance that the error is none of rounding."""
    return finding.margin is not None and finding.margin > _PLAIN


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


def measured(finding: Finding, case: Counterexample) -> str:
    """Say of a comparison what came out, what is exact and what is allowed."""
    got, exact = apart(case.got, case.expected)
    allowed = "nothing" if finding.bound == 0 else short(finding.bound)
    what = beginning(f"{finding.law} {case.what}", MOST_SAID)
    return f"{what}: got {got}, exact {exact}, allowed {allowed}"


def arrays(case: Counterexample) -> dict[str, str]:
    """Return what a case gives on one line of Python each, by its name: x, dy, gamma, eps ..."""
    found = (_FIELD.match(line) for line in case.python.split("\n"))
    return {match[1]: match[2] for match in found if match}
