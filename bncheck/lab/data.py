"""A data set, how it is divided, and how the files of small ones are read.

All of it is part of the definition of an experiment; where files are is in `datasets`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bncheck.model.formats import Array


@dataclass(frozen=True, eq=False)
class Data:
    """A data set: x ``(n, d)`` float64, y ``(n,)`` classes from 0 on.

    digest: sha256 of the file that was read; test: rows that are only for testing, from there on,
    where the set says so, else 0
    """

    name: str
    x: Array
    y: Array
    digest: str = ""
    test: int = 0

    def parts(self, rng: np.random.Generator, size: int) -> Parts:
        """Draw ``size`` rows for training, and test on others (at most 2000)."""
        if self.test:
            train = rng.permutation(self.test)[:size]
            test = self.test + rng.permutation(len(self.x) - self.test)[:2000]
        else:
            drawn = rng.permutation(len(self.x))
            train, test = drawn[:size], drawn[size:][:2000]
        return Parts(self.x[train], self.y[train], self.x[test], self.y[test])

    def shuffled(self, rng: np.random.Generator) -> Data:
        """Return the same with labels that say nothing: the control of claims on accuracy."""
        return replace(self, y=self.y[rng.permutation(len(self.y))])


@dataclass(frozen=True, eq=False)
class Parts:
    """Rows for training, and for testing."""

    x: Array
    y: Array
    test_x: Array
    test_y: Array


NOTHING = Data("", np.zeros((0, 0)), np.zeros(0, np.int64))


def _numbers(text: str) -> Array:
    return np.loadtxt(io.StringIO(text), delimiter=",", dtype=np.float64, ndmin=2)


def _mnist(text: str) -> tuple[Array, Array]:
    """784 pixels, black or white as in Ioffe & Szegedy 2015, section 4.1; the class is last."""
    table = _numbers(text)
    return (table[:, :-1] > 127).astype(np.float64), table[:, -1]


def _digits(text: str) -> tuple[Array, Array]:
    """64 counts from 0 to 16; the class is last."""
    table = _numbers(text)
    return table[:, :-1] / 16, table[:, -1]


def _with_head(text: str) -> tuple[Array, Array]:
    """Raw units; the first line counts, the class is last."""
    rows = list(csv.reader(io.StringIO(text)))[1:]
    table = np.array(rows, np.float64)
    return table[:, :-1], table[:, -1]


READERS: Mapping[str, Callable[[str], tuple[Array, Array]]] = {
    "mnist-5k": _mnist,
    "digits": _digits,
    "wine": _with_head,
    "breast-cancer": _with_head,
}
