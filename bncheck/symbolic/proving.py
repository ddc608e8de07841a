"""Re-checks theorems, and says what came out as lines of text or as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from bncheck import arguments
from bncheck.symbolic.library import Proof, find
from bncheck.symbolic.stating.agreeing import agreement
from bncheck.symbolic.theorem import Check, check

SCHEMA = "bncheck/report/1"

HOW = {
    "identity": "equations",
    "inequality": "equations, and a gap that is manifestly not negative",
    "induction": "induction with algebraic steps, and literal instances",
    "limit": "equations, and the continuity of the right side where the limit is taken",
    "cases": "finitely many algebraic cases, and literal instances",
}


@dataclass(frozen=True)
class Outcome:
    """What the checkers said about one theorem."""

    proof: Proof
    checks: tuple[Check, ...]
    seconds: float

    @property
    def refuted(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(c for c in self.checks if c.refuted is not None)

    @property
    def proved(self) -> bool:
        """Whether something was checked and every check holds."""
        return bool(self.checks) and not self.refuted


def prove(names: str | Iterable[str] = ()) -> Iterator[Outcome]:
    """Yield the outcome of every proof that the names mean, or of all.

    A theorem is proved if all its equations are, and its file states just these.

    Raises UsageError for a name that means none.
    """
    for proof in find(arguments.names(names, "names")):
        start = perf_counter()
        checks = (*check(proof.theorem), *agreement(proof))
        yield Outcome(proof, checks, perf_counter() - start)


def lines(outcome: Outcome) -> Iterator[str]:
    """Yield what is said about a theorem: one line, and one for each check that failed."""
    theorem = outcome.proof.theorem
    verdict = "proved " if outcome.proved else "REFUTED"
    yield f"{theorem.id:<5} {verdict}  {theorem.title}  [{theorem.kind}]"
    for failed in outcome.refuted:
        yield f"      {failed.what}: {failed.checker}: {failed.refuted}"


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """Return 0 if all are proved, 1 if one is not, 2 if there was none."""
    verdicts = [outcome.proved for outcome in outcomes]
    if not verdicts:
        return 2
    return 0 if all(verdicts) else 1


def as_data(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Return the outcomes in the shape of a report, as plain data."""
    done = list(outcomes)
    findings = [_finding(outcome) for outcome in done]
    return report("proofs", findings, exit_code(done))


def report(target: str, findings: list[dict[str, Any]], code: int) -> dict[str, Any]:
    """Return the outer shape that every command's JSON has."""
    counts: dict[str, int] = {"planned": len(findings)}
    for finding in findings:
        counts[finding["verdict"]] = counts.get(finding["verdict"], 0) + 1
    return {
        "schema": SCHEMA,
        "target": target,
        "ok": code == 0,
        "exit_code": code,
        "convention": {"promised": {}, "observed": {}},
        "findings": findings,
        "causes": [],
        "counts": counts,
        "environment": {},
    }


def _finding(outcome: Outcome) -> dict[str, Any]:
    theorem = outcome.proof.theorem
    return {
        "law": theorem.id,
        "title": theorem.title,
        "verdict": "holds" if outcome.proved else "fails",
        "kind": theorem.kind,
        "how": HOW[theorem.kind],
        "domain": theorem.domain,
        "seconds": round(outcome.seconds, 3),
        "checks": [
            {"what": c.what, "checker": c.checker, "holds": c.refuted is None, "reason": c.refuted}
            for c in outcome.checks
        ],
        "reason": "; ".join(f"{c.what}: {c.checker}: {c.refuted}" for c in outcome.refuted),
    }
