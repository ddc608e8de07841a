"""What was found out about a claim."""

from __future__ import annotations

from dataclasses import dataclass

from bncheck.symbolic.claims.counterexample import Counterexample
from bncheck.symbolic.claims.repair import Repair


@dataclass(frozen=True)
class Verdict:
    """What was found out about a claim.

    verdict: true, true-if, false, undecided, update or definition
    compared: whether there was something known to compare with; the definition of a new symbol
        is neither right nor wrong
    part: which relation of several it is about, as "the second =" of a chain
    """

    verdict: str
    conditions: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    repair: Repair | None = None
    reason: str = ""
    compared: bool = True
    part: str = ""

    @property
    def decided(self) -> bool:
        """Whether it was found to be right or wrong."""
        return self.verdict != "undecided" and self.compared
