"""What theorems are about, by the letters of their ids: which normalization, and what m counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import digits


@dataclass(frozen=True)
class Family:
    """A normalization, and what m is the size of."""

    title: str = "Batch normalization"
    size: str = "batch size"


RELATIVES: Mapping[str, Family] = {
    "LN": Family("Layer normalization", "number of features"),
    "RMS": Family("RMS normalization", "number of features"),
    "GN": Family("Group normalization", "number of positions"),
    "IN": Family("Instance normalization", "number of positions"),
}
"""The families that are not about batches."""


def of(theorem: str) -> Family:
    """Return what a theorem with this id is about."""
    return RELATIVES.get(theorem.rstrip(digits), Family())


def title(theorems: Iterable[str]) -> str:
    """Return what all theorems with these ids are about."""
    titles = {of(theorem).title for theorem in theorems}
    return titles.pop() if len(titles) == 1 else "Normalization"
