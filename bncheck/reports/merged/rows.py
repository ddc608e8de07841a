"""One row of the table: a target on a device, with a verdict for each dtype."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from bncheck.errors import UsageError
from bncheck.model.report import worst
from bncheck.reports.common.reading import Entry, Found, number
from bncheck.terminal import brief

# exit code -> what it says of a target
VERDICTS = {0: "holds", 1: "fails", 2: "not checked", 3: "fault of bncheck"}

# what bncheck itself needs, besides NumPy, in which most targets compute
_OWN = frozenset(("python", "scipy", "sympy", "hypothesis", "ml_dtypes"))
# of the environment: what follows from the target, and makes no other run
_NO_SETTING = frozenset(("dtypes", "ranks"))

Place = tuple[str, str]  # law, dtype


@dataclass(frozen=True)
class Row:
    """What one or several reports say of one target in one setting.

    files: which reports; findings: verdict, error and bound by law and dtype; note: what else
    keeps it from holding, or why it could not be checked; untried: what was not checked
    setting: digest of all that makes it another run, of which `device`, `versions`, `budget` and
    `seed` are shown
    """

    files: tuple[str, ...]
    target: str
    exit_code: int
    setting: str
    findings: Mapping[Place, tuple[str, str]] = field(default_factory=dict)
    causes: tuple[str, ...] = ()
    seconds: float | None = None
    started: str = ""
    device: str = ""
    bncheck: str = ""
    python: str = ""
    versions: tuple[str, ...] = ()
    budget: str = ""
    seed: str = ""
    note: str = ""
    untried: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """What the exit code says, in a word or two."""
        return VERDICTS[self.exit_code]

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Those that it was planned in."""
        return tuple(dict.fromkeys(dtype for _, dtype in self.findings))

    @property
    def failing(self) -> int:
        """How many laws fail, or end in an error, in whatever dtype."""
        return len({law for (law, _), found in self.findings.items() if found[0] in _WRONG})

    def cell(self, dtype: str) -> tuple[str, int]:
        """Return the verdict in a dtype, and how many laws have it; empty where it was not tried.

        Of several verdicts it is the one that matters most: fails, error, expected, holds, skipped.
        """
        counts = Counter(found[0] for (_, name), found in self.findings.items() if name == dtype)
        for verdict in ("fails", "error", "expected", "holds", "skipped"):
            if counts[verdict]:
                return verdict, counts[verdict]
        return "", 0

    def agrees(self, other: Row) -> bool:
        """Whether two rows of one setting say the same wherever both say something."""
        shared = self.findings.keys() & other.findings.keys()
        same = all(self.findings[place] == other.findings[place] for place in shared)
        # without findings it was not checked, which another report may well contradict
        if not self.findings or not other.findings:
            return (self.exit_code, self.note) == (other.exit_code, other.note)
        # what says all of the same must come to the same end
        whole = len(shared) == len(self.findings) == len(other.findings)
        return same and (not whole or self.exit_code == other.exit_code)

    def with_more(self, other: Row) -> Row:
        """Put two rows of one setting together that do not contradict each other."""
        again = self.findings.keys() >= other.findings.keys()
        parts = (self,) if again else (self, other)
        both = [each.seconds for each in parts if each.seconds is not None]
        return replace(
            self,
            files=_union(self.files, other.files),
            findings={**self.findings, **other.findings},
            exit_code=worst((self.exit_code, other.exit_code)),
            causes=_union(self.causes, other.causes),
            seconds=math.fsum(both) if both else None,
            started=min(filter(None, (self.started, other.started)), default=""),
            note="; ".join(_union(*((each.note,) for each in (self, other) if each.note))),
            untried=_union(self.untried, other.untried),
        )


_WRONG = frozenset(("fails", "error"))


def row(file: str, entry: Entry) -> Row:
    """Make a row of what a file says of a target. Raises UsageError where that cannot be so."""
    data, environment = entry.data, entry.environment
    code = data.get("exit_code")
    if not isinstance(code, int) or isinstance(code, bool) or code not in VERDICTS:
        raise UsageError(
            f"{file} has exit_code={brief(code)} of {brief(entry.target)}, but should have 0, 1, 2 "
            "or 3"
        )
    _consistent(file, entry, code)
    versions = environment.get("versions")
    return Row(
        files=(file,),
        target=entry.target,
        exit_code=code,
        setting=_setting(entry),
        findings=dict(map(_kept, entry.findings, data.get("findings", ()))),
        causes=_causes(data.get("causes")),
        seconds=_seconds(data.get("seconds")),
        started=_text(data.get("started")),
        device=_text(environment.get("device")),
        bncheck=_text(environment.get("bncheck")),
        python=_text(environment.get("python")),
        versions=_versions(versions if isinstance(versions, Mapping) else {}),
        budget=_text(environment.get("budget")),
        seed=_text(environment.get("seed")),
        note="; ".join(_notes(entry)),
        untried=_untried(data.get("untried")),
    )


def _consistent(file: str, entry: Entry, code: int) -> None:
    """Refuse a report that says that all is well beside what is not."""
    wrong = [found for found in entry.findings if found.verdict in _WRONG]
    good = [found for found in entry.findings if found.verdict in ("holds", "expected")]
    if code == 0 and (wrong or not good):
        why = f"law {brief(wrong[0].law)} {wrong[0].verdict}" if wrong else "no law holds"
        raise UsageError(f"{file} says exit_code 0 of {brief(entry.target)}, but {why} in it")


def _setting(entry: Entry) -> str:
    """Digest all that makes it another run, if it differs."""
    convention = entry.data.get("convention")
    promised = convention.get("promised") if isinstance(convention, Mapping) else None
    how = {name: entry.environment[name] for name in entry.environment if name not in _NO_SETTING}
    told = json.dumps([entry.target, how, promised], sort_keys=True)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _kept(found: Found, data: Any) -> tuple[Place, tuple[str, str]]:
    numbers = repr((number(data.get("error")), number(data.get("bound"))))
    return (found.law, found.dtype), (found.verdict, numbers)


def _causes(told: object) -> tuple[str, ...]:
    named = (
        [each.get("deviation") for each in told or () if isinstance(each, Mapping)]
        if (isinstance(told, Sequence))
        else []
    )
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str)))


def _untried(told: object) -> tuple[str, ...]:
    """Return the names of what was not checked, without the reasons."""
    named = [_text(each).partition(":")[0] for each in told] if isinstance(told, list) else []
    return tuple(dict.fromkeys(filter(None, named)))


def _seconds(value: object) -> float | None:
    seconds = number(value)
    return seconds if seconds is not None and 0 <= seconds < math.inf else None


def _versions(told: Mapping[Any, Any]) -> tuple[str, ...]:
    return tuple(sorted(f"{name} {_text(told[name])}" for name in told if name not in _OWN))


def _notes(entry: Entry) -> Iterable[str]:
    if entry.error:
        yield entry.error
    data = entry.data
    if data.get("interrupted") is True:
        yield "interrupted"
    for name, what in (("missing", ""), ("stale", "stale expectation: "), ("faults", "fault: ")):
        told = data.get(name)
        for each in told if isinstance(told, list) else ():
            yield f"{what}{_text(each)}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else brief(value)


def _union(*parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for part in parts for each in part))
