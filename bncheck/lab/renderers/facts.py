"""What is to be told of a claim, as plain sentences and rows, the same for every format."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bncheck.lab import measures
from bncheck.lab.experiments.e05_larger_rates import largest
from bncheck.lab.family import ASIDE
from bncheck.lab.judging import Claim, Result
from bncheck.lab.renderers import numbers
from bncheck.lab.renderers.theorems import named
from bncheck.lab.statistics import FEWEST

HEADER = ("cell", "statistic", "effect", "interval", "unit", "seeds", "p", "verdict")

# word of a claim -> what it means, in the order in which a legend tells them
MEANS = {
    "supported": "as claimed, by more than the margin; within it, where things are claimed equal",
    "not supported": "what there is lies within the margin: too little to matter",
    "opposite": "beyond the margin on the other side; on any, where things are claimed equal",
    "depends": "cells say different things",
    "undecided": "the seeds do not decide, or the correction for many claims leaves nothing",
    "holds": "exact: no deviation beyond rounding",
    "broken": "exact, and a deviation was found",
    "too few seeds": f"fewer than {FEWEST} cannot decide anything; their range is shown",
    "no verdict": "only cells that are told beside were run",
    "not run": "there are no records of today's definition",
}


@dataclass(frozen=True)
class Row:
    """One statistic of one cell in words; notes: what must be read with it."""

    cell: str
    says: str
    effect: str
    interval: str
    unit: str
    seeds: str
    p: str
    verdict: str
    notes: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a table with `HEADER`."""
        return (
            self.cell,
            self.says,
            self.effect,
            self.interval,
            self.unit,
            self.seeds,
            self.p,
            self.verdict,
        )


def rows(claim: Claim) -> list[Row]:
    """Return a row for each statistic of each cell; those with a verdict first."""
    beside = sorted(claim.results, key=lambda r: r.verdict == "told")
    return [_row(claim, result) for result in beside]


def _row(claim: Claim, result: Result) -> Row:
    bound, reason = censored(claim, result)
    notes = [reason] if reason else []
    if result.missing:
        whole = result.missing + result.decision.n
        notes.append(f"{result.missing} of {whole} seeds gave no number, so there is no verdict")
    if result.statistic.predicts and _meant(claim, result):
        notes.append(predicted(result))
    return Row(
        result.cell,
        result.statistic.says,
        f"{bound} {numbers.effect(result)}".strip(),
        numbers.interval(result),
        _unit(result),
        str(result.decision.n),
        numbers.probability(result),
        numbers.verdict(result),
        tuple(notes),
    )


def _meant(claim: Claim, result: Result) -> bool:
    """Whether a prediction is about this cell: one that names cells is about these alone."""
    who = (result.statistic.predicts or ("", 0))[0]
    named_cells = {c.name for c in claim.experiment.cells if c.name in who}
    return not named_cells or result.cell in named_cells


def _unit(result: Result) -> str:
    return "of 1 allowed" if result.statistic.kind == "exact" else result.statistic.unit


def predicted(result: Result) -> str:
    """Say what a theorem predicts, and whether the interval has it."""
    who, value = result.statistic.predicts or ("", math.nan)
    found = result.decision
    where = ""
    if found.n >= FEWEST:
        inside = found.low <= value <= found.high
        where = ": inside the interval" if inside else ": outside the interval"
    return f"{who} predicts {value:.4g}{where}"


def censored(claim: Claim, result: Result) -> tuple[str, str]:
    """Return "at least" or "at most" where an arm did not get where it is measured, and why."""
    settings = claim.experiment.cell(result.cell).settings
    records = [r for r in claim.records if r.cell == result.cell and r.arms]
    if not claim.experiment.partners or not records:
        return "", ""
    first, second = claim.experiment.partners[0]
    if result.statistic.name == "steps" and "level" in settings:
        level = settings["level"]
        short = {
            arm: sum(not measures.steps_to(r.arms[arm], level)[1] for r in records)
            for arm in (first, second)
        }
        what = f"did not reach an accuracy of {level:g}"
    elif result.statistic.name == "largest":
        # the grid ends on the side of the other arm's denominator
        second, first = first, second
        short = {
            arm: sum(largest(r.arms[arm]) == r.arms[arm]["rates"][-1] for r in records)
            for arm in (first, second)
        }
        what = "still trained at the largest rate of the grid"
    else:
        return "", ""
    return _bound(short, first, second, len(records), what)


def _bound(short: Mapping[str, int], first: str, second: str, n: int, what: str) -> tuple[str, str]:
    told = [f"{ARMS.get(arm, arm)}: {short[arm]} of {n} seeds" for arm in short if short[arm]]
    if not told:
        return "", ""
    bound = {(True, False): "at least", (False, True): "at most"}.get(
        (bool(short[first]), bool(short[second])), ""
    )
    return bound, f"{'; '.join(told)} {what}"


# arms as people call them
ARMS = {
    "none": "without batch normalization",
    "bn": "with batch normalization",
    "same function": "same function, batch normalization inserted",
    "noisy bn": "noisy batch normalization",
    "noisy none": "without, the same noise",
    "bn with decay": "with batch normalization and weight decay",
    "before": "before the activation",
    "after": "after the activation",
}


