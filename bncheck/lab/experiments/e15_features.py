"""E15: normalizing features speeds up gradient descent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log10

import numpy as np

from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.model.formats import Array

SHARE = 0.8
LEFT = 0.01
MOST = 1 << 60
ARMS = {"raw": "raw", "centred": "centred", "standardised": "standardised"}
CELLS = tuple(Cell(name, name, ARMS, "quick") for name in ("wine", "breast-cancer", "digits"))


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Count steps of gradient descent on least squares, on a draw of 80 % of the rows."""
    rows = np.random.default_rng([1, seed]).permutation(len(data.x))[: int(SHARE * len(data.x))]
    x, y = data.x[rows], np.eye(int(data.y.max()) + 1)[data.y[rows]]
    x = x[:, x.std(0) > 0]
    if arm != "raw":
        x = x - x.mean(0)
    if arm == "standardised":
        x = x / x.std(0)
    steps, condition = _descent(np.c_[x, np.ones(len(x))], y)
    return {"steps": steps, "condition": condition}


def _descent(z: Array, y: Array) -> tuple[int, float]:
    """Steps until 1 % of the excess is left, at the rate 1/L, and the condition number.

    Each mode of the Hessian shrinks by 1 - lambda/L a step, so that steps are counted without
    being made. Modes below m u of the largest are rounding.
    """
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    kept = values > len(z) * 2.0**-52 * values[-1]
    values, b = values[kept], (vectors.T @ (z.T @ y / len(z)))[kept]
    excess = np.sum(b * b, 1) / values
    shrink = np.log1p(-np.minimum(values / values[-1], 1 - 2.0**-53))

    def left(steps: int) -> float:
        return float(np.sum(excess * np.exp(2 * steps * shrink)) / excess.sum())

    return _least(lambda steps: left(steps) <= LEFT), float(values[-1] / values[0])


def _least(enough: Callable[[int], bool]) -> int:
    high = 1
    while not enough(high) and high < MOST:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Decades of steps, raw over standardised, and raw over centred."""
    raw = arms["raw"]["steps"]
    return {
        "standardised": log10(raw / arms["standardised"]["steps"]),
        "centred": log10(raw / arms["centred"]["steps"]),
    }


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the number of steps, which eigenvalues' rounding moves a little."""
    return {"losses": [float(measure(cell, arm, data, seed)["steps"])], "right": 0}


EXPERIMENT = Experiment(
    id="E15",
    title="Normalized features speed up gradient descent",
    claim="Gradient descent needs fewer steps where features are normalized.",
    source="LeCun et al. 1998 (Efficient BackProp), section 4.3; widely repeated",
    disputed="",
    definition="Least squares on raw features, on centred ones, and on such with mean 0 and "
    "variance 1, rate 1/L: steps until 1 % of the excess of the loss is left, counted exactly "
    "from the eigenvalues; raw over standardised, in decades. A seed draws 80 % of the rows.",
    control="Centring alone.",
    cells=CELLS,
    statistics=(
        Statistic(
            "standardised", "steps on raw over standardised features", "greater", 0.3, "decades"
        ),
        Statistic("centred", "steps on raw over centred features", "greater", 0.3, "decades"),
    ),
    measure=measure,
    effects=effects,
    opening=opening,
    theorems=("F20", "W12", "W16"),
    partners=(("raw", "standardised"),),
)
