"""Findings that are told together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bncheck.model import Finding, Verdict


def by_law(findings: Iterable[Finding], verdict: Verdict) -> list[list[Finding]]:
    """Group the findings of one verdict by law, in order of first appearance."""
    groups: dict[str, list[Finding]] = {}
    for f in findings:
        if f.verdict == verdict:
            groups.setdefault(f.law, []).append(f)
    return list(groups.values())


def by_reason(findings: Iterable[Finding], verdict: Verdict) -> list[list[Finding]]:
    """Group the findings of one verdict by reason, in order of first appearance."""
    groups: dict[str, list[Finding]] = {}
    for f in findings:
        if f.verdict == verdict:
            groups.setdefault(f.reason, []).append(f)
    return list(groups.values())


# the worst first
VERDICTS: tuple[Verdict, ...] = ("fails", "error", "expected", "holds", "skipped")


def worst(findings: Iterable[Finding]) -> dict[str, Verdict]:
    """Map each law to the worst verdict that it has in any dtype."""
    found: dict[str, Verdict] = {}
    for f in findings:
        found[f.law] = min(found.get(f.law, f.verdict), f.verdict, key=VERDICTS.index)
    return found


def places(findings: Iterable[Finding]) -> str:
    """List laws with their dtypes: ``B03 (float32, float64), B04 (float32)``.

    Dtypes that are the same for all laws are said once, at the end.
    """
    dtypes: dict[str, list[str]] = {}
    for f in findings:
        dtypes.setdefault(f.law, []).append(f.dtype)
    distinct = {tuple(names) for names in dtypes.values()}
    if len(distinct) == 1:
        return f"{', '.join(dtypes)} ({', '.join(distinct.pop())})"
    return ", ".join(f"{law} ({', '.join(names)})" for law, names in dtypes.items())
