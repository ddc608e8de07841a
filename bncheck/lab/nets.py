"""A fully connected net in float64. All batch normalization in it is `bncheck.truth.derived`.

Layer l maps ``h`` ``(m, in)`` to ``act(norm(h W))``; the last is linear. With batch normalization
the bias is beta (law F06: another would have no effect).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np

from bncheck.lab.activations import activated, cross_entropy
from bncheck.model.formats import Array
from bncheck.truth import derived

Normalization = Literal["none", "before", "after"]
# (c, w, gamma, dy) -> dx, dgamma, dbeta; what E19 replaces
Backward = Callable[[Array, Array, Array, Array], tuple[Array, Array, Array]]


@dataclass(frozen=True)
class Net:
    """A net as plain data.

    std: of the Gaussian weights; "fan": 1/sqrt(in); "he": sqrt(2/in)
    norm: where batch normalization stands, before or after the activation
    noise: (a, b, r) of Santurkar et al. 2018, appendix A, see `shaken`; dropout: the share dropped
    groups: so many samples share statistics, 0 for the whole batch (ghost batches)
    """

    widths: tuple[int, ...] = (784, 100, 100, 100, 10)
    activation: str = "sigmoid"
    norm: Normalization = "none"
    std: float | Literal["fan", "he"] = 0.1
    eps: float = 1e-5
    noise: tuple[float, float, float] | None = None
    dropout: float = 0.0
    groups: int = 0

    @property
    def hidden(self) -> int:
        """Number of hidden layers."""
        return len(self.widths) - 2


class Parameters(NamedTuple):
    """Weights ``(in, out)`` of all layers, shifts (b or beta) of all, gains (gamma) of hidden."""

    weights: list[Array]
    shifts: list[Array]
    gains: list[Array]

    def all(self) -> list[Array]:
        """Return all arrays: weights, shifts, gains."""
        return [*self.weights, *self.shifts, *self.gains]

    def copy(self) -> Parameters:
        """Return the same values in arrays of their own."""
        return Parameters(*([array.copy() for array in part] for part in self))


class Statistics(NamedTuple):
    """Mean and variance ``(C,)`` of one layer's batch."""

    mean: Array
    var: Array


@dataclass
class Tape:
    """What one forward pass keeps, layer by layer, for the backward pass and for measures."""

    inputs: list[Array] = field(default_factory=list)
    slopes: list[Array] = field(default_factory=list)
    centered: list[Array] = field(default_factory=list)
    w: list[Array] = field(default_factory=list)
    scales: list[Array | None] = field(default_factory=list)
    masks: list[Array | None] = field(default_factory=list)
    statistics: list[Statistics] = field(default_factory=list)
    before: list[Array] = field(default_factory=list)


def drawn(net: Net, rng: np.random.Generator) -> Parameters:
    """Draw weights; shifts are 0 and gains 1."""
    weights = []
    for i, o in zip(net.widths, net.widths[1:], strict=False):
        std = {"fan": i**-0.5, "he": (2 / i) ** 0.5}.get(str(net.std)) or float(net.std)
        weights.append(rng.normal(size=(i, o)) * std)
    gains = [np.ones(o) for o in net.widths[1:-1]] if net.norm != "none" else []
    return Parameters(weights, [np.zeros(o) for o in net.widths[1:]], gains)


def forward(
    net: Net,
    p: Parameters,
    x: Array,
    rng: np.random.Generator | None = None,
    population: list[Statistics] | None = None,
) -> tuple[Array, Tape]:
    """Return logits and the tape. rng: for noise and dropout, None for neither.

    population: statistics for inference; None: those of the batch.
    """
    h, tape = x, Tape()
    for layer in range(net.hidden):
        tape.inputs.append(h)
        z = h @ p.weights[layer]
        if net.norm == "before":
            z = _normalized(net, z, p, layer, tape, population)
        elif net.norm == "none":
            z = z + p.shifts[layer]
        z = _shaken(net, z, rng, tape)
        tape.before.append(z)
        h, slope = activated(net.activation, z)
        tape.slopes.append(slope)
        if net.norm == "after":
            h = _normalized(net, h, p, layer, tape, population)
        h = _dropped(net, h, rng, tape)
    tape.inputs.append(h)
    return h @ p.weights[-1] + p.shifts[-1], tape