def strongest(claim: Claim) -> Result | None:
    """Return the statistic that a claim's line shows: decided, then the largest for its margin."""
    own = [r for r in claim.results if (claim.experiment.id, r.statistic.name) not in ASIDE]
    shown = [r for r in own if r.verdict != "told"] or own

    def rank(result: Result) -> tuple[bool, bool, bool, float]:
        decided = result.verdict not in {"undecided", "too few seeds", "told"}
        found = abs(result.decision.mean) / result.statistic.margin
        worst = result.verdict == "broken"
        return worst, result.primary, decided, found if math.isfinite(found) else -1.0

    return max(shown, key=rank, default=None)


def line(claim: Claim) -> str:
    """Return the strongest statistic of a claim in one line."""
    result = strongest(claim)
    if result is None:
        return f"{claim.stale} stale records" if claim.stale else ""
    if result.statistic.kind == "exact":
        worst = numbers.number(result.decision.mean)
        return f"largest deviation {worst}, where 1 is what rounding explains"
    row = _row(claim, result)
    factor = numbers.times(result.decision.mean, result.statistic.unit)
    told = " ".join(filter(None, (row.effect, row.interval, row.unit)))
    return f"{told}{f' ({factor})' if factor else ''}, {row.cell}"


def depends(claim: Claim) -> str:
    """Say which cells say what, where not all say the same; else nothing."""
    by_verdict: dict[str, list[str]] = {}
    several = len({r.statistic.name for r in claim.results if r.verdict != "told"}) > 1
    for result in claim.results:
        if result.verdict not in {"told", "too few seeds"}:
            name = f"{result.cell} ({result.statistic.name})" if several else result.cell
            by_verdict.setdefault(result.verdict, []).append(name)
    if len(by_verdict) < 2:
        return ""
    return "; ".join(f"{verdict}: {', '.join(cells)}" for verdict, cells in by_verdict.items())


def about(claim: Claim) -> Iterator[tuple[str, str]]:
    """Yield labels and sentences: what is claimed, by whom, how it is tried, what was run."""
    experiment = claim.experiment
    yield "claim", experiment.claim
    yield "source", experiment.source
    yield "disputed", experiment.disputed
    yield "definition", experiment.definition
    yield "control", experiment.control
    yield "theorems", "; ".join(map(named, experiment.theorems))
    yield "differs", depends(claim)
    yield "margin", margins(claim)
    yield "run", ran(claim)


def margins(claim: Claim) -> str:
    """Say which effects are large enough to matter, of the statistics with a verdict."""
    found = {
        (r.statistic.margin, r.statistic.unit): None
        for r in claim.results
        if r.primary and r.statistic.kind != "exact"
    }
    return "; ".join(f"{margin:g} {unit}".strip() for margin, unit in found)


def ran(claim: Claim) -> str:
    """Say with which seeds it was run, for how long, what was left out and what is missing."""
    seeds = sorted({record.seed for record in claim.records})
    told = []
    if seeds:
        told.append(f"seeds {_ranges(seeds)}")
        reads = claim.experiment.runs
        seconds = f"{claim.seconds:,.0f} s of one processor" if claim.seconds >= 1 else ""
        told.append(f"in the runs of {reads}" if reads and not seconds else seconds)
    have = {record.cell for record in claim.records}
    missing = [cell.name for cell in claim.experiment.cells if cell.name not in have]
    if missing and seeds:
        told.append(f"not run: {', '.join(missing)}")
    if claim.stale:
        many = "record" if claim.stale == 1 else "records"
        told.append(f"{claim.stale} {many} of another definition left out")
    return "; ".join(filter(None, told)) or "nothing"


def _ranges(seeds: Sequence[int]) -> str:
    """Write whole numbers as ranges: 50 to 61, 70."""
    parts: list[list[int]] = []
    for seed in seeds:
        if parts and seed == parts[-1][-1] + 1:
            parts[-1].append(seed)
        else:
            parts.append([seed])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]} to {p[-1]}" for p in parts)


def notes(claims: Sequence[Claim]) -> list[str]:
    """Return what a reader needs to know of the numbers that are shown, a sentence each."""
    results = [r for claim in claims for r in claim.results]
    told = []
    if any(r.decision.n >= FEWEST and r.statistic.kind != "exact" for r in results):
        told.append(
            f"Effects are means of paired differences over seeds, with {numbers.COVERS} intervals "
            "by exact sign flips. p is corrected by Holm's method for all statistics with a "
            "verdict that were measured; those beside have none, and their intervals are not "
            "corrected."
        )
    if any(0 < r.decision.n < FEWEST and r.statistic.kind != "exact" for r in results):
        told.append(
            f"Of fewer than {FEWEST} seeds the range is shown, in round brackets: a preview, which "
            "decides nothing."
        )
    units = {r.statistic.unit for r in results}
    told += [f"{meaning}." for unit, meaning in numbers.UNITS.items() if unit in units]
    words = {numbers.word(claim) for claim in claims} | {numbers.verdict(r) for r in results}
    told += [f"{name}: {meaning}." for name, meaning in MEANS.items() if name in words]
    return told
