"""How a derivation was checked, in one sentence, and no more than was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bncheck.symbolic.stating.agreeing import STATED
from bncheck.symbolic.theorem import CHECKERS, INSTANCES, Check

NORMAL, SMALL, POINTS = CHECKERS
NOT_NEGATIVE = "manifestly not negative"
SAID = {
    NORMAL: "for all m by the normal form",
    SMALL: "with SymPy at m = 2 and 3, and in integers at m = 4 and 5",
    POINTS: "at random rational points in exact arithmetic",
    NOT_NEGATIVE: "the last line term by term to be not negative",
    INSTANCES: "the statement computed literally at small sizes",
    STATED: "the statement, read back as it is printed, against the equations",
}
NOT_CHECKED = "Not checked."


def about(name: str, checks: Iterable[Check]) -> list[Check]:
    """Return the checks of one equation: of its ends, and of its steps."""
    return [c for c in checks if c.what == name or c.what.startswith(f"{name}, step ")]


def refuted(checks: Iterable[Check]) -> str:
    """Return what is wrong, or nothing."""
    wrong = (f"{c.checker}: {c.refuted}" for c in checks if c.refuted is not None)
    return "; ".join(dict.fromkeys(wrong))


def sentence(name: str, checks: Sequence[Check]) -> str:
    """Say how an equation was checked: its steps, and its first line against its last."""
    mine = about(name, checks)
    if not mine:
        return NOT_CHECKED
    wrong = refuted(mine)
    if wrong:
        return f"REFUTED: {wrong}."
    steps = [c for c in mine if c.what != name]
    asked = dict.fromkeys(c.checker for c in mine if c.what == name)
    ends = [SAID[checker] for checker in asked if checker in SAID and checker != STATED]
    if len(steps) <= 1:
        return f"Checked: {'; '.join(ends)}." if ends else NOT_CHECKED
    each = f"each of the {len(steps)} steps {SAID[NORMAL]}"
    return f"Checked: {each}; the first line against the last {'; '.join(ends)}."


def step(name: str, number: int, checks: Sequence[Check]) -> str:
    """Return what is wrong with a step, counted from 1, or nothing."""
    return refuted(c for c in checks if c.what.startswith(f"{name}, step {number} ("))
