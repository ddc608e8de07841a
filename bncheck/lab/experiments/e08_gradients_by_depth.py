"""E08: batch normalization prevents vanishing and exploding gradients."""

from __future__ import annotations

from collections.abc import Mapping
from math import pi
from typing import Literal

import numpy as np

from bncheck.lab import training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net, Normalization, gradient
from bncheck.lab.training import Setup

DEPTH = 20
# matrices between hidden layers that are not next to an end
FIRST, LAST = 2, -3


def _cell(activation: str, data: str = "mnist-5k", width: int = 784) -> Cell:
    std: Literal["fan", "he"] = "he" if activation == "relu" else "fan"

    def setup(norm: Normalization) -> Setup:
        net = Net((width, *[100] * DEPTH, 10), activation, norm, std)
        return Setup(net, size=1000)

    return Cell(activation, data, {"none": setup("none"), "bn": setup("before")})


CELLS = tuple(_cell(activation) for activation in ("sigmoid", "relu", "tanh", "linear"))


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Take squared norms of gradients of all matrices between hidden layers, at the start."""
    setup: Setup = cell.arms[arm]
    start = training.started(setup, data, seed)
    _, by, _ = gradient(setup.net, start.p, start.parts.x, start.parts.y)
    squares = [float(np.sum(d * d)) for d in by.weights[1:DEPTH]]
    octaves = (np.log2(squares[FIRST]) - np.log2(squares[LAST])) / (len(squares) + LAST - FIRST)
    return {"squares": squares, "octaves": float(octaves)}


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Octaves a layer by which the factor is nearer to 1, and the factor itself."""
    none, bn = arms["none"]["octaves"], arms["bn"]["octaves"]
    return {"nearer": abs(none) - abs(bn), "factor": 2.0**bn}


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return all of it: nothing is trained."""
    return {"losses": measure(cell, arm, data, seed)["squares"], "right": 0}


EXPERIMENT = Experiment(
    id="E08",
    title="No vanishing or exploding gradients",
    claim="Batch normalization prevents gradients from vanishing and exploding with depth.",
    source="Ioffe & Szegedy 2015 (1502.03167), section 3.3; widely repeated",
    disputed="Yang et al. 2019 (1902.08129): batch normalization itself makes them explode",
    definition="Twenty hidden layers of 100 at the start, one batch of 1000: the factor by which "
    "the squared norm of a weight matrix's gradient changes from layer to layer, towards the "
    "input. The effect is how much nearer to 1 it is, |log2| without less with.",
    control="Both arms the same: 0.",
    cells=CELLS,
    statistics=(
        Statistic(
            "nearer",
            "distance of the factor from 1, without less with",
            "greater",
            0.1,
            "octaves a layer",
        ),
        # Yang et al. 2019, for relu, infinitely wide, and large batches
        Statistic(
            "factor",
            "factor a layer with batch normalization",
            "value",
            1.0,
            "",
            ("Yang et al. 2019, relu, wide nets, large batches", pi / (pi - 1)),
        ),
    ),
    measure=measure,
    effects=effects,
    opening=opening,
)
