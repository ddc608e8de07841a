"""The fast oracle for float64 where no dtype is wider: in pairs of float64, rounded once.

Pairs keep to the standard model of arithmetic with the constants of `pairs.FORMAT`, so that the
bounds for a stable algorithm of that format hold for the values before the last rounding, which
adds ``u |value|``, u = 2^-53.
"""

from typing import Any

import numpy as np

from bncheck.model import BATCH, Case, Norm
from bncheck.model.arrays import flatten
from bncheck.model.formats import FLOAT64, Array
from bncheck.truth import derived
from bncheck.truth.oracle.pairs import FORMAT, LEAST, MOST, Pairs
from bncheck.truth.oracle.statistics import statistics
from bncheck.truth.rounding.algorithms import Algorithms
from bncheck.truth.rounding.inference import inference_bounds
from bncheck.truth.rounding.training import training_bounds
from bncheck.truth.rounding.values import Inference, InferenceBounds, Training, TrainingBounds

_OWN = Algorithms(FORMAT, FORMAT, FORMAT)
_GIVEN = ("x", "dy", "gamma", "beta", "running_mean", "running_var")


def takes(case: Case) -> bool:
    """Whether no number is so large or so small that pairs lose accuracy on the way."""
    with np.errstate(all="ignore"):
        sizes = [np.abs(getattr(case, name)) for name in _GIVEN]
        return case.eps >= LEAST and not any(
            (np.isfinite(a) & ((a > MOST) | ((a < LEAST) & (a > 0)))).any() for a in sizes
        )


def train(case: Case) -> tuple[Training, TrainingBounds]:
    """Training mode; `bncheck.truth.oracle.train` describes it."""
    with np.errstate(all="ignore"):
        x, dy, gamma, beta = _inputs(case)
        eps = np.float64(case.eps)
        mean, var, centered = statistics(x)
        w = var + eps
        computed: dict[str, Any] = {"mean": mean, "var": var, "centered": centered}
        computed |= derived.forward(centered, w, gamma, beta)._asdict()
        computed |= derived.backward(centered, w, gamma, dy)._asdict()
        given = {"x": x, "dy": dy, "gamma": gamma, "beta": beta}
        rounded = _rounded(given | computed)
        values = Training(eps=eps, norm=case.norm, shape=case.x.shape, **rounded)
        own = training_bounds(values, _OWN)
        return values, TrainingBounds(
            mean=_last(own.mean, values.mean),
            var=_last(own.var, values.var),
            inv=_last(own.inv, values.inv),
            xhat=_last(own.xhat, values.xhat),
            y=_last(own.y, values.y),
            gradients=lambda: (
                _last(own.dx, values.dx),
                _last(own.dgamma, values.dgamma),
                _last(own.dbeta, values.dbeta),
            ),
        )


def infer(case: Case) -> tuple[Inference, InferenceBounds]:
    """Inference mode; `bncheck.truth.oracle.infer` describes it."""
    with np.errstate(all="ignore"):
        x, dy, gamma, beta = _inputs(case, case.norm)
        eps = np.float64(case.eps)
        running: Any = {n: Pairs.of(getattr(case, n)) for n in ("running_mean", "running_var")}
        mean, var = running.values()
        centered, w = x - mean, var + eps
        computed: dict[str, Any] = derived.inference(centered, w, gamma, beta)._asdict()
        gradients: Any = derived.inference_backward(centered, w, gamma, dy)
        computed |= dict(zip(("dx", "dgamma", "dbeta"), gradients, strict=True))
        given = {"x": x, "dy": dy, "gamma": gamma, "beta": beta}
        values = Inference(eps=eps, **_rounded(given | running | computed))
        own = inference_bounds(values, _OWN)
        return values, InferenceBounds(
            y=_last(own.y, values.y),
            gradients=lambda: (
                _last(own.dx, values.dx),
                _last(own.dgamma, values.dgamma),
                _last(own.dbeta, values.dbeta),
            ),
        )


def _inputs(case: Case, norm: Norm = BATCH) -> Any:
    """Flat x and dy, gamma and beta, as pairs: what the formulas take as arrays.

    norm: whose samples are put together, as inference has them
    """
    x, dy = (norm.together(flatten(a), case.x.shape) for a in (case.x, case.dy))
    given = (x, dy, case.gamma, case.beta)
    return tuple(Pairs.of(np.ascontiguousarray(array)) for array in given)


def _rounded(values: dict[str, Pairs]) -> dict[str, Any]:
    return {name: value.high for name, value in values.items()}


def _last(bound: Array, value: Array) -> Array:
    """Add the last rounding; the factor covers the roundings of this evaluation."""
    u = FLOAT64.unit_roundoff
    with np.errstate(all="ignore"):
        wider = (bound + u * np.abs(value)) * (1 + 4 * u)
    return np.where(np.isfinite(value) & (wider >= 0), wider, np.inf)
