"""The fast oracle: one wide dtype, a refined mean, and the same bounds applied to itself."""

from typing import Any

import numpy as np

from bncheck.model import Case
from bncheck.model.arrays import as_wide, widened
from bncheck.model.formats import FLOAT64, LONGDOUBLE, Array, format_of
from bncheck.truth import derived
from bncheck.truth.oracle import exact as exactly
from bncheck.truth.oracle import paired
from bncheck.truth.oracle.relatives import gradients
from bncheck.truth.oracle.statistics import mean_square, statistics
from bncheck.truth.rounding.algorithms import Algorithms, format_of_wide
from bncheck.truth.rounding.inference import inference_bounds
from bncheck.truth.rounding.training import inverse_bound, training_bounds
from bncheck.truth.rounding.values import (
    Inference,
    InferenceBounds,
    Scaled,
    Training,
    TrainingBounds,
)

# Of the target's bounds, as which the oracle's own are told rather than evaluated.
_LARGEST_FACTOR = 2.0**-6


def oracle_dtype(dtype: str) -> np.dtype[Any]:
    """Return the dtype that a case's values have: longdouble for float64, else float64.

    Where longdouble is no wider than float64, they are pairs of float64 while they are evaluated,
    and then rounded once (see `bncheck.truth.oracle.paired`).
    """
    return LONGDOUBLE.dtype if dtype == "float64" and long_is_wider() else FLOAT64.dtype


def unit_roundoff(dtype: str) -> float:
    """Return the unit roundoff of the oracle's own arithmetic, or of its values if coarser."""
    return format_of_wide(oracle_dtype(dtype)).unit_roundoff


def long_is_wider() -> bool:
    """Whether longdouble holds more than float64; it does not on Windows, or on macOS on ARM."""
    return bool(np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant)


def train(case: Case, exact: bool = False) -> tuple[Training, TrainingBounds]:
    """Training mode: the values, flat and wide, and bounds on their errors.

    exact: evaluate in integer arithmetic, so that only the last rounding remains (slower; for
    confirming a failure). Channels that hold NaN or inf come out as such, with bound inf.
    """
    wide = oracle_dtype(case.dtype)
    narrow = _is_narrow(case.dtype, wide)
    if exact or (narrow and (case.norm.inside or not paired.takes(case))):
        return exactly.train(case, wide)
    if narrow:
        return paired.train(case)
    values = training(case)
    return values, training_own(values)


def training(case: Case) -> Training:
    """Training mode: the values alone, in the wide dtype whatever that is."""
    wide = oracle_dtype(case.dtype)
    with np.errstate(all="ignore"):
        x, dy, gamma, beta = _inputs(case, wide)
        eps = wide.type(case.eps)
        norm, shape = case.norm, case.x.shape
        mean, var, centered = statistics(x) if norm.centred else mean_square(x)
        inv, xhat, y = derived.forward(centered, var + eps, gamma, beta)
        if norm.inside:
            back = gradients(norm, shape, centered, var + eps, gamma, dy)
        else:
            back = derived.backward(centered, var + eps, gamma, dy)._asdict()
        return Training(
            x=x,
            dy=dy,
            gamma=gamma,
            beta=beta,
            eps=eps,
            mean=mean,
            var=var,
            inv=inv,
            centered=centered,
            xhat=xhat,
            y=y,
            norm=norm,
            shape=shape,
            **back,
        )


def training_own(values: Training) -> TrainingBounds:
    """Bound the errors of `training` itself."""
    return training_bounds(values, _own(values.x.dtype))


def scaled(values: Training, allowed: TrainingBounds, factor: float) -> TrainingBounds | Scaled:
    """Bound the errors of `training` itself by those of a coarser class, if that is possible.

    factor: the oracle's unit roundoff over that of the class

    All bounds are sums of nonnegative products, each with a unit roundoff, an eta, or the error of
    a statistic: with all of these f times as large, or smaller, they are at most f times as large.
    The errors of statistics are superlinear themselves, but for that of the inverse deviation
    where only eps keeps a variance positive: there the oracle's is evaluated.
    """
    if not allowed.superlinear:
        with np.errstate(all="ignore"):
            own = inverse_bound(values, _own(values.x.dtype))
            factor = max(factor, float(np.where(allowed.inv < np.inf, own / allowed.inv, 0).max()))
    # beyond that there is nothing to gain; NaN: something is not finite
    fine = factor <= _LARGEST_FACTOR
    return Scaled(allowed, factor, values.x.dtype) if fine else training_own(values)


def infer(case: Case, exact: bool = False) -> tuple[Inference, InferenceBounds]:
    """Inference mode, from the case's running statistics; otherwise as `train`."""
    wide = oracle_dtype(case.dtype)
    narrow = _is_narrow(case.dtype, wide)
    if exact or (narrow and not paired.takes(case)):
        return exactly.infer(case, wide)
    if narrow:
        return paired.infer(case)
    values = inference(case)
    return values, inference_bounds(values, _own(wide))


def inference(case: Case) -> Inference:
    """Inference mode: the values alone, as `training`; see `Norm.together`."""
    wide = oracle_dtype(case.dtype)
    with np.errstate(all="ignore"):
        norm, shape = case.norm, case.x.shape
        x, dy = (norm.together(widened(a, wide), shape) for a in (case.x, case.dy))
        gamma, beta, mean, var = (
            as_wide(a, wide) for a in (case.gamma, case.beta, case.running_mean, case.running_var)
        )
        eps = wide.type(case.eps)
        centered, w = x - mean, var + eps
        inv, xhat, y = derived.inference(centered, w, gamma, beta)
        dx, dgamma, dbeta = derived.inference_backward(centered, w, gamma, dy)
        return Inference(
            x=x,
            dy=dy,
            gamma=gamma,
            beta=beta,
            running_mean=mean,
            running_var=var,
            eps=eps,
            inv=inv,
            xhat=xhat,
            y=y,
            dx=dx,
            dgamma=dgamma,
            dbeta=dbeta,
        )


def _is_narrow(dtype: str, wide: np.dtype[Any]) -> bool:
    """Whether the values' dtype is no wider than the case's."""
    return format_of(dtype).precision >= format_of(wide).precision


def _own(wide: np.dtype[Any]) -> Algorithms:
    """The oracle is a stable algorithm in its own format."""
    own = FLOAT64 if wide == np.float64 else LONGDOUBLE
    return Algorithms(own, own, own)


def _inputs(case: Case, wide: np.dtype[Any]) -> tuple[Array, Array, Array, Array]:
    """Flat x and dy, gamma and beta, widened, which is exact."""
    norm, shape = case.norm, case.x.shape
    return (
        widened(case.x, wide),
        widened(case.dy, wide),
        norm.spread(as_wide(case.gamma, wide), shape),
        norm.spread(as_wide(case.beta, wide), shape),
    )
