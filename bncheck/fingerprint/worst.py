"""The worst inputs, searched for: which batch comes nearest to what rounding allows, or over."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bncheck.fingerprint.bench import Bench
from bncheck.fingerprint.stability import measured, noise
from bncheck.model.formats import Array

SAMPLES, COLUMNS = 64, 8
STEPS = 40  # evaluations of the target in each search


def searched(bench: Bench, weight: float, outputs: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the worst input found for each output, as plain data.

    Searched are the continuous parameters of a batch: mean/std, var/eps, how far one outlier
    is away, and the mean of dy; by the simplex of Nelder and Mead (1965), which needs no slopes,
    since a rounding error has none. ``share`` is error/bound: above 1 would be a failure.
    """
    from scipy import optimize

    top = -0.9 * math.log2(bench.storage.unit_roundoff)
    low, high = np.array([0, -14, 0, -4]), np.array([top, 20, 8, 4])
    # the middle, and from it a quarter of the box along each axis
    simplex = (low + high) / 2 + np.vstack([np.zeros(4), np.diag((high - low) / 4)])
    for output in outputs:
        seen: list[tuple[float, Array]] = []

        def lost(point: Array, output: str = output, seen: list[Any] = seen) -> float:
            point = np.clip(point, low, high)
            share = _share(bench, weight, point, output)
            seen.append((share, point))
            return -share

        options = {"maxfev": STEPS, "initial_simplex": simplex}
        optimize.minimize(lost, simplex[0], method="Nelder-Mead", options=options)
        share, point = max(seen, key=lambda pair: pair[0])
        yield {"output": output, "share": share, **_described(point), "tried": len(seen)}


def _share(bench: Bench, weight: float, point: Array, output: str) -> float:
    x, dy = _batch(bench, point)
    errors, allowed = measured(bench, weight, x, dy)
    if output not in errors:
        return 0.0
    with np.errstate(all="ignore"):
        ratios = np.asarray(errors[output] / allowed[output], np.float64)
    promised = np.isfinite(allowed[output])
    return float(np.nan_to_num(ratios[promised], nan=np.inf).max(initial=0.0))


def _batch(bench: Bench, point: Array) -> tuple[Array, Array]:
    condition, ratio, far, lean = np.exp2(point[0]), np.exp2(point[1]), point[2], point[3]
    x, dy = noise(SAMPLES, COLUMNS)
    x[-1] += np.exp2(far) - 1
    return (x + condition) * math.sqrt(ratio * bench.eps), dy + lean


def _described(point: Array) -> Mapping[str, float]:
    return {
        "mean/std": float(np.exp2(point[0])),
        "var/eps": float(np.exp2(point[1])),
        "outlier/std": float(np.exp2(point[2]) - 1),
        "mean of dy": float(point[3]),
    }
