"""What came out of a run, as data; every output format is made from a `Report`."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["holds", "fails", "error", "skipped", "expected"]


@dataclass(frozen=True)
class Counterexample:
    """The smallest input that was found to show a failure.

    python: pasteable; recipe: plain data that rebuilds it; file: where it was saved
    target: has to be named to run that file again, which is not where bncheck trusts its files
    what, got, expected: the worst comparison on it
    """

    python: str
    recipe: Mapping[str, Any]
    what: str = ""
    got: float = float("nan")
    expected: float = float("nan")
    file: str = ""
    target: str = ""

    @property
    def replay(self) -> str:
        """The command that runs it again, as a shell takes it; empty where it was not saved."""
        if not self.file:
            return ""
        return shlex.join(["bncheck", "replay", self.file, *self._naming()])

    def _naming(self) -> list[str]:
        if not self.target:
            return []
        # a name that begins with a dash is no option
        dashed = self.target.startswith("-")
        return [f"--target={self.target}"] if dashed else ["--target", self.target]


@dataclass(frozen=True)
class Finding:
    """What came out for one law and one dtype.

    sees, typically_sees: detection power, the smallest relative error that would have been a
    failure (see `Residual`), on the best of the examples and on the median one
    blind: examples on which no error smaller than the signal itself would have been seen, as
    with a constant cotangent, or equal inputs, or where the bound is larger than the signal
    follows: further cases on which it was not measured, since it follows there from other laws
    known: the page in docs/findings of the known fault of a framework that this is
    seconds: spent on the law, in the target and outside of it; what laws share counts for one
    """

    law: str
    title: str
    verdict: Verdict
    dtype: str
    error: float | None = None
    bound: float | None = None
    examples: int = 0
    follows: int = 0
    no_promise: int = 0
    case: Counterexample | None = None
    causes: tuple[str, ...] = ()
    reason: str = ""
    warning: str = ""
    statement: str = ""
    sees: float | None = None
    typically_sees: float | None = None
    blind: int = 0
    known: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def margin(self) -> float | None:
        """How many times the bound the error is; ``None`` for exact laws and unmeasured ones."""
        if self.error is None or not self.bound:
            return None
        return self.error / self.bound


@dataclass(frozen=True)
class Report:
    """Everything a run found out; every output format is made from this one object.

    untried: what was not checked and why, a sentence each, as `Implementation.untried` has them
    warnings: what is told beside the verdict; origin: ``file:line`` of the target where known
    missing: what was required of the target and it has not, a sentence each
    slow: shapes that were left out, as a call on them takes longer than a call may
    places: of the target's backward pass, under "backward": its name and line, where known
    wrong_outputs: outputs that the diagnosis saw to be wrong, whatever the cause
    changes: what is new, fixed or worse than in an earlier report, a sentence each
    started: when, as 2026-12-01T20:07:40+00:00; seconds: how long it took, loading included
    resumed: it was made by an earlier run, since which nothing has changed
    """

    target: str
    findings: tuple[Finding, ...]
    promised: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, Any] = field(default_factory=dict)
    causes: tuple[Mapping[str, Any], ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    stability: Mapping[str, Any] | None = None
    abilities: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    interrupted: bool = False
    faults: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    origin: str = ""
    missing: tuple[str, ...] = ()
    slow: tuple[tuple[int, ...], ...] = ()
    changes: tuple[str, ...] = ()
    wrong_outputs: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    started: str = field(default="", compare=False)
    seconds: float = field(default=0.0, compare=False)
    resumed: bool = field(default=False, compare=False)

    @property
    def exit_code(self) -> int:
        """0 all that was checked holds, 1 something is wrong, 2 nothing could be checked.

        An interrupted run that found nothing wrong is a 2: a script must not take it for success.
        3 where bncheck itself failed at something; what it found otherwise still stands.
        """
        if self.faults:
            return 3
        verdicts = {f.verdict for f in self.findings}
        if verdicts & {"fails", "error"} or self.stale or self.missing:
            return 1
        if self.interrupted:
            return 2
        return 0 if verdicts & {"holds", "expected"} else 2

    @property
    def ok(self) -> bool:
        """Whether everything checked holds and at least one thing was checked."""
        return self.exit_code == 0


@dataclass(frozen=True)
class NotChecked:
    """A target of several that there is no report on; error: why, in a sentence."""

    target: str
    error: str
    exit_code: int = 2

    @property
    def ok(self) -> bool:
        """False, as of a report that nothing could be checked for."""
        return False


Outcome = Report | NotChecked


def exit_code_of(outcomes: Iterable[Outcome]) -> int:
    """Return the exit code of several: 3 if any, else 1 if any, else 2 if any or none, else 0."""
    return worst(outcome.exit_code for outcome in outcomes)


def worst(codes: Iterable[int]) -> int:
    """Return the exit code of several exit codes; 2 of none, as nothing was checked."""
    there = set(codes) or {2}
    return next((code for code in (3, 1, 2) if code in there), 0)
