"""Claims in TOML: read, judged one by one, and told as text or plain data.

A file has ``[[claim]]`` with id, latex and source, and optionally ``where`` (what a symbol means
that the page defines in words: see `given`), ``verdict`` (what is expected) and ``note``; and
``[[table]]`` with id, source, x, xhat, and optionally y, gamma, beta.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bncheck.errors import UsageError
from bncheck.symbolic.claims.judge import Verdict, judge
from bncheck.symbolic.claims.table import judge_table
from bncheck.symbolic.proving import report

MAX_BYTES = 4_000_000
KEYS = {
    "claim": ({"id", "latex", "source"}, {"where", "verdict", "note"}),
    "table": ({"id", "source", "x", "xhat"}, {"y", "gamma", "beta", "verdict", "note"}),
}


@dataclass(frozen=True)
class Claim:
    """One entry of a claims file."""

    kind: str
    id: str
    source: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def expected(self) -> str | None:
        """The verdict that the file says it has."""
        return self.data.get("verdict")

    def judged(self) -> Verdict:
        """Return the verdict."""
        if self.kind == "claim":
            return judge(self.data["latex"], self.data.get("where", {}))
        column = {key: list(map(str, self.data.get(key, ()))) for key in ("x", "xhat", "y")}
        gamma, beta = str(self.data.get("gamma", 1)), str(self.data.get("beta", 0))
        try:
            return judge_table(column["x"], column["xhat"], column["y"], gamma, beta)
        except ValueError as reason:
            return Verdict("undecided", reason=str(reason))


def read(path: Path) -> list[Claim]:
    """Read a claims file.

    Raises UsageError for a file that is missing, too large, not TOML, or has other keys.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path.name} has more than {MAX_BYTES} bytes")
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as reason:
        raise UsageError(f"{str(path)!r} cannot be read as a claims file: {reason}") from None
    claims = [_claim(kind, entry) for kind in KEYS for entry in _entries(data, kind)]
    if unknown := sorted(set(data) - set(KEYS)):
        raise UsageError(f"{path.name} has the unknown key {unknown[0]!r}; known: claim, table")
    if not claims:
        raise UsageError(f"{path.name} has no [[claim]]")
    return claims


def _entries(data: Mapping[str, Any], kind: str) -> Iterable[Any]:
    entries = data.get(kind, [])
    if not isinstance(entries, list):
        raise UsageError(f"{kind!r} should be a list of tables: write [[{kind}]]")
    return entries


def _claim(kind: str, entry: Any) -> Claim:
    required, optional = KEYS[kind]
    if not isinstance(entry, dict):
        raise UsageError(f"an entry of {kind!r} is not a table: write [[{kind}]]")
    name = str(entry.get("id", "without an id"))
    if missing := sorted(required - set(entry)):
        raise UsageError(f"the {kind} {name!r} lacks {missing[0]!r}")
    if unknown := sorted(set(entry) - required - optional):
        raise UsageError(f"the {kind} {name!r} has the unknown key {unknown[0]!r}")
    where = entry.get("where", {})
    if not isinstance(where, dict) or not isinstance(entry.get("latex", ""), str):
        raise UsageError(f"the {kind} {name!r}: latex should be a string, where a table")
    return Claim(kind, name, str(entry["source"]), entry)


@dataclass(frozen=True)
class Judged:
    """A claim and its verdict."""

    claim: Claim
    verdict: Verdict


def judge_file(path: Path) -> Iterator[Judged]:
    """Yield every claim of a file with its verdict.

    Raises UsageError where the file cannot be read.
    """
    for claim in read(path):
        yield Judged(claim, claim.judged())


def exit_code(judged: Iterable[Judged]) -> int:
    """Return 1 if a claim is false, 2 if none was decided, else 0."""
    verdicts = {j.verdict.verdict for j in judged}
    if "false" in verdicts:
        return 1
    return 0 if verdicts & {"true", "true-if"} else 2


def lines(judged: Judged) -> Iterator[str]:
    """Yield what is said about a claim."""
    verdict = judged.verdict
    conditions = f": {', '.join(verdict.conditions)}" if verdict.conditions else ""
    yield f"{verdict.verdict:<9} {judged.claim.id}{conditions}"
    if verdict.counterexample:
        said = "otherwise, " if verdict.verdict == "true-if" else ""
        yield f"          {said}at {verdict.counterexample}"
    if verdict.repair:
        yield f"          what is wrong: {verdict.repair.says}"
        yield f"          corrected: {verdict.repair.corrected}"
    if verdict.reason:
        yield f"          {verdict.reason}"


def as_data(judged: Iterable[Judged], target: str) -> dict[str, Any]:
    """Return the verdicts in the shape of a report, as plain data."""
    done = list(judged)
    return report(target, [_finding(j) for j in done], exit_code(done))


def _finding(judged: Judged) -> dict[str, Any]:
    claim, verdict = judged.claim, judged.verdict
    found = verdict.counterexample
    return {
        "law": claim.id,
        "title": claim.data.get("note", claim.id),
        "verdict": verdict.verdict,
        "source": claim.source,
        "latex": claim.data.get("latex", ""),
        "conditions": list(verdict.conditions),
        "counterexample": None
        if found is None
        else {"m": found.m, "values": found.values, "left": found.left, "right": found.right},
        "corrected": verdict.repair.corrected if verdict.repair else None,
        "causes": [verdict.repair.says] if verdict.repair else [],
        "reason": verdict.reason,
    }
