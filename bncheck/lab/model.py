"""The nouns of the lab, data only: an experiment, its cells, and what was measured.

An experiment tests one empirical claim. A *cell* is one setting in which it is tried: a data set
and one `Setup` for each *arm*. A *unit* of work is one cell with one seed: all arms share what the
seed draws (split, weights, order of batches), so that differences are paired. A *statistic* is
what one seed's arms give as a number, the *effect*; verdicts are about effects of many seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bncheck.lab.data import Data

Budget = Literal["quick", "standard", "thorough"]
BUDGETS: tuple[Budget, ...] = ("quick", "standard", "thorough")

# greater: the claim is that the effect is above its margin; equivalent: that it is within;
# exact: that it is 0, the effect being a deviation over what rounding explains (1 is allowed);
# value: nothing is claimed, it is told
Kind = Literal["greater", "equivalent", "exact", "value"]

Verdict = Literal[
    "supported",
    "not supported",
    "opposite",
    "undecided",
    "too few seeds",
    "holds",
    "broken",
    "told",
]

# what an arm of a cell gave: numbers, and curves as lists; plain data
Measured = Mapping[str, Any]


@dataclass(frozen=True)
class Statistic:
    """What one seed's arms give as a number.

    name: short, unique in its experiment; says: what it is, with its sign, for people
    margin: the smallest effect that matters, in ``unit``; 1 for exact ones, which have no unit
    predicts: the theorem whose number the effect should be, and that number, where there is one
    """

    name: str
    says: str
    kind: Kind = "greater"
    margin: float = 1.0
    unit: str = ""
    predicts: tuple[str, float] | None = None


@dataclass(frozen=True)
class Cell:
    """One setting: its name, its data set by name ("" for none), and a setup for each arm.

    budget: the smallest budget that has it; seeds: how many of them, if not as all others
    """

    name: str
    data: str
    arms: Mapping[str, Any]
    budget: Budget = "standard"
    settings: Mapping[str, Any] = field(default_factory=dict)


Measure = Callable[[Cell, str, Data, int], Measured]
Effects = Callable[[Cell, Mapping[str, Measured]], Mapping[str, float]]
Opening = Callable[[Cell, str, Data, int], Measured]


@dataclass(frozen=True)
class Experiment:
    """One claim, and how it is tried.

    claim, source: what is said, and by whom; disputed: who says otherwise; definition: what is
    measured, in words; control: what must flip, or stay, if the statistic means what it says
    theorems: ids of `proofs/` that it touches
    measure: (cell, arm, data, seed) -> what the arm gives; effects: (cell, arms) -> by statistic
    opening: the first steps of a training, for `bncheck lab check`; None where all of it is exact
    partners: pairs of arms that are swapped to get the opposite claim
    runs: the experiment whose runs are read, where they are the same: they are made once
    seeds: how many at most, where no chance is in it; 0 for as many as the budget has
    """

    id: str
    title: str
    claim: str
    source: str
    disputed: str
    definition: str
    control: str
    cells: tuple[Cell, ...]
    statistics: tuple[Statistic, ...]
    measure: Measure
    effects: Effects
    theorems: tuple[str, ...] = ()
    opening: Opening | None = None
    partners: tuple[tuple[str, str], ...] = (("none", "bn"),)
    runs: str = ""
    seeds: int = 0

    def cell(self, name: str) -> Cell:
        """Return a cell by its name. Raises KeyError where there is none."""
        return {cell.name: cell for cell in self.cells}[name]

    def statistic(self, name: str) -> Statistic:
        """Return a statistic by its name. Raises KeyError where there is none."""
        return {statistic.name: statistic for statistic in self.statistics}[name]


@dataclass(frozen=True)
class Record:
    """What one unit of work gave.

    digest: of the definition that was run; data: sha256 of what was read, "" for none
    seconds: of the processor; effects: by statistic; arms: by arm, numbers and curves
    """

    experiment: str
    digest: str
    cell: str
    seed: int
    data: str
    seconds: float
    effects: Mapping[str, float]
    arms: Mapping[str, Measured]
