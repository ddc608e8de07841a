"""What a comparison of two implementations comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bncheck.engine import alike, weighed

CONVENTIONS = (
    *("momentum_weighs", "running_var", "debiased", "one_value", "empty_batch"),
    "variance_algorithm",
)


@dataclass(frozen=True)
class Side:
    """One of the two, as far as it is known.

    weights: digests of its own scale, bias, mean and variance, where it came with some
    """

    name: str
    observed: Mapping[str, Any]
    defaults: Mapping[str, float]
    outputs: frozenset[str] = frozenset()
    weights: Mapping[str, str] = field(default_factory=dict)

    @property
    def weighs(self) -> frozenset[str]:
        """Which statistics its momentum may weigh; empty where that is not known."""
        return alike.values(self.observed, alike.WEIGHS)

    def default(self, name: str) -> float:
        """Return a default as somebody wrote it, not as float32 has it."""
        return float(alike.decimal(self.defaults[name]))

    @property
    def weight_of_new(self) -> float | None:
        """What its momentum weighs the new statistics by, where it weighs the old ones."""
        if self.weighs != {"old"}:
            return None
        return float(1 - alike.decimal(self.defaults[alike.MOMENTUM]))


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
        """The names of the conventions, and defaults, that are known to differ."""
        one, other = self.a, self.b
        named = [k for k in CONVENTIONS if not alike.conventions(one.observed, other.observed, k)]
        weighs = one.weighs, other.weighs
        both = one.defaults.keys() & other.defaults.keys()
        return named + sorted(
            k for k in both if not alike.defaults(one.defaults, other.defaults, k, weighs)
        )

    @property
    def left_out(self) -> list[str]:
        """What only one of the two has, so that it was not compared."""
        apart = self.a.outputs ^ self.b.outputs
        told = {"training": "y", "inference": "inference y"}
        named = [name for name, output in told.items() if output in apart]
        if "dx" in apart and "y" not in apart:
            named.append("backward")
        if "running mean" in apart and "y" not in apart:
            named.append("running statistics")
        return named

    @property
    def swapped(self) -> bool:
        """Whether they came with the same weights for different roles."""
        return weighed.swapped(self.a.weights, self.b.weights)

    @property
    def exit_code(self) -> int:
        """0: they agree; 1: they do not, one does not answer, or weights are swapped; 2: nothing
        was compared.
        """
        if self.unanswered or self.swapped:
            return 1
        if not any(found.compared for found in self.agreements):
            return 2
        return int(any(found.agreed < found.compared for found in self.agreements))
