"""E13: batch normalization stabilises how parameters grow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import log2

import numpy as np

from bncheck.lab import training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net, Parameters, forward, proved
from bncheck.lab.training import Setup, Start
from bncheck.model.formats import Array

LAYER = 1
LAST = 500
UNIT_ROUNDOFF = 2.0**-53


def _arms(setup: Setup) -> dict[str, Setup]:
    bn = replace(setup, net=replace(setup.net, norm="before"))
    return {"none": setup, "bn": bn, "bn with decay": replace(bn, decay=5e-3)}


CELLS = (Cell("sigmoid", "mnist-5k", _arms(Setup(Net(), 0.5, 1500))),)


class _Spy:
    """Keeps what the backward passes of one step were given, last layer first."""

    def __init__(self) -> None:
        self.calls: list[tuple[Array, Array, Array, Array]] = []

    def __call__(self, c: Array, w: Array, gamma: Array, dy: Array) -> tuple[Array, Array, Array]:
        self.calls.append((c, w, gamma, dy))
        return proved(c, w, gamma, dy)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train, and follow the squared norms of the second matrix, unit by unit."""
    setup: Setup = cell.arms[arm]
    start, spy = training.started(setup, data, seed), _Spy()
    norms, ratios, seen, predicted = [], [0.0], [], None
    for step, _, p, by, rows in training.steps(setup, start, spy):
        w, g = p.weights[LAYER], by.weights[LAYER]
        square = np.sum(w * w, 0)
        if predicted is not None:
            ratios.append(float(np.max(np.abs(square - predicted[0]) / predicted[1])))
        if arm == "bn":
            predicted = _predicted(setup, start, p, by, rows, spy.calls[-1 - LAYER])
        if arm == "bn with decay" and step >= setup.steps - LAST:
            seen.append((np.sum(g * g, 0) * square, square))
        if step % 50 == 0:
            norms.append(float(np.sum(square)))
        spy.calls.clear()
    final = np.sum(start.p.weights[LAYER] ** 2, 0)
    made = {"norms": norms, "growth": float(np.sum(final)) / norms[0], "w05": max(ratios)}
    if seen:
        # W09: without noise |w|^4 -> rate |g|^2 |w|^2 / (decay (2 - rate decay))
        mean = np.mean([s[0] for s in seen], axis=0)
        steady = np.sqrt(setup.rate * mean / (setup.decay * (2 - setup.rate * setup.decay)))
        made["equilibrium"] = float(np.median(final / steady))
    return made


def _predicted(
    setup: Setup,
    start: Start,
    p: Parameters,
    by: Parameters,
    rows: Array,
    call: tuple[Array, Array, Array, Array],
) -> tuple[Array, Array]:
    """Return |w'|^2 of each unit by W05, and what rounding may make of it.

    ``|w'|^2 = |w|^2 + t^2 |g|^2 - 2 t <w, g>``, and ``<w, g> = gamma eps/w dgamma`` (W03). The
    computed <w, g> is ``sum dz z`` with dz = gamma inv (dy - mean dy - xhat q). Each of the terms
    of dz, z itself and the two sums have relative errors of at most (m + n + 20) u of the sum of
    the magnitudes of what they are added up from, D and Z below; there are four of them.
    """
    c, w, gamma, dy = call
    weights, g = p.weights[LAYER], by.weights[LAYER]
    tape = forward(setup.net, p, start.parts.x[rows])[1]
    h = tape.inputs[LAYER]
    inv = 1 / np.sqrt(w)
    xhat = c * inv
    t, old, square = setup.rate, np.sum(weights**2, 0), np.sum(g**2, 0)
    across = gamma * setup.net.eps / w * by.gains[LAYER]
    d = (
        np.abs(gamma)
        * inv
        * (np.abs(dy) + np.abs(dy).mean(0) + np.abs(xhat) * np.abs(dy * xhat).mean(0))
    )
    z = np.abs(h) @ np.abs(weights)
    m, n = h.shape
    bound = UNIT_ROUNDOFF * (
        8 * t * (m + n + 20) * np.sum(d * (z + z.mean(0)), 0) + (n + 10) * (old + t * t * square)
    )
    return old + t * t * square - 2 * t * across, bound


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Octaves by which the plain net's weights grow more; W05; the equilibrium over W09's."""
    return {
        "growth": log2(arms["none"]["growth"] / arms["bn"]["growth"]),
        "step": arms["bn"]["w05"],
        "equilibrium": arms["bn with decay"]["equilibrium"],
    }


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps."""
    return training.opening(cell.arms[arm], data, seed)


EXPERIMENT = Experiment(
    id="E13",
    title="Parameters grow in a stable way",
    claim="Batch normalization stabilises how parameters grow.",
    source="Ioffe & Szegedy 2015 (1502.03167), section 3.3",
    disputed="",
    definition="The second weight matrix over 1500 steps: how many times its squared norm grows, "
    "without over with batch normalization. And exactly: in every step the squared norm of each "
    "unit's weights is that of W05, within rounding; and with weight decay it comes to the "
    "equilibrium of W09, as a ratio of the two.",
    control="Both arms the same: 0 octaves.",
    cells=CELLS,
    statistics=(
        Statistic("growth", "growth without, over with", "greater", 0.1, "octaves"),
        Statistic("step", "deviation from W05, over what rounding explains", "exact"),
        Statistic("equilibrium", "squared norm over that of W09", "value", 1.0, "", ("W09", 1.0)),
    ),
    measure=measure,
    effects=effects,
    opening=opening,
    theorems=("W03", "W05", "W09", "W10", "W19"),
)
