"""Ways of being wrong about axes, memory layout and counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from bncheck.deviations import entry
from bncheck.deviations.reference import Change, Pass, Reference, Stage
from bncheck.formats import Array

deviation = partial(entry.deviation, family="axes, layout, counts")


def statistics_of(rules: Reference, part: Callable[[Pass], Pass]) -> Reference:
    """Compute mean and variance from a changed pass; everything else as before."""
    return replace(
        rules,
        mean=lambda p: rules.mean(part(p)),
        variance=lambda p: rules.variance(part(p)),
    )


def blockwise(rules: Reference, reduce: Callable[[Pass, Array], Array]) -> Reference:
    """Use means over other blocks of the batch than whole channels.

    reduce: replaces each of ``(C, m)`` values by the mean over its block, ``(C, m)`` again
    """

    def variance(p: Pass) -> Array:
        deviation = p.x - p.mean
        return reduce(p, deviation * deviation)

    return replace(
        rules,
        mean=lambda p: reduce(p, p.x),
        variance=variance,
        mean_term=lambda p: reduce(p, p.dy),
        variance_term=lambda p: p.xhat * reduce(p, p.dy * p.xhat),
    )


def _spread(values: Array, axes: tuple[int, ...], like: Array) -> Array:
    if not values.size:
        return like
    means = values.mean(axis=axes, keepdims=True)
    return np.broadcast_to(means, values.shape).reshape(like.shape)


@deviation(
    "reduces-batch-only",
    "takes statistics over the batch axis only, one for each position",
    seen="jax-ml/jax#461, davidmascharka/MyNN#32, microsoft/onnxruntime#831",
    regime="rank 3 to 5 with more than one position",
)
def reduces_batch_only(rules: Reference) -> Reference:
    return blockwise(rules, lambda p, v: _spread(p.by_sample(v), (1,), v))


@deviation(
    "reduces-positions-only",
    "takes statistics for each sample by itself: instance normalization",
    seen="apache/tvm#18609",
    regime="more than one sample",
)
def reduces_positions_only(rules: Reference) -> Reference:
    return blockwise(rules, lambda p, v: _spread(p.by_sample(v), (2,), v))


@deviation(
    "reduces-channels-too",
    "takes one mean and one variance over all channels",
    seen="constructed; sibling of intel/ipex-llm#2981 (wrong axis kept)",
    regime="channels whose means or scales differ",
)
def reduces_channels_too(rules: Reference) -> Reference:
    return blockwise(rules, lambda p, v: _spread(v, (0, 1), v))


@deviation(
    "wrong-axis-when-square",
    "normalises sample i by the statistics of channel i where N equals C (a transpose trick)",
    seen="qdrant/fastembed#682",
    regime="N = C > 1",
)
def wrong_axis_when_square(rules: Reference) -> Reference:
    def turned(p: Pass, values: Array) -> Array:
        like = p.by_sample(p.x)
        column = np.broadcast_to(values, p.x.shape)[:, 0]
        return np.broadcast_to(column[None, :, None], like.shape).reshape(p.x.shape)

    def normalize(p: Pass) -> Array:
        if p.given.shape[0] != p.given.shape[1] or not p.m:
            return rules.normalize(p)
        return rules.normalize(replace(p, mean=turned(p, p.mean), inverse=turned(p, p.inverse)))

    return replace(rules, normalize=normalize)


@deviation(
    "wrong-when-not-square",
    "counts the positions as height squared, right only for square images",
    seen="constructed; sibling of ROCm/MIOpen#2024 (sizes that the kernel assumed)",
    regime="rank 4 or 5 with spatial sizes that differ",
)
def wrong_when_not_square(rules: Reference) -> Reference:
    def count(p: Pass) -> float:
        shape = p.given.shape
        square = shape[0] * shape[2] ** (len(shape) - 2) if len(shape) > 2 else 0
        return square or rules.count(p)

    return replace(rules, count=count, backward_count=count)


def _in_memory_order(array: Array) -> Array:
    return array.ravel("K").reshape(array.shape)


@deviation(
    "ignores-strides",
    "reads x in the order of memory, whatever its strides say",
    seen="pytorch/pytorch#62594, #134580, PaddlePaddle/Paddle#54703",
    regime="x is not C-contiguous: channels_last, transposed",
)
def ignores_strides(rules: Reference) -> Reference:
    return replace(rules, read=lambda x: rules.read(_in_memory_order(x)))


@deviation(
    "ignores-strides-of-dy",
    "reads dy in the order of memory, whatever its strides say",
    seen="pytorch/pytorch#175189, mapillary/inplace_abn#155",
    regime="dy is not C-contiguous",
)
def ignores_strides_of_dy(rules: Reference) -> Reference:
    def read(dy: Array, x: Array) -> Array:
        return rules.read_cotangent(_in_memory_order(dy), x)

    return replace(rules, read_cotangent=read)


@deviation(
    "layout-of-x-for-dy",
    "reads dy as if it had the memory layout of x",
    seen="pytorch/pytorch#64039, #50659, #62967",
    regime="x and dy of different layout",
)
def layout_of_x_for_dy(rules: Reference) -> Reference:
    def read(dy: Array, x: Array) -> Array:
        order = np.argsort([-abs(s) for s in x.strides], kind="stable")
        memory = dy.ravel("K").reshape([x.shape[a] for a in order])
        return rules.read_cotangent(memory.transpose(np.argsort(order)), x)

    return replace(rules, read_cotangent=read)


@deviation(
    "ignores-offset",
    "reads a slice from the start of the array that it is a slice of",
    seen="pytorch/pytorch#133520",
    regime="x is a view that starts inside a larger array",
)
def ignores_offset(rules: Reference) -> Reference:
    def read(x: Array) -> Array:
        base = x.base
        if not isinstance(base, np.ndarray) or base.dtype != x.dtype or base.size < x.size:
            return rules.read(x)
        start = base.ravel("K")[: x.size].reshape(x.shape)
        return rules.read(start if base.size > x.size else x)

    return replace(rules, read=read)


def drops_tail(kept: Callable[[int], int]) -> Change:
    """Leave the last values of each channel out of the statistics; ``kept(m)`` remain."""

    def change(rules: Reference) -> Reference:
        return statistics_of(rules, lambda p: replace(p, x=p.x[:, : max(kept(p.m), min(p.m, 1))]))

    return change


def count_truncated(bits: int) -> Change:
    """Divide the sums by m reduced modulo ``2**bits``."""

    def change(rules: Reference) -> Reference:
        return replace(rules, count=lambda p: int(rules.count(p)) & (2**bits - 1) or 1)

    return change


def _neighbour(p: Pass) -> Pass:
    # off by one in the flat buffer: misses a channel's first value, takes the next channel's
    after = np.concatenate([p.x[1:, :1], p.x[-1:, :1]])
    return replace(p, x=np.concatenate([p.x[:, 1:], after], axis=1))


@deviation(
    "channel-leak",
    "sums one value of the next channel in place of the channel's first",
    seen="constructed; off-by-one in the flat buffer",
    regime="two or more channels whose means differ",
)
def channel_leak(rules: Reference) -> Reference:
    return statistics_of(rules, _neighbour)


@deviation(
    "nonfinite-spreads",
    "sums channels through a product with a selection matrix: 0 times infinity reaches them all",
    seen="constructed; sibling of pytorch/pytorch#90342",
    regime="infinity or NaN in one of several channels",
)
def nonfinite_spreads(rules: Reference) -> Reference:
    def total(values: Array, p: Pass) -> Array:
        sums = rules.total(values, p)
        return np.asarray(np.eye(len(sums), dtype=sums.dtype) @ sums)

    return replace(rules, total=total)


@deviation(
    "global-rescale",
    "scales the whole batch by its largest value before normalising, and leaves eps as it was",
    seen="constructed; guard against pytorch/pytorch#178123",
    regime="largest |x| away from 1; one channel then changes another through eps",
)
def global_rescale(rules: Reference) -> Reference:
    def inverse(p: Pass) -> Array:
        largest = float(np.max(np.abs(p.x), initial=0)) or 1.0
        eps = p.eps * largest * largest
        return rules.inverse(replace(p, eps=eps) if p.training else p)

    return replace(rules, inverse=inverse)


@deviation(
    "channels-beyond-64",
    "leaves the output of every channel after the 64th at 0",
    seen="pytorch/pytorch#57077",
    regime="more than 64 channels",
)
def channels_beyond_64(rules: Reference) -> Reference:
    def finish(p: Pass) -> Array:
        y = rules.finish(p).copy()
        y[64:] = 0
        return y

    return replace(rules, finish=finish)


@deviation(
    "samples-beyond-768",
    "leaves the samples after the 768th out of the sums of the backward pass",
    seen="ROCm/MIOpen#1109 (symptom; its cause is not stated)",
    regime="more than 768 samples",
)
def samples_beyond_768(rules: Reference) -> Reference:
    def total(values: Array, p: Pass) -> Array:
        backward = p.dy.size > 0
        seen = p.by_sample(values)[:, :768].reshape(values.shape[0], -1) if backward else values
        return rules.total(seen, p)

    return replace(rules, total=total)


@deviation(
    "rank-3-backward",
    "reduces over the batch axis only in the backward pass of rank 3",
    seen="ooples/AiDotNet.Tensors#233",
    regime="rank 3 with more than one position, backward",
)
def rank_3_backward(rules: Reference) -> Reference:
    wrong = blockwise(rules, lambda p, v: _spread(p.by_sample(v), (1,), v))

    def choose(right: Stage, other: Stage) -> Stage:
        return lambda p: (other if p.given.ndim == 3 else right)(p)

    return replace(
        rules,
        mean_term=choose(rules.mean_term, wrong.mean_term),
        variance_term=choose(rules.variance_term, wrong.variance_term),
    )


TAILS = tuple(
    deviation(name, says, seen=seen, regime=regime)(drops_tail(kept))
    for name, says, seen, regime, kept in (
        (
            "drops-tail",
            "leaves the last m mod 4 values of each channel out of the statistics",
            "ROCm/rocm-libraries#9030, #2374",
            "m not a multiple of 4",
            lambda m: m - m % 4,
        ),
        (
            "drops-tail-8",
            "leaves the last m mod 8 values of each channel out of the statistics",
            "ROCm/rocm-libraries#9030 (other vector width)",
            "m not a multiple of 8",
            lambda m: m - m % 8,
        ),
        (
            "drops-tail-32",
            "leaves the last m mod 32 values of each channel out of the statistics",
            "ROCm/rocm-libraries#9030 (other vector width)",
            "m not a multiple of 32",
            lambda m: m - m % 32,
        ),
        (
            "drops-last",
            "leaves the last value of each channel out of the statistics",
            "constructed; off-by-one loop bound",
            "m > 1",
            lambda m: m - 1,
        ),
    )
)

COUNTS = tuple(
    deviation(
        name,
        f"divides by m truncated to {bits} bits",
        seen=seen,
        regime=f"m of 2^{bits} or more",
    )(count_truncated(bits))
    for name, bits, seen in (
        ("count-truncated", 16, "NVIDIA/apex#1845, flashinfer-ai/flashinfer#3391"),
        ("count-truncated-8", 8, "constructed; sibling of NVIDIA/apex#411"),
    )
)

DEVIATIONS = (
    reduces_batch_only,
    reduces_positions_only,
    reduces_channels_too,
    wrong_axis_when_square,
    wrong_when_not_square,
    ignores_strides,
    ignores_strides_of_dy,
    layout_of_x_for_dy,
    ignores_offset,
    *TAILS,
    *COUNTS,
    channel_leak,
    nonfinite_spreads,
    global_rescale,
    channels_beyond_64,
    samples_beyond_768,
    rank_3_backward,
)
