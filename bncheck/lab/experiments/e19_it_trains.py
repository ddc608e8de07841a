"""E19: "it trains, so it is right": whether training notices a wrong backward pass."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bncheck.lab import measures, training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Backward, Net, proved
from bncheck.lab.training import Setup
from bncheck.model.formats import Array
from bncheck.truth import derived

WRONG = (
    "statistics-as-constants",
    "missing-mean-term",
    "missing-variance-term",
    "variance-term-sign",
    "missing-gamma",
    "bessel-in-backward",
    "dgamma-averaged",
)


def _wrong(name: str) -> Backward:
    """Return the backward pass of a deviation of the catalogue, by its formula."""

    def backward(c: Array, w: Array, gamma: Array, dy: Array) -> tuple[Array, Array, Array]:
        b, m = derived.backward(c, w, gamma, dy), dy.shape[0]
        inv = 1 / np.sqrt(w)
        across = c * inv * b.q
        bracket = {
            "statistics-as-constants": dy,
            "missing-mean-term": dy - across,
            "missing-variance-term": dy - b.dy_mean,
            "variance-term-sign": dy - b.dy_mean + across,
            "bessel-in-backward": dy - b.dy_mean - across * (m / (m - 1)),
        }.get(name, b.bracket)
        dx = inv * bracket if name == "missing-gamma" else gamma * inv * bracket
        return dx, b.dgamma / m if name == "dgamma-averaged" else b.dgamma, b.dbeta

    return backward


BACKWARD: dict[str, Backward] = {"right": proved, **{name: _wrong(name) for name in WRONG}}


def _cell(name: str, setup: Setup) -> Cell:
    return Cell(name, "mnist-5k", dict.fromkeys(BACKWARD, setup))


DIGITS = Net((64, 100, 100, 100, 10), "relu", "before", "he")
CELLS = (
    Cell("digits", "digits", dict.fromkeys(BACKWARD, Setup(DIGITS, 0.1, 300, size=1400)), "quick"),
    _cell("relu", Setup(Net(activation="relu", norm="before", std="he"), 0.1, 500)),
    _cell("sigmoid", Setup(Net(norm="before"), 0.5, 500)),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Train with that backward pass."""
    setup: Setup = cell.arms[arm]
    start = training.started(setup, data, seed)
    looks = (0, 25, *range(50, setup.steps + 1, 50))
    return training.trained(setup, start, looks, backward=BACKWARD[arm])


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Points that are lost by each."""
    return {name: measures.points(arms["right"], arms[name]) for name in WRONG}


def opening(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Return the first steps."""
    return training.opening(cell.arms[arm], data, seed, BACKWARD[arm])


EXPERIMENT = Experiment(
    id="E19",
    title="Training shows whether it is right",
    claim="A wrong backward pass shows, since the network does not train, or worse.",
    source="common practice",
    disputed="",
    definition="Seven wrong backward passes of the catalogue beside the right one, 500 steps: what "
    "accuracy on test images is lost. Supported means that training notices it; not supported, "
    "that it costs less than a point; opposite, that the wrong one trains better.",
    control="The right one under another name: 0 points.",
    cells=CELLS,
    statistics=tuple(
        Statistic(name, "accuracy lost by " + name, "greater", 1.0, "points") for name in WRONG
    ),
    measure=measure,
    effects=effects,
    opening=opening,
    theorems=("B01",),
    partners=tuple(("right", name) for name in WRONG),
)
