"""Experiments of the lab made small: few steps, narrow nets, data that are drawn here."""

from dataclasses import replace

import numpy as np

from bncheck.lab.data import Data
from bncheck.lab.model import Record
from bncheck.lab.training import Setup

ROWS, PIXELS, CLASSES = 500, 64, 10


def drawn(rows=ROWS, seed=0):
    """Clouds of points, one for each class, that overlap."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(CLASSES, PIXELS))
    y = rng.integers(0, CLASSES, rows)
    x = centres[y] + rng.normal(size=(rows, PIXELS))
    return Data("drawn", x, y, "0" * 64)


def shrunk(experiment, steps=220, hidden=12):
    """The same experiment, with each setup made small."""

    def small(setup):
        if not isinstance(setup, Setup):
            return setup
        widths = (PIXELS, *[hidden] * setup.net.hidden, CLASSES)
        return replace(
            setup,
            net=replace(setup.net, widths=widths),
            steps=min(setup.steps, steps),
            size=400,
            batch=24 if setup.net.groups in (0, 4, 12) else 80,
        )

    cells = tuple(
        replace(cell, arms={name: small(setup) for name, setup in cell.arms.items()})
        for cell in experiment.cells
    )
    return replace(experiment, cells=cells)


def record(experiment="E01", cell="rate 0.5", seed=0, effects=None, **changes):
    """A record that nothing was measured for."""
    made = Record(experiment, "digest", cell, seed, "", 1.5, effects or {"steps": 1.0}, {})
    return replace(made, **changes)
