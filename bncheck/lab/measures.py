"""What is read off trainings: times, movements of distributions, landscapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bncheck.lab.model import Measured
from bncheck.lab.nets import Net, Parameters, forward, gradient
from bncheck.model.formats import Array


def steps_to(curve: Measured, level: float) -> tuple[float, bool]:
    """Return the steps to an accuracy on test rows, and whether it was reached.

    Linear between looks, at least 1; where it is not reached, the steps that were made: a lower
    bound.
    """
    steps, acc = curve["step"], curve["acc"]
    for k, (step, value) in enumerate(zip(steps, acc, strict=True)):
        if value >= level:
            if k == 0:
                return max(1.0, float(step)), True
            before, last = steps[k - 1], acc[k - 1]
            return max(1.0, before + (level - last) / (value - last) * (step - before)), True
    return max(1.0, float(steps[-1])), False


def speed(slow: Measured, quick: Measured, level: float) -> float:
    """Return how many times fewer steps the second needs to a level, in octaves."""
    return float(np.log2(steps_to(slow, level)[0] / steps_to(quick, level)[0]))


def points(first: Measured, second: Measured) -> float:
    """Return how much more the first gets in the end, in percentage points of test accuracy."""
    return 100 * float(first["acc"][-1] - second["acc"][-1])


def mean_points(first: Measured, second: Measured) -> float:
    """Return the same for the mean over the training, by the trapezoidal rule."""

    def mean(curve: Measured) -> float:
        steps, acc = np.array(curve["step"]), np.array(curve["acc"])
        return float(np.trapezoid(acc, steps) / (steps[-1] - steps[0]))

    return 100 * (mean(first) - mean(second))


def movement(percentiles: Sequence[Array]) -> float:
    """Return how far percentiles ``(3, units)`` move from look to look, over their mean width."""
    q = np.array(percentiles)
    width = (q[:, 2] - q[:, 0]).mean(0)
    return float((np.abs(np.diff(q, axis=0)).mean((0, 1)) / width).mean())


def skewness_movement(percentiles: Sequence[Array]) -> float:
    """Return how far Bowley's skewness moves, which location and scale do not touch.

    ``(q85 + q15 - 2 q50) / (q85 - q15)``, of every unit, from look to look.
    """
    q = np.array(percentiles)
    skew = (q[:, 2] + q[:, 0] - 2 * q[:, 1]) / (q[:, 2] - q[:, 0])
    return float(np.abs(np.diff(skew, axis=0)).mean())


def flat(p: Parameters) -> Array:
    """Return all of it as one vector."""
    return np.concatenate([array.ravel() for array in p.all()])


def moved(p: Parameters, by: Parameters, rate: float, layers: int | None = None) -> Parameters:
    """Return the parameters after one step, of the first layers only where they are told."""
    q = p.copy()
    for part, d in zip(q, by, strict=True):
        for layer, array in enumerate(part):
            if layers is None or layer < layers:
                array -= rate * d[layer]
    return q


# steps along the gradient, in units of the rate: Santurkar et al. 2018, section 3.1
REACH = np.geomspace(0.5, 4, 6)


def landscape(net: Net, p: Parameters, x: Array, y: Array, rate: float) -> dict[str, float]:
    """Return how loss and gradient change along the gradient, on the same batch.

    range: of the loss; change: the largest change of the gradient; beta: the largest change over
    the distance that was gone; gradient: its norm
    """
    loss, by, _ = gradient(net, p, x, y)
    g = flat(by)
    norm = float(np.linalg.norm(g))
    losses, changes, betas = [loss], [], []
    for reach in REACH:
        far, there, _ = gradient(net, moved(p, by, rate * reach), x, y)
        change = float(np.linalg.norm(flat(there) - g))
        losses.append(far)
        changes.append(change)
        betas.append(change / (rate * reach * norm))
    return {
        "range": max(losses) - min(losses),
        "low": min(losses),
        "high": max(losses),
        "change": max(changes),
        "beta": max(betas),
        "gradient": norm,
    }


def with_batch_norm(net: Net, p: Parameters, x: Array) -> tuple[Net, Parameters]:
    """Insert batch normalization so that the function on this batch stays: law F07.

    ``gamma = sqrt(var + eps)`` and ``beta = mean`` of what each activation gets.
    """
    tape = forward(net, p, x)[1]
    q = p.copy()
    shifts = [z.mean(0) for z in tape.before]
    gains = [np.sqrt(z.var(0) + net.eps) for z in tape.before]
    return replace(net, norm="before"), Parameters(q.weights, [*shifts, q.shifts[-1]], gains)


def internal_shift(
    net: Net, p: Parameters, x: Array, y: Array, rate: float, by: Parameters
) -> list[tuple[float, float]]:
    """Return |G - G'|/|G| and the cosine for each weight matrix but the first.

    Definition 2.1 of Santurkar et al. 2018: G' is the gradient after the earlier layers moved.
    """
    found = []
    for layer in range(1, len(p.weights)):
        after = gradient(net, moved(p, by, rate, layer), x, y)[1].weights[layer].ravel()
        before = by.weights[layer].ravel()
        u, v = float(np.linalg.norm(before)), float(np.linalg.norm(after))
        cosine = float(before @ after) / (u * v) if u * v else 0.0
        found.append((float(np.linalg.norm(before - after)) / u if u else 0.0, cosine))
    return found
