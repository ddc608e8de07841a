"""E14: joint whitening is singular for small batches, and useless."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bncheck.lab import training
from bncheck.lab.data import Data
from bncheck.lab.model import Cell, Experiment, Measured, Statistic
from bncheck.lab.nets import Net, forward
from bncheck.lab.training import Setup
from bncheck.model.formats import Array

UNITS = 100
SIZES = (8, 30, 60, 100, 101, 102, 150, 300, 1000)
UNIT_ROUNDOFF = 2.0**-53
DIGITS = (64, 100, 100, 100, 10)

CELLS = (
    Cell(
        "digits",
        "digits",
        {"bn": Setup(Net(DIGITS, norm="before"), steps=200, size=1400)},
        "quick",
    ),
    Cell("mnist", "mnist-5k", {"bn": Setup(Net(norm="before"), steps=200)}),
)


def measure(cell: Cell, arm: str, data: Data, seed: int) -> Measured:
    """Whiten 100 activations of a trained net jointly, over batches of several sizes."""
    setup: Setup = cell.arms[arm]
    start = training.started(setup, data, seed)
    training.trained(setup, start, ())
    z = forward(setup.net, start.p, start.parts.x)[1].before[1]
    found = [_whitened(z[:m]) for m in SIZES if m <= len(z)]
    return {
        "sizes": [m for m in SIZES if m <= len(z)],
        **{key: [f[key] for f in found] for key in found[0]},
    }


def _whitened(z: Array) -> dict[str, float]:
    """Rank of the covariance, and how unequal the squared distances of whitened samples are.

    With the pseudo-inverse the whitened batch is sqrt(m) U, U the left singular vectors of the
    centred one. Where its rank is m - 1, U U' is I - 1 1'/m whatever the batch was, so that every
    squared distance is ``m (2 (1 - 1/m) + 2/m)`` = 2 m. The computed span is off by at most m d u
    times the ratio of the singular values (Wedin 1972; Higham 2002, section 20.1), and a distance
    is four entries of m U U'.
    """
    m, d = z.shape
    u, s, _ = np.linalg.svd(z - z.mean(0), full_matrices=False)
    # as a rank is computed: what is below is rounding of the largest (Golub & Van Loan, 5.5.8)
    rank = int(np.sum(s > max(m, d) * 2 * UNIT_ROUNDOFF * s[0]))
    gram = m * (u[:, :rank] @ u[:, :rank].T)
    diagonal = np.diag(gram)
    apart = (diagonal[:, None] + diagonal - 2 * gram)[~np.eye(m, dtype=bool)]
    bound = 4 * m * m * d * UNIT_ROUNDOFF * float(s[0] / s[rank - 1])
    return {
        "rank": rank,
        "unequal": float(np.max(np.abs(apart - 2 * m))) / bound if rank == m - 1 else 0.0,
        "spread": float(apart.std() / apart.mean()),
    }


def effects(cell: Cell, arms: Mapping[str, Measured]) -> dict[str, float]:
    """Ranks above m - 1; distances over rounding; the spread one sample beyond."""
    bn = arms["bn"]
    excess = [rank - min(m - 1, UNITS) for m, rank in zip(bn["sizes"], bn["rank"], strict=True)]
    return {
        "rank": 2.0 * max(0, *excess),
        "distances": max(bn["unequal"]),
        "spread at 102": bn["spread"][bn["sizes"].index(102)],
    }


EXPERIMENT = Experiment(
    id="E14",
    title="Joint whitening is singular for small batches",
    claim="Whitening all activations jointly needs more samples than activations; with fewer the "
    "covariance is singular.",
    source="Ioffe & Szegedy 2015 (1502.03167), section 3",
    disputed="",
    definition="100 activations of a net after 200 steps, batches of 8 to 1000. The rank of their "
    "covariance is at most m - 1. And more than is said: where it is m - 1, all squared distances "
    "between whitened samples are 2 m, whatever the batch was, so that nothing of it is left.",
    control="Batches of 102 and more, of which something is left: the spread of the distances.",
    cells=CELLS,
    statistics=(
        Statistic("rank", "ranks above m - 1", "exact"),
        Statistic("distances", "distances from 2 m, over what rounding explains", "exact"),
        Statistic("spread at 102", "relative spread of squared distances at m = 102", "value"),
    ),
    measure=measure,
    effects=effects,
    theorems=("F20", "W20"),
    partners=(),
    seeds=3,
)
