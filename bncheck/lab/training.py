"""Plain stochastic gradient descent, recorded; what a seed draws is the same for all arms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np

from bncheck.lab.activations import cross_entropy
from bncheck.lab.data import Data, Parts
from bncheck.lab.model import Measured
from bncheck.lab.nets import (
    Backward,
    Net,
    Parameters,
    Statistics,
    drawn,
    forward,
    gradient,
    statistics_of,
)
from bncheck.model.formats import Array

# rows over which population statistics and the training loss are taken
POPULATION = 1000
OPENING = 100


@dataclass(frozen=True)
class Setup:
    """One way of training, as plain data.

    rate: of plain gradient descent; decay: of weights; size: rows for training, 0 for all but
    what is tested; order: another number draws another order of batches (the A/A control)
    """

    net: Net
    rate: float = 0.5
    steps: int = 1500
    batch: int = 60
    decay: float = 0.0
    size: int = 4000
    order: int = 3


@dataclass(frozen=True, eq=False)
class Start:
    """What a seed draws: rows, weights, and generators for the order of batches and for noise."""

    parts: Parts
    p: Parameters
    order: np.random.Generator
    noise: np.random.Generator


Hook = Callable[[int, Parameters, "list[Statistics] | None"], None]


def started(setup: Setup, data: Data, seed: int) -> Start:
    """Draw a start; all arms with the same widths and scale get the same rows and weights."""
    rng = np.random.default_rng([setup.order, seed])
    return Start(
        data.parts(np.random.default_rng([1, seed]), setup.size),
        drawn(setup.net, np.random.default_rng([2, seed])),
        np.random.default_rng(rng.integers(2**63)),
        np.random.default_rng(rng.integers(2**63)),
    )


def batches(rows: int, size: int, rng: np.random.Generator) -> Iterator[Array]:
    """Yield rows of batches for ever; each pass over the data in another order, rests dropped."""
    while True:
        order = rng.permutation(rows)
        for first in range(0, rows - size + 1, size):
            yield order[first : first + size]


def steps(
    setup: Setup, start: Start, backward: Backward | None = None
) -> Iterator[tuple[int, float, Parameters, Parameters, Array]]:
    """Yield (step, loss, parameters before it, gradients, rows), and then make the step.

    The parameters are those of the start, changed in place. Ends where the loss is not finite.
    """
    net, p, x, y = setup.net, start.p, start.parts.x, start.parts.y
    rng = start.noise if net.noise or net.dropout else None
    rows = batches(len(x), setup.batch, start.order)
    for step in range(setup.steps):
        with np.errstate(all="ignore"):
            batch = next(rows)
            loss, by, _ = gradient(net, p, x[batch], y[batch], rng, backward)
            yield step, loss, p, by, batch
            if not np.isfinite(loss):
                return
            for array, d in zip(p.all(), by.all(), strict=True):
                decay = setup.decay if array.ndim == 2 else 0.0
                array -= setup.rate * (d + decay * array if decay else d)


def trained(
    setup: Setup,
    start: Start,
    at: Collection[int],
    hook: Hook | None = None,
    backward: Backward | None = None,
) -> Measured:
    """Train, and evaluate at some steps: accuracy and loss on test rows, and on training rows.

    One that diverges is a value: from there on accuracy is what the last parameters give, at
    chance where they give nothing, and the loss infinite.
    """
    curve: dict[str, list[float]] = {key: [] for key in ("step", "acc", "loss", "tacc", "tloss")}
    waiting = sorted(at)

    def look(step: int) -> None:
        with np.errstate(all="ignore"):
            population = statistics_of(setup.net, start.p, start.parts.x[:POPULATION])
            test = evaluated(setup.net, start.p, start.parts.test_x, start.parts.test_y, population)
            own = evaluated(
                setup.net,
                start.p,
                start.parts.x[:POPULATION],
                start.parts.y[:POPULATION],
                population,
            )
        for key, value in zip(curve, (step, *test, *own), strict=True):
            curve[key].append(value)
        if hook:
            hook(step, start.p, population)

    for step, _, _, _, _ in steps(setup, start, backward):
        if waiting and waiting[0] == step:
            look(waiting.pop(0))
    for step in waiting:
        look(step)
    return curve


def evaluated(
    net: Net, p: Parameters, x: Array, y: Array, population: list[Statistics] | None
) -> tuple[float, float]:
    """Return accuracy and loss in inference; at chance, and infinite, where that is no number."""
    logits = forward(net, p, x, population=population)[0]
    if not np.isfinite(logits).all():
        return 1 / net.widths[-1], float("inf")
    loss = cross_entropy(logits, y)[0]
    return float((logits.argmax(1) == y).mean()), loss if np.isfinite(loss) else float("inf")


def opening(setup: Setup, data: Data, seed: int, backward: Backward | None = None) -> Measured:
    """Return what the first steps of a training give: losses, and test rows that come out right."""
    start = started(setup, data, seed)
    losses = []
    for step, loss, _, _, _ in steps(setup, start, backward):
        if step % 10 == 0:
            losses.append(loss)
        if step == OPENING:
            break
    parts = start.parts
    population = statistics_of(setup.net, start.p, parts.x[:POPULATION])
    accuracy, _ = evaluated(setup.net, start.p, parts.test_x, parts.test_y, population)
    return {"losses": losses, "right": round(accuracy * len(parts.test_y))}
