"""The fast oracle: one wide dtype, a refined mean, and the same bounds applied to itself."""

from typing import Any

import numpy as np

from bncheck.model import Case
from bncheck.model.arrays import as_wide, flatten
from bncheck.model.formats import FLOAT64, LONGDOUBLE, Array, format_of
from bncheck.truth import derived
from bncheck.truth.oracle import exact as exactly
from bncheck.truth.oracle import paired
from bncheck.truth.oracle.relatives import gradients
from bncheck.truth.oracle.statistics import mean_square, statistics
from bncheck.truth.rounding.algorithms import Algorithms
from bncheck.truth.rounding.inference import inference_bounds
from bncheck.truth.rounding.training import training_bounds
from bncheck.truth.rounding.values import Inference, InferenceBounds, Training, TrainingBounds


def oracle_dtype(dtype: str) -> np.dtype[Any]:
    """Return the dtype that a case's values have: longdouble for float64, else float64.

    Where longdouble is no wider than float64, they are pairs of float64 while they are evaluated,
    and then rounded once (see `bncheck.truth.oracle.paired`).
    """
    return LONGDOUBLE.dtype if dtype == "float64" and long_is_wider() else FLOAT64.dtype


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
        values = Training(
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
    return values, training_bounds(values, _own(wide))


def infer(case: Case, exact: bool = False) -> tuple[Inference, InferenceBounds]:
    """Inference mode, from the case's running statistics; otherwise as `train`."""
    wide = oracle_dtype(case.dtype)
    narrow = _is_narrow(case.dtype, wide)
    if exact or (narrow and not paired.takes(case)):
        return exactly.infer(case, wide)
    if narrow:
        return paired.infer(case)
    with np.errstate(all="ignore"):
        x, dy, gamma, beta = _inputs(case, wide)
        eps = wide.type(case.eps)
        mean, var = as_wide(case.running_mean, wide), as_wide(case.running_var, wide)
        centered, w = x - mean, var + eps
        inv, xhat, y = derived.inference(centered, w, gamma, beta)
        dx, dgamma, dbeta = derived.inference_backward(centered, w, gamma, dy)
        values = Inference(
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
    return values, inference_bounds(values, _own(wide))


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
        np.ascontiguousarray(as_wide(flatten(case.x), wide)),
        np.ascontiguousarray(as_wide(flatten(case.dy), wide)),
        norm.spread(as_wide(case.gamma, wide), shape),
        norm.spread(as_wide(case.beta, wide), shape),
    )
