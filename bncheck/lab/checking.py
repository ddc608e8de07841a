"""Whether registered results come out again: `bncheck lab check`.

Exact experiments are measured again, with one seed. Of the others the first 100 steps of one
training of each arm are made again. Their losses may differ by what another order of summation
makes of them: when the results were registered the same steps were made with arithmetic that is
disturbed by all that an order of summation may change (`disturbed`, where it is derived), and a
training may be off by twice the largest difference that was seen up to that step. Test rows that
come out right are counted, and equal, unless disturbed trainings disagreed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from bncheck.lab import catalogue, datasets, model
from bncheck.lab.disturbed import SIDES
from bncheck.lab.model import Cell, Experiment, Record
from bncheck.lab.statistics import decision
from bncheck.lab.store import registered

FILE = "openings.json"


@dataclass(frozen=True)
class Checked:
    """What was looked at again: ``wrong`` says how it differs; nothing where it is as it was."""

    experiment: str
    cell: str
    wrong: str = ""
    left_out: str = ""


@dataclass(frozen=True)
class Opening:
    """First steps of one arm, as registered.

    losses, spread: at every tenth step, and how far disturbed ones were off up to there, relative;
    right: test rows that come out right, None where disturbed trainings disagree
    """

    digest: str
    seed: int
    losses: tuple[float, ...]
    spread: tuple[float, ...]
    right: int | None


def check(experiments: Sequence[Experiment], given: Path | None = None) -> Iterator[Checked]:
    """Look at each cell of some experiments again."""
    records, openings = registered(), read()
    for experiment in experiments:
        own = [r for r in records if r.experiment == experiment.id]
        stale = _stale(experiment, own)
        if stale:
            yield Checked(experiment.id, "", stale)
            continue
        for cell in experiment.cells:
            reason = datasets.available(cell.data, given)
            if reason:
                yield Checked(experiment.id, cell.name, left_out=reason)
            elif experiment.opening is None:
                yield Checked(experiment.id, cell.name, _exact(experiment, cell, own, given))
            elif not experiment.runs:  # else it is looked at where its runs are
                wrong = _opened(experiment.opening, experiment, cell, openings, given)
                yield Checked(experiment.id, cell.name, wrong)


def _stale(experiment: Experiment, records: Sequence[Record]) -> str:
    if not records:
        return "nothing is registered"
    if any(r.digest != catalogue.definition(experiment) for r in records):
        return "its definition is not the one that was registered: run it anew"
    return ""


def _exact(
    experiment: Experiment, cell: Cell, records: Sequence[Record], given: Path | None
) -> str:
    """Say which exact statistic does not hold with the first seed."""
    seeds = [r.seed for r in records if r.cell == cell.name]
    if not seeds:
        return "nothing is registered for it"
    data = datasets.load(cell.data, given)
    arms = {arm: experiment.measure(cell, arm, data, min(seeds)) for arm in cell.arms}
    effects = experiment.effects(cell, arms)
    wrong = [
        f"{s.says}: {effects[s.name]:g}"
        for s in experiment.statistics
        if s.kind == "exact" and decision([effects[s.name]], "exact", s.margin).verdict != "holds"
    ]
    return "; ".join(wrong)


def _opened(
    opening: model.Opening,
    experiment: Experiment,
    cell: Cell,
    openings: Mapping[tuple[str, str, str], Opening],
    given: Path | None,
) -> str:
    data = datasets.load(cell.data, given)
    for arm in cell.arms:
        kept = openings.get((experiment.id, cell.name, arm))
        if kept is None or kept.digest != catalogue.definition(experiment):
            return f"arm {arm}: its first steps are not registered for this definition"
        wrong = differs(kept, opening(cell, arm, data, kept.seed))
        if wrong:
            return f"arm {arm}: {wrong}"
    return ""


def differs(kept: Opening, found: Mapping[str, Any]) -> str:
    """Say where first steps leave those that are kept; nothing where they do not."""
    losses = found["losses"]
    if len(losses) != len(kept.losses):
        return f"{len(losses)} losses, registered {len(kept.losses)}"
    for place, (new, old, spread) in enumerate(zip(losses, kept.losses, kept.spread, strict=True)):
        off, most = apart(new, old), SIDES * spread
        if off > most:
            told = f"loss {place} is {new!r}, registered {old!r}"
            return f"{told}: apart by {off:.0e}, rounding by {most:.0e}"
    if kept.right is not None and found["right"] != kept.right:
        return f"{found['right']} test rows come out right, registered {kept.right}"
    return ""


def apart(one: float, other: float) -> float:
    """Return the relative difference; 0 where both are the same, whatever that is."""
    if one == other or (math.isnan(one) and math.isnan(other)):
        return 0.0
    if not (math.isfinite(one) and math.isfinite(other)):
        return math.inf
    return abs(one - other) / max(abs(one), abs(other))


def read() -> dict[tuple[str, str, str], Opening]:
    """Return the first steps that the package has, by experiment, cell and arm."""
    file = resources.files("bncheck.lab").joinpath("registered", FILE)
    if not file.is_file():
        return {}
    entries = json.loads(file.read_text(encoding="utf-8"))["openings"]
    return {
        (e["experiment"], e["cell"], e["arm"]): Opening(
            e["digest"],
            e["seed"],
            tuple(math.nan if v is None else v for v in e["losses"]),
            tuple(math.inf if v is None else v for v in e["spread"]),
            e["right"],
        )
        for e in entries
    }
