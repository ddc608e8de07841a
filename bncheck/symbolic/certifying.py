"""Says what Coq made of the theorems, as lines of text or as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bncheck import arguments
from bncheck.symbolic.coq import Certificate, CoqResult, check
from bncheck.symbolic.library import find
from bncheck.symbolic.proving import report

NO_CERTIFICATE, PART = "no certificate", "in part"


def certify(names: str | Iterable[str] = (), jobs: int = 1) -> Iterator[CoqResult]:
    """Yield what Coq says about every theorem that the names mean, or about all.

    Raises UsageError for a name that means none, CoqMissing where Coq is not installed.
    """
    yield from check(list(find(arguments.names(names, "names"))), jobs)


def line(result: CoqResult) -> str:
    """Say what came of one theorem."""
    theorem = result.certificate.proof.theorem
    says = result.says.splitlines()[0] if result.says else ""
    return f"{theorem.id:<5} {_verdict(result):<14}  {theorem.title}{says and f': {says}'}"


def _verdict(result: CoqResult) -> str:
    if result.accepted is None:
        return NO_CERTIFICATE
    if not result.accepted:
        return "REFUSED"
    return PART if result.certificate.reach else "certified"


def summary(results: Sequence[CoqResult]) -> list[str]:
    """Count."""
    verdicts = [_verdict(result) for result in results]
    lemmas = sum(len(result.certificate.lemmas) for result in results if result.accepted)
    refused = verdicts.count("REFUSED")
    return [
        f"Coq accepts {lemmas} equations and bounds: of {len(results)} theorems "
        f"{verdicts.count('certified')} are certified, {verdicts.count(PART)} in part, "
        f"{verdicts.count(NO_CERTIFICATE)} have no certificate"
        + (f", {refused} REFUSED" if refused else "")
    ]


def exit_code(results: Sequence[CoqResult]) -> int:
    """Return 0 if all that was asked is accepted, 1 if something is refused, 2 for nothing."""
    if all(result.accepted is None for result in results):
        return 2
    return int(any(result.accepted is False for result in results))


def as_data(results: Sequence[CoqResult]) -> dict[str, Any]:
    """Return the results in the shape of a report, as plain data."""
    return report("certificates", [_finding(result) for result in results], exit_code(results))


def _finding(result: CoqResult) -> dict[str, Any]:
    asked: Certificate = result.certificate
    verdicts = {True: "holds", False: "fails", None: "skipped"}
    return {
        "law": asked.proof.theorem.id,
        "title": asked.proof.theorem.title,
        "verdict": verdicts[result.accepted],
        "whole": bool(result.accepted) and not asked.reach,
        "lemmas": [lemma.name for lemma in asked.lemmas],
        "hypotheses": sorted({each for lemma in asked.lemmas for each in lemma.hypotheses}),
        "domain": asked.proof.theorem.domain,
        "seconds": round(result.seconds, 3),
        "reason": result.says,
    }
