"""The verdict in words: what came out, why, of how many laws, in which setting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bncheck.reports.common.grouping import VERDICTS, worst

if TYPE_CHECKING:
    from bncheck.model import Report

# exit code -> the word for it
WORDS = {0: "HOLDS", 1: "FAILS", 2: "NOT CHECKED", 3: "FAULT OF BNCHECK"}

# verdict -> what one law, and what several do
LAWS_THAT = {
    "fails": ("fails", "fail"),
    "error": ("raises", "raise"),
    "expected": ("fails as expected", "fail as expected"),
    "holds": ("holds", "hold"),
    "skipped": ("skipped", "skipped"),
}

# what bncheck itself needs; of versions, the frameworks are what matters to a reader
OWN = {"python", "numpy", "scipy", "sympy", "hypothesis", "ml_dtypes"}
_MOST_FRAMEWORKS = 3  # in a sentence; a notebook's process may have loaded a dozen


def conclusion(report: Report) -> str:
    """Say why the exit code is what it is."""
    verdicts = {f.verdict for f in report.findings}
    reasons = {
        "something is wrong with the target": bool(verdicts & {"fails", "error"}),
        **dict.fromkeys(report.missing, True),
        "an expectation is stale": bool(report.stale),
        "interrupted before all was checked": report.interrupted,
        "a fault of bncheck itself": bool(report.faults),
        "nothing could be checked": report.exit_code == 2 and not report.interrupted,
    }
    said = [reason for reason, true in reasons.items() if true]
    return ", ".join(said) or _holds(report)


def _holds(report: Report) -> str:
    """Say that all is well only where nothing was left out, and nothing fails."""
    expected = len({f.law for f in report.findings if f.verdict == "expected"})
    if expected:
        return f"nothing but the expected fails ({expected} law{'s' * (expected > 1)})"
    if not report.untried:
        return "everything checked holds"
    laws = len({f.law for f in report.findings if f.verdict == "holds"})
    return f"{laws} law{'' if laws == 1 else 's'} hold{'s' if laws == 1 else ''}"


def laws_by_verdict(report: Report) -> list[tuple[str, int, str]]:
    """Count the laws by the worst verdict that they have in any dtype; what none has is left out.

    Each is the verdict, how many, and what they do.
    """
    counts = Counter(worst(report.findings).values())
    return [
        (verdict, counts[verdict], LAWS_THAT[verdict][counts[verdict] > 1])
        for verdict in VERDICTS
        if counts[verdict]
    ]


def counted(report: Report) -> list[str]:
    """Say how many laws did what, and on how many examples."""
    told = laws_by_verdict(report)
    total = sum(count for _, count, _ in told)
    laws = "1 law" if total == 1 else f"{total} laws"
    each = ", ".join(f"{count} {does}" for _, count, does in told)
    return [
        f"of {laws} {each or 'none was tried'}",
        examples(report),
    ]


def examples(report: Report) -> str:
    """Say how many examples there were, and how many were no work, as they follow from others."""
    tried = sum(f.examples for f in report.findings)
    follow = sum(f.follows for f in report.findings)
    return f"{tried} examples" + (f", and {follow} that follow from them" if follow else "")


def setting(report: Report) -> str:
    """Say which versions ran and how, in a sentence."""
    return "; ".join(part for part in parts(report, _MOST_FRAMEWORKS) if part)


def parts(report: Report, most: int | None = None) -> tuple[str, str]:
    """Say which versions ran, and on what and how they were tried.

    most: how many frameworks are named, None for all
    """
    told = dict(report.environment)
    versions = [
        f"{name} {told.pop(name)}" for name in ("bncheck", "python", "numpy") if name in told
    ]
    packages = told.pop("versions", None) or {}
    if told.get("device") == "cpu":
        del told["device"]
    frameworks = [f"{name} {number}" for name, number in packages.items() if name not in OWN]
    if most is not None and len(frameworks) > most + 1:
        frameworks = [*frameworks[:most], f"{len(frameworks) - most} more packages"]
    versions += frameworks
    dtypes = list(dict.fromkeys(told.pop("dtypes", None) or [f.dtype for f in report.findings]))
    rest = [f"{name} {plain(value)}" for name, value in told.items() if value is not None]
    rest += [f"not run again: nothing changed since {report.started}"] if report.resumed else []
    return ", ".join(versions) or "bncheck", "; ".join([plain(dtypes), *rest])


def pairs(told: Mapping[str, Any]) -> str:
    """Write conventions: ``momentum_weighs = new, dtypes = float32, float64``."""
    return ", ".join(f"{key} = {plain(value)}" for key, value in told.items()) or "nothing"


def plain(value: Any) -> str:
    """Write a value without the brackets of a list."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def place(origin: str) -> str:
    """Shorten ``path/to/bn.py:12`` to its last part: the report is the same in every folder."""
    return origin.replace("\\", "/").rpartition("/")[2]


def place_in(report: Report) -> str:
    """Say where the target is: its line, and the file where its name does not say so."""
    name, colon, line = place(report.origin).rpartition(":")
    if not colon:
        return ""
    return f"line {line}" if name in report.target else f"{name}:{line}"
