"""From records to verdicts: of each statistic, and of each claim."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from bncheck.lab.catalogue import EXPERIMENTS, definition
from bncheck.lab.family import ASIDE, is_primary
from bncheck.lab.model import Experiment, Record, Statistic, Verdict
from bncheck.lab.statistics import LOOK, Decision, decision, holm
from bncheck.lab.store import registered

# seeds of the first look; who is undecided gets as many again
FIRST_LOOK = 12


@dataclass(frozen=True)
class Result:
    """One statistic of one cell.

    primary: whether it is one of the family, so that its verdict is corrected for all of these
    p: after Holm's correction; before it where it is not primary
    effects: of the seeds that gave a number; missing: how many gave none
    """

    experiment: Experiment
    cell: str
    statistic: Statistic
    primary: bool
    decision: Decision
    p: float
    effects: tuple[float, ...]
    missing: int = 0

    @property
    def verdict(self) -> Verdict:
        """The verdict after correction; one beside has none."""
        if self.statistic.kind == "exact":
            return self.decision.verdict
        return self.decision.verdict if self.primary else "told"


@dataclass(frozen=True)
class Claim:
    """What came out for one experiment: a word, and its statistics.

    word: as a `Verdict`, or "depends", or "not run"; stale: records of another definition
    """

    experiment: Experiment
    word: str
    results: tuple[Result, ...]
    records: tuple[Record, ...]
    stale: int = 0

    @property
    def seconds(self) -> float:
        """Seconds of the processor that its own records took."""
        return sum(record.seconds for record in self.records)


def judged(experiments: Sequence[Experiment], records: Iterable[Record]) -> list[Claim]:
    """Judge what was measured for some experiments.

    Verdicts are corrected for all statistics that records are of, also of other experiments: what
    is asked for must not change what is significant. Records of another definition are counted,
    never pooled.
    """
    by_id: dict[str, list[Record]] = {}
    for record in records:
        by_id.setdefault(record.experiment, []).append(record)
    asked = {e.id for e in experiments}
    everything = [*experiments, *(e for e in EXPERIMENTS if e.id not in asked)]
    fresh = {
        e.id: tuple(r for r in by_id.get(e.id, ()) if r.digest == definition(e)) for e in everything
    }
    results = _corrected([r for e in everything for r in _results(e, fresh[e.id])])
    return [
        Claim(
            e,
            _word([r for r in results if r.experiment is e]),
            tuple(r for r in results if r.experiment is e),
            fresh[e.id],
            len(by_id.get(e.id, ())) - len(fresh[e.id]),
        )
        for e in experiments
    ]


@cache
def registered_claims() -> Mapping[str, Claim]:
    """Return what is registered, judged once, by the id of the experiment."""
    return by_claim(judged(EXPERIMENTS, registered()))


def undecided(claims: Sequence[Claim]) -> set[tuple[str, str]]:
    """Return experiment and cell of what gets more seeds."""
    return {
        (claim.experiment.id, result.cell)
        for claim in claims
        for result in claim.results
        if result.primary and result.verdict == "undecided"
    }


def _results(experiment: Experiment, records: Sequence[Record]) -> list[Result]:
    made = []
    for cell in experiment.cells:
        own = sorted((r for r in records if r.cell == cell.name), key=lambda r: r.seed)
        if not own:
            continue
        for statistic in experiment.statistics:
            effects = [r.effects.get(statistic.name, math.nan) for r in own]
            numbers = [e for e in effects if math.isfinite(e)]
            primary = is_primary(experiment, statistic, cell.name)
            made.append(
                Result(
                    experiment,
                    cell.name,
                    statistic,
                    primary,
                    _decided(numbers, statistic, len(effects) - len(numbers)),
                    1.0,
                    tuple(numbers),
                    len(effects) - len(numbers),
                )
            )
    return made


def _decided(numbers: Sequence[float], statistic: Statistic, missing: int) -> Decision:
    found = decision(numbers, statistic.kind, statistic.margin)
    if missing and statistic.kind != "exact":
        # a seed without a number may have been anything
        return replace(found, verdict="undecided", p=1.0)
    return found


def _corrected(results: Sequence[Result]) -> list[Result]:
    """Correct verdicts for their number, at the first look, and at the second for the rest."""
    family = [r for r in results if r.primary]
    first = [
        replace(r, decision=_decided(r.effects[:FIRST_LOOK], r.statistic, r.missing))
        for r in family
    ]
    first = _look(first)
    again = _look(family)
    chosen = {
        id(r): a if a.verdict != "undecided" or r.decision.n <= FIRST_LOOK else b
        for r, a, b in zip(family, first, again, strict=True)
    }
    return [chosen.get(id(r), replace(r, p=r.decision.p)) for r in results]


def _look(family: Sequence[Result]) -> list[Result]:
    corrected = holm([r.decision.p for r in family])
    return [
        replace(r, p=p, decision=_kept(r.decision, p))
        for r, p in zip(family, corrected, strict=True)
    ]


def _kept(found: Decision, p: float) -> Decision:
    if p <= LOOK or found.verdict == "too few seeds":
        return found
    return replace(found, verdict="undecided")


def _word(results: Sequence[Result]) -> str:
    """Return what the claim comes to: "depends" where its statistics do not all say the same."""
    own = [r for r in results if (r.experiment.id, r.statistic.name) not in ASIDE]
    verdicts = {r.verdict for r in own if r.verdict != "told"}
    of_chance = verdicts - {"holds", "broken"}
    if not verdicts:
        return "not run"
    if "broken" in verdicts:
        return "broken"
    if len(of_chance) > 1:
        return "depends"
    return of_chance.pop() if of_chance else "holds"


def by_claim(claims: Iterable[Claim]) -> Mapping[str, Claim]:
    """Return claims by the id of their experiment."""
    return {claim.experiment.id: claim for claim in claims}
