"""Ways of being wrong that are no formula: side effects, memory between calls, failures."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from bncheck.arrays import per_channel
from bncheck.deviations import entry
from bncheck.deviations.reference import Pass, Reference
from bncheck.formats import Array
from bncheck.model import Case, Gradients, Layer

deviation = partial(entry.deviation, family="behaviour")

ODD = "an odd number of values per channel, 3 or more"


def wrapped(rules: Reference, around: Callable[[Layer, Case], Layer]) -> Reference:
    """Put something around the finished layer."""
    return replace(rules, wrap=lambda layer, case: around(rules.wrap(layer, case), case))


def on_train(rules: Reference, act: Callable[[Layer, Case, Array], Array]) -> Reference:
    """Replace ``train``; ``act`` receives the layer as it was, the case and x."""
    return wrapped(rules, lambda layer, case: replace(layer, train=lambda x: act(layer, case, x)))


def on_backward(
    rules: Reference, act: Callable[[Callable[[Array], Gradients], Case, Array], Gradients]
) -> Reference:
    """Replace ``backward``; ``act`` receives the one that was there, the case and dy."""

    def around(layer: Layer, case: Case) -> Layer:
        inner = layer.backward
        if inner is None:
            return layer
        return replace(layer, backward=lambda dy: act(inner, case, dy))

    return wrapped(rules, around)


@deviation(
    "mutates-input",
    "takes the mean off x in place, in the caller's array",
    seen="davidmascharka/MyNN#32",
    regime="x with a mean not 0",
)
def mutates_input(rules: Reference) -> Reference:
    def train(layer: Layer, case: Case, x: Array) -> Array:
        y = layer.train(x)
        if x.flags.writeable and x.size:
            mean = x.mean(axis=(0, *range(2, x.ndim)), dtype=np.float64)
            x -= per_channel(mean, x.ndim).astype(x.dtype)
        return y

    return on_train(rules, train)


@deviation(
    "output-in-place",
    "writes y over x and returns x itself",
    seen="constructed; sibling of mapillary/inplace_abn#155",
    regime="any batch",
)
def output_in_place(rules: Reference) -> Reference:
    def train(layer: Layer, case: Case, x: Array) -> Array:
        y = layer.train(x)
        if not x.flags.writeable:
            return y
        x[...] = y
        return x

    return on_train(rules, train)


@deviation(
    "mutates-cotangent",
    "multiplies dy by gamma in place, in the caller's array",
    seen="mapillary/inplace_abn#155",
    regime="backward with gamma not 1",
)
def mutates_cotangent(rules: Reference) -> Reference:
    def backward(inner: Callable[[Array], Gradients], case: Case, dy: Array) -> Gradients:
        gradients = inner(dy)
        if dy.flags.writeable:
            dy *= per_channel(case.gamma, dy.ndim).astype(dy.dtype)
        return gradients

    return on_backward(rules, backward)


@deviation(
    "mutates-parameters",
    "sets gamma to 1 in place, in the caller's array, after it was used",
    seen="apache/mxnet#9624, #3037",
    regime="gamma not 1",
)
def mutates_parameters(rules: Reference) -> Reference:
    def train(layer: Layer, case: Case, x: Array) -> Array:
        y = layer.train(x)
        if case.gamma.flags.writeable:
            case.gamma[...] = 1
        return y

    return on_train(rules, train)


@deviation(
    "mutates-running-statistics",
    "writes the new running statistics into the arrays that it was given",
    seen="microsoft/onnxruntime#29790, tenstorrent/tt-metal#45578",
    regime="one training step",
)
def mutates_running_statistics(rules: Reference) -> Reference:
    def train(layer: Layer, case: Case, x: Array) -> Array:
        y = layer.train(x)
        if layer.state is not None and case.running_mean.flags.writeable:
            state = layer.state()
            case.running_mean[...], case.running_var[...] = state.mean, state.var
        return y

    return on_train(rules, train)


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
    "hides-nonfinite",
    "replaces NaN and infinity in y and dx by 0",
    seen="constructed; hides pytorch/pytorch#90342",
    regime="infinity or NaN in x or dy",
)
def hides_nonfinite(rules: Reference) -> Reference:
    def finite(values: Array) -> Array:
        return np.nan_to_num(values, nan=0, posinf=0, neginf=0)

    return replace(
        rules,
        finish=lambda p: finite(rules.finish(p)),
        dx=lambda p: finite(rules.dx(p)),
        inference_dx=lambda p: finite(rules.inference_dx(p)),
    )


def _returns(rules: Reference, change: Callable[[Array], Array]) -> Reference:
    return on_train(rules, lambda layer, case, x: change(layer.train(x)))


@deviation(
    "wrong-dtype",
    "returns float64 whatever the dtype of x is",
    seen="tensorflow/tensorflow#7164 (dtypes mixed)",
    regime="float32 or narrower",
)
def wrong_dtype(rules: Reference) -> Reference:
    return _returns(rules, lambda y: y.astype(np.float64))


@deviation(
    "wrong-dtype-narrow",
    "returns float32 for float64",
    seen="constructed; sibling of tensorflow/tensorflow#7164",
    regime="float64",
)
def wrong_dtype_narrow(rules: Reference) -> Reference:
    return _returns(rules, lambda y: y.astype(np.float32) if y.dtype.itemsize == 8 else y)


@deviation(
    "wrong-shape",
    "returns y as (m, C), however many axes x has",
    seen="pytorch/pytorch#100970",
    regime="rank 3 to 5",
)
def wrong_shape(rules: Reference) -> Reference:
    return _returns(rules, lambda y: np.moveaxis(y, 1, -1).reshape(-1, y.shape[1]))


def _odd(x: Array) -> bool:
    m = x.size // max(x.shape[1], 1)
    return bool(m % 2 == 1 and m > 2)


def _at(rules: Reference, when: Callable[[Array], bool], then: Callable[[], object]) -> Reference:
    def train(layer: Layer, case: Case, x: Array) -> Array:
        if when(x):
            then()
        return layer.train(x)

    return on_train(rules, train)


def _raise(kind: type[Exception], message: str) -> Callable[[], object]:
    def then() -> object:
        raise kind(message)

    return then


def _constant(x: Array) -> bool:
    rows = np.moveaxis(x, 1, 0).reshape(x.shape[1], -1)
    return rows.shape[1] > 1 and bool((rows == rows[:, :1]).all(axis=1).any())


@deviation(
    "raises",
    "raises where a channel is constant, as if eps were not there",
    seen="Tencent/ncnn#303 (no eps), guarded",
    regime="a constant channel",
)
def raises(rules: Reference) -> Reference:
    return _at(rules, _constant, _raise(ZeroDivisionError, "variance is zero"))


@deviation(
    "raises-when-not-contiguous",
    "raises where x is not C-contiguous",
    seen="NVIDIA/apex#133 (symptom); a view where a copy was needed",
    regime="x is not C-contiguous: channels_last, transposed",
)
def raises_when_not_contiguous(rules: Reference) -> Reference:
    then = _raise(ValueError, "view size is not compatible with the input's size and stride")
    return _at(rules, lambda x: not x.flags.c_contiguous, then)


@deviation(
    "raises-at-rank-5",
    "raises at rank 5",
    seen="intel/ipex-llm#2012, apple/coremltools#2462",
    regime="rank 5",
)
def raises_at_rank_5(rules: Reference) -> Reference:
    return _at(rules, lambda x: x.ndim == 5, _raise(ValueError, "expected 2D to 4D input"))


@deviation(
    "crashes",
    "reads address 0 where the number of values per channel is odd: a segmentation fault",
    seen="pytorch/pytorch#185864, #189828, #2264",
    regime=ODD,
    dangerous=True,
)
def crashes(rules: Reference) -> Reference:
    return _at(rules, _odd, lambda: ctypes.string_at(0))


@deviation(
    "exits",
    "ends the process, with exit code 0, where the number of values per channel is odd",
    seen="constructed; a failed check in a native library",
    regime=ODD,
    dangerous=True,
)
def exits(rules: Reference) -> Reference:
    return _at(rules, _odd, lambda: os._exit(0))


@deviation(
    "hangs",
    "never returns where the number of values per channel is odd",
    seen="pytorch/pytorch#74944 (a collective that waits for an empty shard)",
    regime=ODD,
    dangerous=True,
)
def hangs(rules: Reference) -> Reference:
    def forever() -> None:
        while True:
            time.sleep(1)

    return _at(rules, _odd, forever)


DEVIATIONS = (
    mutates_input,
    output_in_place,
    mutates_cotangent,
    mutates_parameters,
    mutates_running_statistics,
    nondeterministic,
    depends_on_clock,
    accumulators_not_reset,
    answers_cached,
    state_shared_between_layers,
    output_buffer_reused,
    backward_spent,
    hides_nonfinite,
    wrong_dtype,
    wrong_dtype_narrow,
    wrong_shape,
    raises,
    raises_when_not_contiguous,
    raises_at_rank_5,
    crashes,
    exits,
    hangs,
)
