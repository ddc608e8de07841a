"""What a run is asked for, and what budgets mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bncheck import arguments
from bncheck.engine.saved import FOLDER
from bncheck.model.formats import FORMATS
from bncheck.model.norm import named as norm_named
from bncheck.trial.law import Law


@dataclass(frozen=True)
class Options:
    """Options of a run; the defaults are those of ``bncheck verify``.

    laws: patterns of ids, ``!pattern`` excludes; dtypes: empty for all that the target takes
    budget: ``smoke``, ``quick``, ``standard``, ``thorough`` or seconds; timeout: seconds for one
        call
    save: folder for counterexamples, None to save nothing
    shrink: look for the smallest input that shows a failure, not only for any
    diagnose: look for the deviations that explain what fails
    require: abilities without which the target is not right, by their names or in one text with
        commas
    device: where torch or JAX computes, in its own words; empty for its default
    expected, baseline: files of entries that are known to fail
    known: known faults of the installed version of a framework are expected
    data: file of batches that are tried in place of bncheck's own; see `bncheck.cases.data`
    resume: show the report of an earlier run where nothing has changed since
    keep: keep the report for one that resumes, in a folder of `save`; so does one that resumes
    norm: which normalization the target is, by a name in `bncheck.model.NORMS`; None for what it
        says itself
    """

    laws: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    budget: str | float = "standard"
    seed: int = 0
    jobs: int = 1
    fail_fast: bool = False
    profile: str | None = None
    expected: Path | None = None
    timeout: float = 10.0
    load_timeout: float = 60.0
    save: Path | None = FOLDER
    shrink: bool = True
    diagnose: bool = True
    require: str | tuple[str, ...] = ()
    known: bool = False
    device: str = ""
    baseline: Path | None = None
    data: Path | None = None
    resume: bool = False
    keep: bool = False
    norm: str | None = None

    def __post_init__(self) -> None:
        """Bring what was given into its plain form; raises UsageError for what has none."""
        plain: dict[str, Any] = {
            "laws": arguments.names(self.laws, "laws"),
            "dtypes": arguments.dtypes(self.dtypes, FORMATS),
            "budget": arguments.budget(self.budget),
            "seed": arguments.seed(self.seed),
            "jobs": arguments.jobs(self.jobs),
            "timeout": arguments.seconds(self.timeout, "timeout"),
            "load_timeout": arguments.seconds(self.load_timeout, "load_timeout"),
            "require": arguments.names(self.require, "require"),
            "device": arguments.text(self.device, "device"),
        }
        for name in ("fail_fast", "shrink", "diagnose", "known", "resume", "keep"):
            arguments.switch(getattr(self, name), name)
        for name in ("expected", "baseline", "save", "data"):
            value = getattr(self, name)
            plain[name] = None if value is None else arguments.path(value, name)
        if self.profile is not None:
            arguments.text(self.profile, "profile")
        if self.norm is not None:
            norm_named(self.norm, "norm")
        for name, value in plain.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Budget:
    """Fixed numbers, the same on every machine.

    per_regime: cases of an ordinary regime, for each dtype
    own_calls: cases on which each law that makes its own calls is tried, for each dtype
    shrink: calls that the search for a smaller counterexample may make
    seconds: a limit on the whole run, where the user gave one
    laws: all that are tried where no others are asked for; empty for every law
    """

    per_regime: int
    own_calls: int
    shrink: int
    seconds: float | None = None
    laws: tuple[str, ...] = ()


# The ten laws that together catch the most of the kill table, weighed by what is seen in the wild
# and by what targets can do: `python benchmarks/smoke.py --choose` takes them one by one, in this
# order. docs/many-machines.md says what they miss.
TELLING = ("F00", "B01", "I05", "B29", "F07", "P05", "P07", "I03", "P06", "P04")

BUDGETS = {
    "smoke": Budget(per_regime=3, own_calls=5, shrink=100, laws=TELLING),
    "quick": Budget(per_regime=7, own_calls=9, shrink=150),
    "standard": Budget(per_regime=40, own_calls=80, shrink=300),
    "thorough": Budget(per_regime=300, own_calls=600, shrink=600),
}


# A call that includes a compilation takes longer: inductor needs 3 to 5 s for a layer.
COMPILING = 3


def call_limit(timeout: float, *, few_shapes: bool) -> float:
    """Return the seconds that one call may take; few_shapes: it may have to be compiled first."""
    return timeout * COMPILING if few_shapes else timeout


def budget_of(given: str | float) -> Budget:
    """Return the numbers of a named budget, or thorough's under a limit of seconds.

    Raises UsageError for another name.
    """
    wanted = arguments.budget(given)
    if isinstance(wanted, str):
        return BUDGETS[wanted]
    return replace(BUDGETS["thorough"], seconds=wanted)


def chosen(patterns: Iterable[str], laws: Iterable[Law]) -> tuple[Law, ...]:
    """Return the laws that the patterns choose, in their order.

    Raises UsageError where a pattern matches none.
    """
    return _sorted(patterns, laws)[0]


def patterns(options: Options) -> tuple[str, ...]:
    """Return what chooses the laws of a run: the budget does where no law is asked for by name.

    So ``--budget smoke --laws 'X*'`` tries these laws on the cases of smoke, and ``'!B01'`` leaves
    one of its own ten out.
    """
    of_budget = budget_of(options.budget).laws
    named = any(not pattern.startswith("!") for pattern in options.laws)
    return options.laws if named else (*of_budget, *options.laws)


def excluded(patterns: Iterable[str], laws: Iterable[Law]) -> tuple[Law, ...]:
    """Return the laws that would have been chosen, but for a pattern with ``!``."""
    return _sorted(patterns, laws)[1]


def _sorted(
    patterns: Iterable[str], laws: Iterable[Law]
) -> tuple[tuple[Law, ...], tuple[Law, ...]]:
    laws = tuple(laws)
    ids = [law.id for law in laws]
    wanted: list[str] = []
    unwanted: list[str] = []
    for pattern in patterns:
        bare = pattern.removeprefix("!")
        if not any(fnmatchcase(i, bare) for i in ids):
            raise arguments.no_law(pattern, ids)
        (unwanted if pattern.startswith("!") else wanted).append(bare)
    asked = [law for law in laws if not wanted or any(fnmatchcase(law.id, p) for p in wanted)]
    left = [law for law in asked if any(fnmatchcase(law.id, p) for p in unwanted)]
    return tuple(law for law in asked if law not in left), tuple(left)
