"""What is true of a case, and by how much a target's answers may be off, as laws look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from bncheck.model.arrays import as_wide, flatten
from bncheck.model.formats import Array, Format
from bncheck.truth import oracle
from bncheck.truth.rounding import Ball, InferenceBounds, TrainingBounds, stored_bound

Values = TypeVar("Values", oracle.Training, oracle.Inference)
Bounds = TypeVar("Bounds", TrainingBounds, InferenceBounds)


# Answers that belong to the parameters; the others belong to x.
_PARAMETERS = ("dgamma", "dbeta")


@dataclass(frozen=True)
class Truth(Generic[Values, Bounds]):
    """The exact answers of one mode, the oracle's own bounds on them, and the target's.

    storage, parameters: formats that the answers should have
    """

    values: Values
    own: Bounds
    allowed: Bounds
    storage: Format
    parameters: Format

    def ball(self, name: str) -> Ball:
        """Enclose a true value: radius the oracle's own bound."""
        if name == "centered":
            return Ball.exact(self.values.x) - self.ball("mean")
        return Ball(getattr(self.values, name), getattr(self.own, name))

    def bound(self, name: str) -> Array:
        """Return how far a correct target's output may be from our value."""
        return cast(Array, getattr(self.allowed, name) + getattr(self.own, name))

    def measured(self, name: str, answer: Array) -> Ball:
        """Enclose the true value around what the target answered.

        An answer of another dtype is compared as the numbers it holds, a narrower one within its
        own rounding: that the dtype is wrong is for one law to say.
        """
        bound, own = self.bound(name), self.parameters if name in _PARAMETERS else self.storage
        if answer.dtype != own.dtype:
            bound = stored_bound(getattr(self.values, name), bound, answer.dtype, own)
        return Ball(wide(answer, self.values.x.dtype), bound)


TrainingTruth = Truth[oracle.Training, TrainingBounds]
InferenceTruth = Truth[oracle.Inference, InferenceBounds]


@dataclass(frozen=True)
class Backward:
    """Gradients of one call, enclosed; None where the target has none."""

    truth: TrainingTruth
    dx: Ball
    dgamma: Ball | None
    dbeta: Ball | None


def wide(array: Array, dtype: Any) -> Array:
    """Flatten to ``(m, C)`` (or leave ``(C,)``) in a wide dtype, exactly."""
    return as_wide(flatten(array) if array.ndim > 1 else array, dtype)
