"""What is true of a case, and by how much a target's answers may be off, as laws look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bncheck.model import Case
from bncheck.model.arrays import as_wide, widened
from bncheck.model.formats import Array, Format
from bncheck.truth import oracle
from bncheck.truth.rounding import (
    Algorithms,
    Ball,
    InferenceBounds,
    Scaled,
    TrainingBounds,
    inference_bounds,
    stored_bound,
    training_bounds,
)

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

    @property
    def room(self) -> float:
        """Within which part of their bounds answers must be for laws to follow from that; or 0.

        A law that speaks of answers through the balls around them, and else of balls around the
        truth, cannot fail where each of these holds the truth t. The ball around an answer a has
        the radius r = b + o, b of the target's class and o of the oracle, whose value v has
        ``|v - t| <= o``. Where ``|a - v| <= c r``, ``|a - t| <= c (b + o) + o``, which is at most
        r for ``(1 - c)(b + o) >= o``. With ``o <= f b``, c = 1 - f is enough, and as much again
        is for the roundings of r and of the error.
        """
        return 1 - 2 * self.own.factor if isinstance(self.own, Scaled) else 0.0

    def measured(self, name: str, answer: Array) -> Ball:
        """Enclose the true value around what the target answered.

        An answer of another dtype is compared as the numbers it holds, a narrower one within its
        own rounding: that the dtype is wrong is for one law to say.
        """
        bound, own = self.bound(name), self.parameters if name in _PARAMETERS else self.storage
        if answer.dtype != own.dtype:
            bound = stored_bound(getattr(self.values, name), bound, answer.dtype, own)
        given = wide(answer, self.values.x.dtype)
        if given.shape != bound.shape and given.ndim == bound.ndim == 2:
            given = given.reshape(bound.shape)  # samples put together: see `Norm.together`
        return Ball(given, bound)


TrainingTruth = Truth[oracle.Training, TrainingBounds]
InferenceTruth = Truth[oracle.Inference, InferenceBounds]


def training_truth(case: Case, formats: Algorithms, *, exact: bool) -> TrainingTruth:
    """Exact training answers of a case, with both bounds; formats: the target's class."""
    own: oracle.TrainingBounds | Scaled
    if factor := 0.0 if exact else _finer(case, formats):
        values = oracle.training(case)
        allowed = training_bounds(values, formats)
        own = oracle.scaled(values, allowed, factor)
    else:
        values, own = oracle.train(case, exact=exact)
        allowed = training_bounds(values, formats)
    return Truth(values, own, allowed, formats.storage, formats.parameters)


def inference_truth(case: Case, formats: Algorithms, *, exact: bool) -> InferenceTruth:
    """Return the same for inference."""
    own: oracle.InferenceBounds | Scaled
    if factor := 0.0 if exact else _finer(case, formats):
        values = oracle.inference(case)
        allowed = inference_bounds(values, formats)
        own = Scaled(allowed, factor, values.x.dtype)
    else:
        values, own = oracle.infer(case, exact=exact)
        allowed = inference_bounds(values, formats)
    return Truth(values, own, allowed, formats.storage, formats.parameters)


def _finer(case: Case, formats: Algorithms) -> float:
    """Return what the oracle's bounds are at most, in units of the target's; 0: not told.

    The oracle is of the target's class, with a unit roundoff o in place of u, and the bounds are
    superlinear in the unit roundoff (`rounding.roundoff`): its own are at most o/u times the
    target's, and need no evaluation (but see `oracle.scaled`). The last factor is for the
    roundings of the product.
    """
    o, u = oracle.unit_roundoff(case.dtype), formats.accumulates.unit_roundoff
    return o / u * (1 + 2.0**-40) if u >= 2**11 * o else 0.0


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
