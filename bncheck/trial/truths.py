"""What is true of a case, and by how much a target's answers may be off, as laws look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bncheck.model.arrays import as_wide, widened
from bncheck.model.formats import Array, Format
from bncheck.truth import oracle
from bncheck.truth.rounding import Ball, InferenceBounds, Scaled, TrainingBounds, stored_bound

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
    own: Bounds | Scaled
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
        allowed: Array = getattr(self.allowed, name)
        if isinstance(self.own, Scaled):  # of what is allowed
            return allowed * (1 + self.own.factor)
        own: Array = getattr(self.own, name)
        return allowed + own

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
    return widened(array, dtype) if array.ndim > 1 else as_wide(array, dtype)
