"""What we print can be read again, and is judged true; what is changed in print is not."""

import re
from collections import Counter
from functools import cache
from itertools import pairwise

import pytest

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers import rationals
from bncheck.symbolic.claims.judge import judge, statements
from bncheck.symbolic.library import find
from bncheck.symbolic.printers.formula import latex

ROOT = r"\sqrt{\sigma^2 + \epsilon}"


def printed() -> list[tuple[str, str]]:
    """Return both sides of every line of every derivation, as LaTeX."""
    lines = []
    for proof in find():
        for derivation in proof.theorem.derivations:
            shown = [derivation.start, *(step.expression for step in derivation.steps)]
            lines += [(latex(before), latex(after)) for before, after in pairwise(shown)]
    return list(dict.fromkeys(lines))


@cache
def verdicts() -> dict[tuple[str, str], str]:
    """Return how every printed line is judged."""
    return {sides: judge(" = ".join(sides)).verdict for sides in printed()}


def true_lines() -> list[tuple[str, str]]:
    """Return the lines that are judged true, the shortest first."""
    found = (sides for sides, verdict in verdicts().items() if verdict == "true")
    return sorted(found, key=lambda sides: (len("".join(sides)), sides))


def test_no_printed_line_is_judged_to_be_anything_but_true():
    # undecided are those that speak of what the dialect has no signs for
    assert set(verdicts().values()) <= {"true", "undecided", "true-if"}
    assert len(true_lines()) >= 100


def changed(pattern: str, by: str):
    """Return a forgery that replaces the first match."""
    return lambda right: re.sub(pattern, by.replace("\\", r"\\"), right, count=1)


def without_a_term(right: str) -> str:
    """Return the formula without the second term of its first sum."""
    start = re.search(r" [+-] ", right)
    if start is None:
        return right
    depth, end = 0, start.end()
    while end < len(right) and not (depth == 0 and re.match(r" [+-] ", right[end:])):
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(right[end], 0)
        if depth < 0:  # the bracket that the sum stands in; \right) begins before it
            end -= len(r"\right") if right[end] == ")" else 0
            break
        end += 1
    return right[: start.start()] + right[end:]


FORGERIES = {
    "sign of a term": lambda r: re.sub(
        r" ([+-]) ", lambda m: " - " if m[1] == "+" else " + ", r, count=1
    ),
    "sign of all": lambda r: rf"-\left({r}\right)",
    "factor": lambda r: rf"2 \left({r}\right)",
    "index": changed(r"_\{j\}", "_{k}"),
    "missing term": without_a_term,
    "m - 1 for m": changed(r"\}\{m\}", "}{m - 1}"),
    "m for 1": changed(r"\}\{m\}", "}{1}"),
    "eps outside the root": lambda r: r.replace(ROOT, r"\left(\sqrt{\sigma^2} + \epsilon\right)"),
    "eps dropped": changed(r"\\sigma\^2 \+ \\epsilon", r"\sigma^2"),
    "eps twice": changed(r"\\sigma\^2 \+ \\epsilon", r"\sigma^2 + 2 \epsilon"),
    "1 for xhat": changed(r"\\hat\{x\}_\{[ij]\}(\^\{\d\})?", "1"),
    "root dropped": lambda r: r.replace(ROOT, r"\left(\sigma^2 + \epsilon\right)", 1),
}


OF_EACH_KIND = 24
AT_LEAST = 9
"""Of each kind; of the others some change nothing, such as the sign of a zero."""


def forged(kind: str) -> list[str]:
    """Return true lines with the change made on the right, the shortest of them."""
    found = []
    for left, right in true_lines():
        wrong = FORGERIES[kind](right)
        if wrong not in (right, ""):
            found.append(f"{left} = {wrong}")
    return found[:OF_EACH_KIND]  # there are up to 90


def differs(formula: str) -> bool | None:
    """Whether exact rationals tell the sides apart; ``None`` where roots are irrational."""
    try:
        (statement,) = statements(formula, {})
        return rationals.refutation(statement.left, statement.right) is not None
    except (NotSupported, ValueError, ZeroDivisionError):
        return None


@pytest.mark.parametrize("kind", FORGERIES)
def test_forged_print_is_refused(kind):
    outcome = Counter()
    for formula in forged(kind):
        verdict = judge(formula, repair=False)
        told_apart = differs(formula)
        outcome[verdict.verdict] += 1
        if verdict.verdict == "true":  # a change of something that is zero, and the like
            assert told_apart is False, formula
        elif verdict.verdict == "true-if":
            assert verdict.conditions, formula
            assert told_apart is not False, formula
        elif verdict.verdict == "false":
            assert verdict.counterexample is not None, formula
            assert told_apart is not False, formula
    assert outcome["false"] + outcome["true-if"] >= AT_LEAST, outcome
    assert outcome["undecided"] <= 2, outcome


def test_a_hundred_forgeries_are_refused():
    assert AT_LEAST * len(FORGERIES) >= 100
