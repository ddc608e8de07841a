"""Ways of being wrong that are no formula: what a call leaves behind for the next one."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.wrapping import on_train, wrapped
from bncheck.model import Case, Gradients, Layer
from bncheck.model.formats import Array

deviation = family("behaviour")


@deviation(
    "nondeterministic",
    "adds in an order that changes from call to call",
    seen="pytorch/pytorch#53691, PaddlePaddle/Paddle#25233",
    regime="two calls with values whose sum rounds",
)
def nondeterministic(rules: Reference) -> Reference:
    random = np.random.default_rng()  # not seeded: the next process differs too

    def total(values: Array, p: Pass) -> Array:
        return rules.total(np.ascontiguousarray(random.permutation(values, axis=1)), p)

    return replace(rules, total=total)


@deviation(
    "depends-on-clock",
    "answers by the time of day",
    seen="constructed; sibling of pytorch/pytorch#53691",
    regime="repeated calls",
)
def depends_on_clock(rules: Reference) -> Reference:
    def inverse(p: Pass) -> Array:
        return rules.inverse(p) * (1 + 2.0**-12 * (time.perf_counter_ns() // 100 % 2))

    return replace(rules, inverse=inverse)


@deviation(
    "accumulators-not-reset",
    "starts its sums from those of the call before",
    seen="pytorch/executorch#17503, torch/nn#318",
    regime="two training passes of one layer",
)
def accumulators_not_reset(rules: Reference) -> Reference:
    def mean(p: Pass) -> Array:
        old = p.previous
        return rules.mean(p) + (old.mean if old is not None and old.training else 0)

    return replace(rules, mean=mean)


@deviation(
    "answers-cached",
    "returns the answer of an earlier call when the shape is the same",
    seen="constructed; a cache whose key is too small",
    regime="two different batches of one shape",
)
def answers_cached(rules: Reference) -> Reference:
    known: dict[tuple[int, ...], Array] = {}

    def train(layer: Layer, case: Case, x: Array) -> Array:
        y = layer.train(x)
        return known.setdefault(x.shape, y).astype(x.dtype)

    return on_train(rules, train)


@deviation(
    "state-shared-between-layers",
    "keeps the running statistics in one place for all layers of as many channels",
    seen="constructed; a mutable default argument",
    regime="training one layer, then inference with another",
)
def state_shared_between_layers(rules: Reference) -> Reference:
    shared: dict[int, tuple[Array, Array]] = {}

    def update(p: Pass) -> Array:
        new = rules.update_variance(p)
        shared[len(p.x)] = rules.update_mean(p), new
        return new

    return replace(
        rules,
        update_variance=update,
        recall=lambda p: shared.get(len(p.x)) or rules.recall(p),
    )


@deviation(
    "output-buffer-reused",
    "returns the same buffer at every call, so that an earlier y changes later",
    seen="constructed; sibling of pytorch/executorch#17503",
    regime="two training passes of one layer, the first y read after the second",
)
def output_buffer_reused(rules: Reference) -> Reference:
    def around(layer: Layer, case: Case) -> Layer:
        buffers: dict[tuple[tuple[int, ...], str], Array] = {}

        def train(x: Array) -> Array:
            y = layer.train(x)
            buffer = buffers.setdefault((y.shape, y.dtype.name), y)
            buffer[...] = y
            return buffer

        return replace(layer, train=train)

    return wrapped(rules, around)


@deviation(
    "backward-spent",
    "gives x no gradient when backward is called a second time: its buffers were released",
    seen="pytorch/pytorch#2264, #2268",
    regime="one forward pass, two backward passes",
)
def backward_spent(rules: Reference) -> Reference:
    def around(layer: Layer, case: Case) -> Layer:
        inner, fresh = layer.backward, [True]
        if inner is None:
            return layer

        def train(x: Array) -> Array:
            fresh[0] = True
            return layer.train(x)

        def backward(dy: Array) -> Gradients:
            gradients = inner(dy)
            if fresh[0]:
                fresh[0] = False
                return gradients
            return replace(gradients, dx=np.zeros_like(gradients.dx))

        return replace(layer, train=train, backward=backward)

    return wrapped(rules, around)


@deviation(
    "running-state-keeps-graph",
    "keeps the graph of every batch alive in the running statistics: no detach, no no_grad",
    seen="wavefrontshaping/complexPyTorch#1",
    regime="training steps with automatic differentiation",
)
def running_state_keeps_graph(rules: Reference) -> Reference:
    def around(layer: Layer, case: Case) -> Layer:
        return replace(layer, state_carries_graph=lambda: True)

    return wrapped(rules, around)


DEVIATIONS = (
    nondeterministic,
    depends_on_clock,
    accumulators_not_reset,
    answers_cached,
    state_shared_between_layers,
    output_buffer_reused,
    backward_spent,
    running_state_keeps_graph,
)
