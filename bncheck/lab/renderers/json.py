"""The claims as JSON, for programs: numbers as they are, what is no number as null."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from bncheck.lab.catalogue import definition
from bncheck.lab.judging import Claim, Result
from bncheck.lab.renderers import facts, numbers

SCHEMA = "bncheck/lab-report/1"


def render(claims: Sequence[Claim]) -> str:
    """Return claims as one JSON object in ASCII, ending in a newline."""
    data = {"schema": SCHEMA, "claims": [_claim(claim) for claim in claims]}
    return json.dumps(data, indent=2, allow_nan=False) + "\n"


def _claim(claim: Claim) -> dict[str, Any]:
    experiment = claim.experiment
    return {
        "id": experiment.id,
        "title": experiment.title,
        "verdict": numbers.word(claim),
        "claim": experiment.claim,
        "source": experiment.source,
        "disputed": experiment.disputed,
        "definition": experiment.definition,
        "control": experiment.control,
        "theorems": list(experiment.theorems),
        "digest": definition(experiment),
        "seeds": sorted({record.seed for record in claim.records}),
        "seconds": round(claim.seconds, 3),
        "stale": claim.stale,
        "statistics": [_result(claim, result) for result in claim.results],
    }


def _result(claim: Claim, result: Result) -> dict[str, Any]:
    found, statistic = result.decision, result.statistic
    who, value = statistic.predicts or (None, None)
    return {
        "cell": result.cell,
        "name": statistic.name,
        "says": statistic.says,
        "kind": statistic.kind,
        "margin": statistic.margin,
        "unit": statistic.unit,
        "primary": result.primary,
        "seeds": found.n,
        "missing": result.missing,
        "mean": _finite(found.mean),
        "low": _finite(found.low),
        "high": _finite(found.high),
        "bound": facts.censored(claim, result)[0],
        "p_holm": _finite(result.p) if result.primary else None,
        "verdict": numbers.verdict(result),
        "predicted_by": who,
        "predicted": value,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
