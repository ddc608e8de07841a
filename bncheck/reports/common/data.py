"""A report as plain data: what JSON has, and nothing else."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from bncheck.model import NotChecked, Verdict

if TYPE_CHECKING:
    from bncheck.model import Counterexample, Finding, Outcome, Report

SCHEMA = "bncheck/report/1"


def of_outcome(outcome: Outcome) -> dict[str, Any]:
    """Return the report on one of several targets, or why there is none."""
    if isinstance(outcome, NotChecked):
        return {
            "target": outcome.target,
            "error": outcome.error,
            "exit_code": outcome.exit_code,
        }
    return as_data(outcome)


def as_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data: dict, list, str, int, finite float, bool and None."""
    return {
        "schema": SCHEMA,
        "target": report.target,
        "ok": report.ok,
        "exit_code": report.exit_code,
        "started": report.started,
        "seconds": report.seconds,
        "convention": {"promised": plain(report.promised), "observed": plain(report.observed)},
        "findings": [_finding(f) for f in report.findings],
        "causes": plain(report.causes),
        "abilities": plain(report.abilities),
        "stability": plain(report.stability),
        "counts": _counts(report.findings),
        "environment": plain(report.environment),
        "notes": plain(report.notes),
        "stale": plain(report.stale),
        "interrupted": report.interrupted,
        "resumed": report.resumed,
        "faults": plain(report.faults),
        "origin": report.origin,
        "untried": plain(report.untried),
        "warnings": plain(report.warnings),
        "missing": plain(report.missing),
        "slow": plain(report.slow),
        "changes": plain(report.changes),
        "places": plain(report.places),
        "wrong_outputs": plain(report.wrong_outputs),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    skipped = finding.verdict == "skipped"
    return {
        "law": finding.law,
        "title": finding.title,
        "statement": finding.statement,
        "verdict": finding.verdict,
        "dtype": finding.dtype,
        "error": plain(finding.error),
        "bound": plain(finding.bound),
        "margin": plain(finding.margin),
        "examples": finding.examples,
        "follows": finding.follows,
        "no_promise": finding.no_promise,
        "power": {
            "sees": plain(finding.sees),
            "typically_sees": plain(finding.typically_sees),
            "blind": finding.blind,
        },
        "case": None if finding.case is None else _case(finding.case),
        "causes": plain(finding.causes),
        # one of the contract's words where a law was skipped; `detail` says it in full
        "reason": finding.reason.partition(":")[0] if skipped else finding.reason,
        "detail": finding.reason,
        "warning": finding.warning,
        "known": finding.known,
        "seconds": finding.seconds,
    }


def _case(case: Counterexample) -> dict[str, Any]:
    return {
        "python": case.python,
        "recipe": plain(case.recipe),
        "file": case.file,
        "what": case.what,
        "got": plain(case.got),
        "expected": plain(case.expected),
    }


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    findings = tuple(findings)
    verdicts = Counter(f.verdict for f in findings)
    return {
        "planned": len(findings),
        **{verdict: verdicts[verdict] for verdict in get_args(Verdict)},
        "examples": sum(f.examples for f in findings),
        "follows": sum(f.follows for f in findings),
        "no_promise": sum(f.no_promise for f in findings),
        "blind": sum(f.blind for f in findings),
    }


def plain(value: Any) -> Any:
    """Turn a value into what JSON has; non-finite numbers become "inf", "-inf" or "nan".

    NumPy arrays and scalars become lists and numbers; anything unknown becomes its ``str``.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufV":
        # float64 holds every number that bncheck stores; bfloat16 has no Python number of its own
        floating = value.dtype.kind not in "biu"
        return plain(np.asarray(value, np.float64 if floating else None).tolist())
    return str(value)
