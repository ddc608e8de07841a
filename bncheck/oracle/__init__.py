"""The truth about a case, with bounds on its own errors; confirmed exactly where it matters."""

from bncheck.oracle.evaluate import infer, train
from bncheck.rounding.values import Inference, InferenceBounds, Training, TrainingBounds

__all__ = ["Inference", "InferenceBounds", "Training", "TrainingBounds", "infer", "train"]