def gradient(
    net: Net,
    p: Parameters,
    x: Array,
    y: Array,
    rng: np.random.Generator | None = None,
    backward: Backward | None = None,
) -> tuple[float, Parameters, Tape]:
    """Return the loss, its gradients, and the tape; backward: in place of the proved one."""
    logits, tape = forward(net, p, x, rng)
    loss, d = cross_entropy(logits, y)
    by = Parameters(list(p.weights), list(p.shifts), list(p.gains))
    by.weights[-1], by.shifts[-1] = tape.inputs[-1].T @ d, d.sum(0)
    d = d @ p.weights[-1].T
    for layer in reversed(range(net.hidden)):
        mask, scale = tape.masks[layer], tape.scales[layer]
        d = d if mask is None else d * mask
        if net.norm == "after":
            d = _through(tape, p, layer, d, by, backward)
        d = d * tape.slopes[layer]
        d = d if scale is None else d * scale
        if net.norm == "before":
            d = _through(tape, p, layer, d, by, backward)
        elif net.norm == "none":
            by.shifts[layer] = d.sum(0)
        by.weights[layer] = tape.inputs[layer].T @ d
        if layer:
            d = d @ p.weights[layer].T
    return loss, by, tape


def statistics_of(net: Net, p: Parameters, x: Array) -> list[Statistics] | None:
    """Statistics over a large set, layer by layer: what Algorithm 2 estimates."""
    whole = replace(net, groups=0)
    return forward(whole, p, x)[1].statistics if net.norm != "none" else None


def proved(c: Array, w: Array, gamma: Array, dy: Array) -> tuple[Array, Array, Array]:
    """Return the proved gradients (theorem B01)."""
    b = derived.backward(c, w, gamma, dy)
    return b.dx, b.dgamma, b.dbeta


def _normalized(
    net: Net,
    z: Array,
    p: Parameters,
    layer: int,
    tape: Tape,
    population: list[Statistics] | None,
) -> Array:
    gamma, beta, shape = p.gains[layer], p.shifts[layer], z.shape
    if population is not None:
        mean, var = population[layer]
        return derived.inference(z - mean, var + net.eps, gamma, beta).y
    if net.groups and net.groups < len(z):
        # groups become channels of their own, so that no formula changes
        z = z.reshape(net.groups, -1, shape[1])
    mean = z.mean(0)
    c = z - mean
    var = (c * c).mean(0)
    tape.statistics.append(Statistics(mean, var))
    tape.centered.append(c)
    tape.w.append(var + net.eps)
    return derived.forward(c, var + net.eps, gamma, beta).y.reshape(shape)


def _through(
    tape: Tape, p: Parameters, layer: int, d: Array, by: Parameters, backward: Backward | None
) -> Array:
    c, shape = tape.centered[layer], d.shape
    dx, dgamma, dbeta = (backward or proved)(c, tape.w[layer], p.gains[layer], d.reshape(c.shape))
    if c.ndim == 3:
        dgamma, dbeta = dgamma.sum(0), dbeta.sum(0)
    by.gains[layer], by.shifts[layer] = dgamma, dbeta
    return dx.reshape(shape)


def _shaken(net: Net, z: Array, rng: np.random.Generator | None, tape: Tape) -> Array:
    """Noise of Santurkar et al. 2018, appendix A: for each step and unit a mean and a scale anew.

    ``mean ~ U(-a, a)``, ``scale ~ U(1, b)``; each value is scaled by ``N(scale, r)`` and shifted
    by ``U(mean - r, mean + r)``.
    """
    if net.noise is None or rng is None:
        tape.scales.append(None)
        return z
    a, b, r = net.noise
    mean, scale = rng.uniform(-a, a, z.shape[1]), rng.uniform(1, b, z.shape[1])
    shift = rng.uniform(mean - r, mean + r, z.shape)
    scales = rng.normal(scale, r, z.shape)
    tape.scales.append(scales)
    return z * scales + shift


def _dropped(net: Net, h: Array, rng: np.random.Generator | None, tape: Tape) -> Array:
    if not net.dropout or rng is None:
        tape.masks.append(None)
        return h
    mask = (rng.random(h.shape) >= net.dropout) / (1 - net.dropout)
    tape.masks.append(mask)
    return h * mask
