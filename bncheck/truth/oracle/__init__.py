"""The truth about a case, with bounds on its own errors; confirmed exactly where it matters."""

from bncheck.truth.oracle.evaluate import (
    infer,
    inference,
    scaled,
    train,
    training,
    training_own,
    unit_roundoff,
)
from bncheck.truth.rounding.values import Inference, InferenceBounds, Training, TrainingBounds

__all__ = [
    "Inference",
    "InferenceBounds",
    "Training",
    "TrainingBounds",
    "infer",
    "inference",
    "scaled",
    "train",
    "training",
    "training_own",
    "unit_roundoff",
]
