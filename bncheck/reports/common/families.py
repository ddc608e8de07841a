"""Families of laws: what the first letter of an id stands for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bncheck.model import Finding

# first letter of an id -> what such laws are about
FAMILIES = {
    "F": "forward",
    "B": "backward",
    "N": "their own parameters",
    "W": "weights before it",
    "I": "inference and running",
    "X": "equal to the last bit",
    "P": "behaviour",
}


def by_family(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """Group findings by what their laws are about; families without any are left out."""
    groups: dict[str, list[Finding]] = {name: [] for name in FAMILIES}
    for f in findings:
        groups.setdefault(f.law[:1], []).append(f)
    return [(FAMILIES.get(name, name), group) for name, group in groups.items() if group]
