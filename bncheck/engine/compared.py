"""What a comparison of two implementations comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

CONVENTIONS = (
    *("momentum_weighs", "running_var", "debiased", "one_value", "empty_batch"),
    "variance_algorithm",
)


@dataclass(frozen=True)
class Side:
    """One of the two, as far as it is known."""

    name: str
    observed: Mapping[str, Any]
    defaults: Mapping[str, float]
    outputs: frozenset[str] = frozenset()


@dataclass
class Agreement:
    """How one output compares: cases compared and agreeing, and the worst of them.

    ratio: the largest difference of errors in units of what both may be off by
    a, b: both answers at the worst entry; exact: both truths there; recipe: the case it was on
    shares: for each of the two, its largest error in units of what it may be off by
    """

    output: str
    dtype: str
    compared: int = 0
    agreed: int = 0
    unpromised: int = 0
    ratio: float = 0.0
    a: float = float("nan")
    b: float = float("nan")
    exact: tuple[float, float] = (float("nan"), float("nan"))
    recipe: Mapping[str, Any] = field(default_factory=dict)
    shares: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Unanswered:
    """A case on which one side, ``a`` or ``b``, does not give an output that the other gives.

    told: what it does instead; recipe: the case
    """

    side: str
    output: str
    dtype: str
    told: str
    recipe: Mapping[str, Any]


@dataclass(frozen=True)
class Compared:
    """What came out: both sides, conventions that differ, and every output that both have."""

    a: Side
    b: Side
    agreements: tuple[Agreement, ...]
    notes: tuple[str, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()

    @property
    def differing(self) -> list[str]:
        """The names of the conventions, and defaults, in which the two differ."""
        named = [k for k in CONVENTIONS if self.a.observed.get(k) != self.b.observed.get(k)]
        both = self.a.defaults.keys() & self.b.defaults.keys()
        return named + sorted(k for k in both if _default(self.a, k) != _default(self.b, k))

    @property
    def exit_code(self) -> int:
        """0: they agree; 1: they do not, or one does not answer; 2: nothing was compared."""
        if self.unanswered:
            return 1
        if not any(found.compared for found in self.agreements):
            return 2
        return int(any(found.agreed < found.compared for found in self.agreements))


def _default(side: Side, name: str) -> Fraction:
    """Return a default; momentum as the weight of the new statistics, whichever it weighs there.

    As written in decimals: 0.9 of the old ones is 0.1 of the new ones, if not in binary.
    """
    value = Fraction(repr(side.defaults[name]))
    old = name == "momentum" and side.observed.get("momentum_weighs") == "old"
    return 1 - value if old else value
