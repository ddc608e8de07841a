"""Numbers, units and verdicts in words."""

from __future__ import annotations

import math

from bncheck.lab.judging import Claim, Result
from bncheck.lab.statistics import FEWEST, LOOK

# what an interval covers, in per cent: the error of one look is kept for each of two
COVERS = f"{100 * (1 - LOOK):g} %"
# units of effects that are logarithms of a ratio, and its base
RATIOS = {"octaves": 2.0, "decades": 10.0}
UNITS = {
    "octaves": "octaves: factors of 2",
    "decades": "decades: factors of 10",
    "points": "points: percentage points of accuracy on test data",
    "nats": "nats: what cross-entropy is measured in",
}


def number(value: float, signed: bool = False) -> str:
    """Write a number with three digits that matter, but two places where these are enough."""
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    plain = 0.095 <= abs(value) < 1000
    told = f"{value:+.2f}" if plain else f"{value:+.2g}"
    return told if signed else told.removeprefix("+")


def times(value: float, unit: str) -> str:
    """Say which factor an effect is; nothing where its unit is no logarithm, or it is too large."""
    if unit not in RATIOS or not math.isfinite(value) or abs(value) > 300:
        return ""
    factor = RATIOS[unit] ** value
    if 0.01 <= factor < 1e6:
        return f"{factor:.2g} times" if factor < 100 else f"{float(f'{factor:.2g}'):,.0f} times"
    return f"{factor:.0e} times".replace("e+0", "e").replace("e+", "e")


def effect(result: Result) -> str:
    """Write the mean effect; one that is a lower or upper bound says so."""
    signed = result.statistic.kind in {"greater", "equivalent"}
    return number(result.decision.mean, signed)


def interval(result: Result) -> str:
    """Write the interval in brackets; with too few seeds for one, the range of these in words."""
    found = result.decision
    if result.statistic.kind == "exact" or not found.n:
        return ""
    signed = result.statistic.kind in {"greater", "equivalent"}
    low, high = number(found.low, signed), number(found.high, signed)
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return ""
    return f"({low} to {high})" if found.n < FEWEST else f"[{low}, {high}]"


def probability(result: Result) -> str:
    """Write p after Holm's correction; nothing for what is not in its family."""
    if not result.primary or result.decision.n < FEWEST:
        return ""
    return f"{result.p:.4f}" if result.p < 0.1 else f"{result.p:.2f}"


def verdict(result: Result) -> str:
    """Name the verdict; what has none is beside."""
    return "beside" if result.verdict == "told" else result.verdict


def word(claim: Claim) -> str:
    """Name what the claim came to; where only cells without a verdict were run, say that."""
    return "no verdict" if claim.word == "not run" and claim.results else claim.word
