"""The stability map: how far y, the variance and dx are off, against mean/std and var/eps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bncheck.fingerprint.bench import WIDE, Bench, Seen
from bncheck.fingerprint.nouns import Curve
from bncheck.model.formats import Array
from bncheck.trial.trial import TrainingTruth
from bncheck.truth.conventions import Statistics, predict
from bncheck.truth.rounding import Ball

SAMPLES, REPEATS = 256, 8
# exponents of mean/std in powers of 1/u: from 1 to where nothing is left of the deviations
CONDITIONS = np.arange(24) / 24
RATIOS = np.logspace(-4, 6, 21)
# where a poor variance algorithm shows, and a good one does not yet lose anything
STEADY = 0.375
# half a unit in the third digit
THREE_DIGITS = 5e-4


@dataclass(frozen=True)
class Sweep:
    """Errors of one sweep, ``(REPEATS, K)`` for each output, relative to its largest true entry.

    allowed: the same for the bounds, ``(REPEATS, K)``
    """

    at: Array
    errors: Mapping[str, Array]
    allowed: Mapping[str, Array]


def against_mean(bench: Bench, weight: float) -> Sweep:
    """Mean/std from 1 to nearly 1/u, at variance 1."""
    at = bench.storage.unit_roundoff**-CONDITIONS
    return _sweep(bench, weight, at, np.ones_like(at), at)


def against_eps(bench: Bench, weight: float) -> Sweep:
    """Var/eps from 1e-4 to 1e6, at a mean where a poor algorithm shows."""
    condition = bench.storage.unit_roundoff**-STEADY
    return _sweep(bench, weight, RATIOS, np.sqrt(RATIOS * bench.eps), condition)


def noise(m: int, columns: int) -> tuple[Array, Array]:
    """Return x and dy of mean 0 and variance 1, the same at every call."""
    draws = np.random.default_rng(0)
    return draws.standard_normal((m, columns)), draws.standard_normal((m, columns))


def _sweep(bench: Bench, weight: float, at: Array, scale: Array, condition: Array | float) -> Sweep:
    x, dy = noise(SAMPLES, REPEATS * at.size)
    shape = (SAMPLES, REPEATS, at.size)
    x = ((x.reshape(shape) + condition) * scale).reshape(SAMPLES, -1)
    errors, allowed = measured(bench, weight, x, dy)
    grid = (REPEATS, at.size)
    return Sweep(
        at,
        {name: error.reshape(grid) for name, error in errors.items()},
        {name: bound.reshape(grid) for name, bound in allowed.items()},
    )


def measured(
    bench: Bench, weight: float, x: Array, dy: Array
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return errors and bounds by output, each ``(K,)``, relative to the largest true entry.

    weight: of the new batch in the running variance, from which the variance is read; 0: it
    cannot be read
    """
    seen = bench.train(x, dy)
    truth = bench.truth(x, dy)
    found = {"y": (seen.y, truth.ball("y").mid, truth.bound("y"))}
    if seen.dx is not None:
        found["dx"] = (seen.dx, truth.values.dx, truth.bound("dx"))
    if weight and seen.var is not None:
        expected = _running_variance(bench, seen, truth, x, dy)
        found["variance"] = (seen.var, expected.mid, expected.rad)
    errors, allowed = {}, {}
    with np.errstate(all="ignore"):
        for output, (got, true, bound) in found.items():
            largest = _largest(true) if output != "variance" else weight * truth.values.var
            error = np.abs(got - true)
            error = _largest(np.where(np.isnan(error), WIDE(np.inf), error)) / largest
            errors[output], allowed[output] = error, _largest(bound) / largest
    return errors, allowed


def _largest(values: Array) -> Array:
    """Return the largest magnitude of each channel."""
    largest: Array = np.abs(np.atleast_2d(values)).max(0)
    return largest


def _running_variance(bench: Bench, seen: Seen, truth: TrainingTruth, x: Array, dy: Array) -> Ball:
    """Enclose the running variance that a step from where it was should end at."""
    case = bench.case(x, dy, running_mean=seen.mean_before, running_var=seen.var_before)
    batch = Statistics(
        Ball(truth.values.mean, truth.bound("mean")),
        Ball(truth.values.var, truth.bound("var")),
        len(x),
    )
    return predict(bench.convention, case, [batch], bench.algorithms).var


def curves(sweep: Sweep, against: str, unit: float) -> Iterator[Curve]:
    """Reduce a sweep to the largest error at each condition, in units of roundoff."""
    for output, errors in sweep.errors.items():
        yield Curve(
            output,
            against,
            tuple(map(float, sweep.at)),
            tuple(map(float, errors.max(0) / unit)),
            tuple(map(float, sweep.allowed[output].max(0) / unit)),
        )


def keeps(sweep: Sweep) -> dict[str, float]:
    """Return, by output, the largest condition up to which three digits are right everywhere."""
    kept = {}
    for output, errors in sweep.errors.items():
        good = errors.max(0) <= THREE_DIGITS
        first_bad = int(np.argmin(good)) if not good.all() else good.size
        kept[output] = float(sweep.at[first_bad - 1]) if first_bad else 0.0
    return kept
