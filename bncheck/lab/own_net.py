"""The net of `nets` with somebody else's batch normalization in its training.

In training y and all gradients of a normalization are asked for; weights, activations, the loss,
the population's statistics and the evaluation stay the lab's. With the proved formulas it does
what `training.steps` does, bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from bncheck.lab.activations import activated, cross_entropy
from bncheck.lab.nets import Net, Parameters, statistics_of
from bncheck.lab.training import POPULATION, Setup, Start, batches, evaluated
from bncheck.model.formats import Array


class Normalizing(Protocol):
    """A batch normalization in training; x, y, dy, dx ``(m, C)``, the others ``(C,)``, float64."""

    def output(self, x: Array, gamma: Array, beta: Array) -> Array:
        """Return y."""

    def gradients(
        self, x: Array, gamma: Array, beta: Array, dy: Array
    ) -> tuple[Array, Array, Array]:
        """Return dx, dgamma, dbeta."""


def steps(setup: Setup, start: Start, norm: Normalizing) -> Iterator[tuple[int, float]]:
    """Train, and yield (step, loss) before each step is made, as `training.steps`.

    For nets with normalization before the activation, without noise, dropout and decay.
    """
    p, x, y = start.p, start.parts.x, start.parts.y
    rows = batches(len(x), setup.batch, start.order)
    for step in range(setup.steps):
        batch = next(rows)
        with np.errstate(all="ignore"):
            loss, by = gradient(setup.net, p, x[batch], y[batch], norm)
        yield step, loss
        if not np.isfinite(loss):
            return
        with np.errstate(all="ignore"):
            for array, d in zip(p.all(), by.all(), strict=True):
                array -= setup.rate * d


def gradient(
    net: Net, p: Parameters, x: Array, y: Array, norm: Normalizing
) -> tuple[float, Parameters]:
    """Return the loss and its gradients."""
    inputs, sums, slopes = [x], [], []
    for layer in range(net.hidden):
        sums.append(inputs[-1] @ p.weights[layer])
        h, slope = activated(net.activation, norm.output(sums[-1], p.gains[layer], p.shifts[layer]))
        inputs.append(h)
        slopes.append(slope)
    loss, d = cross_entropy(inputs[-1] @ p.weights[-1] + p.shifts[-1], y)
    by = Parameters(list(p.weights), list(p.shifts), list(p.gains))
    by.weights[-1], by.shifts[-1] = inputs[-1].T @ d, d.sum(0)
    d = d @ p.weights[-1].T
    for layer in reversed(range(net.hidden)):
        d, by.gains[layer], by.shifts[layer] = norm.gradients(
            sums[layer], p.gains[layer], p.shifts[layer], d * slopes[layer]
        )
        by.weights[layer] = inputs[layer].T @ d
        if layer:
            d = d @ p.weights[layer].T
    return loss, by


def accuracy(setup: Setup, start: Start) -> float:
    """Return the share of test rows that come out right, by the lab's own inference."""
    with np.errstate(all="ignore"):
        parts = start.parts
        population = statistics_of(setup.net, start.p, parts.x[:POPULATION])
        return evaluated(setup.net, start.p, parts.test_x, parts.test_y, population)[0]
