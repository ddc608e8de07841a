"""What is supposed of a target, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass

from bncheck.cases import Recipe
from bncheck.deviations import Reference
from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis.recall import deviating
from bncheck.diagnosis.scripts import Answer


@dataclass(frozen=True)
class Observed:
    """What a target answered to one script on one case."""

    recipe: Recipe
    script: str
    answer: Answer


def called(name: str) -> str:
    """Return the name that people read: one that was read off numbers has those behind it."""
    return name.partition(":")[0]


@dataclass(frozen=True)
class Hypothesis:
    """Deviations, in the order in which they are made; none stands for a right target."""

    deviations: tuple[Deviation, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the deviations."""
        return tuple(d.name for d in self.deviations)

    @property
    def but_for_the_last(self) -> Hypothesis | None:
        """The same without the last deviation; None where there is none."""
        return Hypothesis(self.deviations[:-1]) if self.deviations else None

    @property
    def read_off(self) -> bool:
        """Whether some deviation was read off the target's numbers."""
        return any(called(name) != name for name in self.names)

    def speaks_of(self, item: Observed, output: str) -> bool:
        """Whether it says anything about an output of a case.

        What is read off first derivatives says nothing about second ones; and what is done with
        one value per channel, where many formulas are 0/0, is a matter of its own.
        """
        one_value = item.recipe.size == item.recipe.shape[1]
        return not self.read_off or not (one_value or output == "double backward")

    def rules(self, base: Reference) -> Reference:
        """The base with the deviations applied; fresh ones, as some deviations keep a memory."""
        return deviating(self.deviations, base)
