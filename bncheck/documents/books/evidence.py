"""What a test of a wrong program shows, computed: how far it is from the definition, and where."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from bncheck.documents.books.faulty import PROGRAMS, Array, called

STEP = 1e-5
"""How far the inputs are moved to compute a derivative as a difference."""


@dataclass(frozen=True)
class Setting:
    """Inputs of a test: a batch from N(mean, std), parameters, and a loss.

    loss: "random" weighs the outputs at random, "sum" adds them, "squares" halves their squares
    """

    m: int
    mean: float = 0.0
    std: float = 1.0
    gamma: float = 1.0
    beta: float = 0.0
    eps: float = 1e-5
    loss: str = "random"
    momentum: float = 0.1
    dtype: str = "float64"
    outlier: bool = False

    def batch(self) -> Array:
        """Return the values, which are the same at every call and on every machine."""
        x = self.mean + self.std * _normal(self.m, 1)
        if self.outlier:
            x[0] = self.mean + 1000 * self.std
        return np.asarray(x, self.dtype)


def _normal(count: int, seed: int) -> Array:
    draw, normal = random.Random(seed), NormalDist()  # noqa: S311 # no secret
    return np.array([normal.inv_cdf(draw.uniform(1e-9, 1 - 1e-9)) for _ in range(count)])


def difference(name: str, setting: Setting) -> float:
    """Return how far a program is from the truth: at most, and relative to values above 1."""
    pairs = {
        "forward": _forward,
        "backward": _backward,
        "inference": _inference,
        "update": _update,
    }[called(name)](PROGRAMS[name], setting)
    return max(float(np.max(np.abs(a - b) / np.maximum(1, np.abs(b)))) for a, b in pairs)


Pairs = Iterator[tuple[Any, Any]]


def _definition(x: Array, gamma: float, beta: float, eps: float) -> Any:
    xhat = (x - x.mean()) / np.sqrt(((x - x.mean()) ** 2).mean() + eps)
    return gamma * xhat + beta


def _forward(program: Callable[..., Any], s: Setting) -> Pairs:
    x = s.batch()
    yield program(x, s.gamma, s.beta, s.eps), _definition(x.astype(float), s.gamma, s.beta, s.eps)


def _backward(program: Callable[..., Any], s: Setting) -> Pairs:
    x, weights = s.batch(), _normal(s.m, 2) + 0.5

    def loss(x: Array, gamma: float = s.gamma, beta: float = s.beta) -> float:
        y = _definition(x, gamma, beta, s.eps)
        return float({"random": weights @ y, "sum": y.sum(), "squares": y @ y / 2}[s.loss])

    y = _definition(x, s.gamma, s.beta, s.eps)
    dy = {"random": weights, "sum": np.ones_like(y), "squares": y}[s.loss]
    dx, dgamma, dbeta = program(x, dy, s.gamma, s.beta, s.eps)
    step = STEP * min(1.0, s.std)
    for at in range(min(s.m, 40)):  # the rest of a large batch shows nothing more
        move = np.zeros_like(x)
        move[at] = step
        yield dx[at], (loss(x + move) - loss(x - move)) / (2 * step)
    yield dgamma, (loss(x, s.gamma + STEP) - loss(x, s.gamma - STEP)) / (2 * STEP)
    yield dbeta, (loss(x, s.gamma, s.beta + STEP) - loss(x, s.gamma, s.beta - STEP)) / (2 * STEP)


def _inference(program: Callable[..., Any], s: Setting) -> Pairs:
    x, mean, var = s.batch(), s.mean, s.std**2
    right = s.gamma * (x - mean) / np.sqrt(var + s.eps) + s.beta
    yield program(x, mean, var, s.gamma, s.beta, s.eps), right


def _update(program: Callable[..., Any], s: Setting) -> Pairs:
    x = s.batch()
    yield program(1.0, x, s.momentum, s.eps), 1.0 + s.momentum * (x.var() - 1.0)
