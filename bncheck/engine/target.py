"""What measuring needs to know of the target, and the clock of its calls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import perf_counter  # bound now: the target may replace what the module holds

from bncheck.model import Convention, Implementation
from bncheck.trial.shelter import sheltered
from bncheck.trial.trial import Guard


@dataclass
class Clock:
    """Seconds spent in the target, and in its longest call; the rest is bncheck's own."""

    target: float = 0.0
    calls: int = 0
    longest: float = 0.0
    _since: float = field(default=0.0, repr=False)

    def enter(self, where: str) -> None:
        """A call of the target begins."""
        del where
        self.calls += 1
        self._since = perf_counter()

    def leave(self) -> None:
        """It ended."""
        took = perf_counter() - self._since
        self.target += took
        self.longest = max(self.longest, took)

    def reset(self) -> None:
        """Start anew, for another request."""
        self.target, self.calls, self.longest = 0.0, 0, 0.0


@dataclass(frozen=True)
class Target:
    """What measuring needs to know of the target, in the process where it lives.

    writes: it was seen to write to its inputs
    """

    implementation: Implementation
    convention: Convention
    guard: Guard
    writes: bool = False

    @property
    def apart(self) -> Target:
        """The target as it is asked where its writing to its inputs is not the question."""
        if not self.writes:
            return self
        return replace(self, implementation=sheltered(self.implementation), writes=False)
