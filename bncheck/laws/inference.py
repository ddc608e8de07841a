"""Laws of inference mode: an affine map per channel, from the running statistics alone."""

from __future__ import annotations

import numpy as np

from bncheck.model import Case, State
from bncheck.model.arrays import as_wide, flatten, unflatten
from bncheck.trial.law import IS15, Residuals, law
from bncheck.trial.probes import WIDE, added, shape_of, stored
from bncheck.trial.residuals import meet, near
from bncheck.trial.trial import Inapplicable, Trial, present
from bncheck.truth.conventions import Statistics, predict
from bncheck.truth.rounding import Ball


@law(
    "I01",
    "inference is one affine map per channel",
    "y = gamma (x - rm)/sqrt(rv + eps) + beta",
    domain="rv + eps > 0",
    source=f"{IS15}, Algorithm 2, line 11",
    needs=("eval",),
    algebraic=True,
    shared=True,
    native=True,
    fused=True,
)
def i01(t: Trial) -> Residuals:
    """Compare y with the exact value, entry by entry."""
    truth = t.exact_inference
    got = truth.measured("y", t.inference.y)
    yield near("y in inference", got.mid, truth.values.y, got.rad, (t.case,))


@law(
    "I05",
    "after one full update, inference and training differ by Bessel's factor only",
    "momentum taking the batch alone: (y_eval - beta) = (y_train - beta) "
    "sqrt((v + eps)/(v' + eps)), v' = v m/(m - 1) where the running variance is unbiased, else v",
    domain="m >= 2",
    needs=("eval", "running"),
    algebraic=True,
)
def i05(t: Trial) -> Residuals:
    """Train once with the whole weight on the batch, then infer on the same batch."""
    convention, m = t.convention, t.case.m
    if m < 2 or convention.momentum_weighs is None or convention.running_var is None:
        raise Inapplicable("convention" if m >= 2 else "")
    case = t.variant(momentum=1.0 if convention.momentum_weighs == "new" else 0.0)
    layer = t.make(case)
    layer.train(case.x)
    infer, state = present(layer.eval), present(layer.state)()
    frozen = t.variant(case, running_mean=state.mean, running_var=state.var)
    after = t.inference_truth(frozen)
    y = after.measured("y", infer(case.x))
    # the stored statistics are rounded: what that does to y is read off the exact map
    truth = t.exact_training
    factor = m / (m - 1) if convention.running_var == "unbiased" else 1.0
    ball = truth.ball("centered") / (truth.ball("var") * factor + truth.values.eps).sqrt()
    ideal = ball * truth.values.gamma + truth.values.beta
    gap = np.abs(after.values.y - ideal.mid) + ideal.rad
    limit = _stored_gap(t, case, state)
    yield near("y_eval after a full update", y.mid, ideal.mid, y.rad + np.minimum(gap, limit))


def _stored_gap(t: Trial, case: Case, state: State) -> np.ndarray:
    """How far y moves when mean and variance move within what a correct update may be off by.

    What they may be off by is the bound of the update: it holds what is left of the old ones, as
    ``old + 1 (new - old)`` is off by the last digit of old.
    """
    truth = t.exact_training
    mean, var = (Ball(getattr(truth.values, n), truth.bound(n)) for n in ("mean", "var"))
    batch = Statistics(mean, var, case.m)
    kept = t.keeping(case, state)
    expected = predict(t.convention, case, [batch], kept)
    v, off_mean, off_var = expected.var.mid, expected.mean.rad, expected.var.rad
    # a statistic that does not fit into its format is no promise
    off_var = np.where(v + off_var > kept.parameters.largest, np.inf, off_var)
    eps = truth.values.eps
    with np.errstate(all="ignore"):
        low = np.maximum(v - off_var, 0) + eps
        least = 1 / np.sqrt(v + off_var + eps)
        most = 1 / np.sqrt(low)
        size = np.abs(truth.values.centered)
        root = np.maximum(most - 1 / np.sqrt(v + eps), 1 / np.sqrt(v + eps) - least)
        gamma = np.abs(truth.values.gamma)
        total = gamma * (size * root + off_mean * most)
    return np.asarray(np.where(np.isnan(total), np.inf, total))


@law(
    "I12",
    "inference commutes with average pooling",
    "eval(mean(x_i, x_j)) = mean(eval(x_i), eval(x_j))",
    domain="no padding",
    needs=("eval",),
)
def i12(t: Trial) -> Residuals:
    """Pool neighbouring samples in pairs."""
    flat = as_wide(flatten(t.case.x), WIDE)
    if len(flat) < 2:
        raise Inapplicable
    n = len(flat) // 2 * 2
    pooled = stored(added(flat[0:n:2], flat[1:n:2]) / 2, t.case.x)
    shape = shape_of(n // 2, t.case)
    case = t.variant(x=unflatten(pooled, shape), dy=unflatten(pooled, shape))
    y = t.inferred(case)
    whole = t.exact_inference.measured("y", t.inference.y)
    average = (whole[0:n:2] + whole[1:n:2]) * 0.5
    yield meet("eval(pooled x)", y, average, (case, t.case))
