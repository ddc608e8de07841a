"""Symbols as places for values: what they are called, and at which step of training."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bncheck.symbolic.claims.labels import key_of
from bncheck.symbolic.claims.nodes import Name

STEP = re.compile(r"[a-z]([+-]1)?|new|old|prev|previous|last|current|cur|now")
BEFORE = frozenset({"old", "prev", "previous", "last"})


@dataclass(frozen=True)
class Place:
    """A symbol as a place for values: what it is called, and at which step."""

    letter: str
    labels: frozenset[str]
    step: str = ""


def word(name: Name) -> str:
    """Return the letters of a word such as moving_mean; nothing of a Greek letter."""
    if name.base.startswith("\\") and name.base[1:].isalpha():
        return ""
    return re.sub(r"[^a-z]", "", name.base.lower())


def place(name: Name) -> Place:
    """Part the labels of a symbol into what it is and at which step."""
    pieces = [p.strip("() ") for text in (name.below, name.above) for p in text.split(",")]
    pieces = [p.replace("\\", "") for p in pieces if p]
    steps = [p for p in pieces if STEP.fullmatch(p)]
    return Place(key_of(name), frozenset(p for p in pieces if p not in steps), "".join(steps))


def is_before(name: Name, target: Name) -> bool:
    """Whether a symbol is the target's old value."""
    one, other = place(name), place(target)
    if (one.letter, one.labels) != (other.letter, other.labels):
        return False
    if one.step == other.step or one.step in BEFORE:
        return True
    return one.step == f"{other.step}-1" or f"{one.step}+1" == other.step
