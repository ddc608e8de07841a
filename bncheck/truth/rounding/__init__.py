"""How far a correct implementation may be from the truth: the only tolerances of bncheck.

Every bound is derived from the standard model of floating-point arithmetic,
``fl(a op b) = (a op b)(1 + d) + t`` with ``|d| <= u`` and, only where a product or quotient
underflows, ``|t| <= eta`` (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 2.2
and 2.8). An infinite bound says that nothing can be promised, as where overflow is allowed.
"""

from bncheck.truth.rounding.algorithms import Algorithms
from bncheck.truth.rounding.ball import Ball
from bncheck.truth.rounding.inference import inference_bounds
from bncheck.truth.rounding.running import (
    averaged_bounds,
    cumulative_bounds,
    debiased_bounds,
    running_bounds,
    summed_bounds,
    unbiased_bounds,
)
from bncheck.truth.rounding.storing import stored_bound
from bncheck.truth.rounding.training import (
    careful_output_bound,
    careful_terms,
    training_bounds,
)
from bncheck.truth.rounding.values import (
    Inference,
    InferenceBounds,
    Scaled,
    Training,
    TrainingBounds,
)

__all__ = [
    "Algorithms",
    "Ball",
    "Inference",
    "InferenceBounds",
    "Scaled",
    "Training",
    "TrainingBounds",
    "averaged_bounds",
    "careful_output_bound",
    "careful_terms",
    "cumulative_bounds",
    "debiased_bounds",
    "inference_bounds",
    "running_bounds",
    "stored_bound",
    "summed_bounds",
    "training_bounds",
    "unbiased_bounds",
]
