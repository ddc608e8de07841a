"""Ways of being wrong about axes and channels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.deviation import family
from bncheck.deviations.eps import with_eps
from bncheck.deviations.passes import Pass, Reference, Stage, View
from bncheck.model.formats import Array

deviation = family("axes, layout, counts")


def blockwise(rules: Reference, reduce: Callable[[Pass, Array], Array]) -> Reference:
    """Use means over other blocks of the batch than whole channels.

    reduce: replaces each of ``(C, m)`` values by the mean over its block, ``(C, m)`` again
    """

    def variance(p: Pass) -> Array:
        deviation = p.x - p.mean
        return reduce(p, deviation * deviation)

    return replace(
        blockwise_gradients(rules, reduce),
        mean=lambda p: reduce(p, p.x),
        variance=variance,
    )


def blockwise_gradients(rules: Reference, reduce: Callable[[Pass, Array], Array]) -> Reference:
    """Use means over other blocks in the two terms of dx; ``reduce`` as in `blockwise`."""
    return replace(
        rules,
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
    "rank-3-backward",
    "reduces over the batch axis only in the backward pass of rank 3",
    seen="ooples/AiDotNet.Tensors#233",
    regime="rank 3 with more than one position, backward",
)
def rank_3_backward(rules: Reference) -> Reference:
    wrong = blockwise_gradients(rules, lambda p, v: _spread(p.by_sample(v), (1,), v))

    def choose(right: Stage, other: Stage) -> Stage:
        return lambda p: (other if p.given.ndim == 3 else right)(p)

    return replace(
        rules,
        mean_term=choose(rules.mean_term, wrong.mean_term),
        variance_term=choose(rules.variance_term, wrong.variance_term),
    )


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
    "nonfinite-spreads",
    "sums channels through a product with a selection matrix: 0 times infinity reaches them all",
    seen="constructed; sibling of pytorch/pytorch#90342",
    regime="infinity or NaN in one of several channels",
)
def nonfinite_spreads(rules: Reference) -> Reference:
    def total(values: Array, p: Pass) -> Array:
        # as np.eye(C) @ sums is, which has no room for very many rows
        sums = rules.total(values, p)
        odd = ~np.isfinite(sums)
        return np.where(odd.sum(axis=0) - odd > 0, sums.dtype.type(np.nan), sums)

    return replace(rules, total=total)


@deviation(
    "global-rescale",
    "scales the whole batch by its largest value before normalising, and leaves eps as it was",
    seen="constructed; guard against pytorch/pytorch#178123",
    regime="largest |x| away from 1; one channel then changes another through eps",
)
def global_rescale(rules: Reference) -> Reference:
    def rescaled(p: Pass) -> float:
        largest = float(np.max(np.abs(p.x), initial=0)) or 1.0
        return p.eps * largest * largest if p.training else p.eps

    return with_eps(rules, rescaled)


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
    "reshape-mixes-channels",
    "reshapes (N, C, H, W) to (-1, C) without moving the axis of channels: each column is a mix",
    seen="constructed; course work: x.reshape(-1, C) where a transpose belongs before it",
    regime="two or more channels, rank 3 and more",
)
def reshape_mixes_channels(rules: Reference) -> Reference:
    def mixed(p: Pass, column: Callable[[Array], Array]) -> Array:
        channels = p.x.shape[0]
        shape = (p.given.shape[0], channels, p.m // max(p.given.shape[0], 1))
        flat = np.moveaxis(p.x.reshape(channels, shape[0], shape[2]), 0, 1).reshape(-1, channels)
        of_each = np.broadcast_to(column(flat), flat.shape).reshape(shape)
        return np.moveaxis(of_each, 1, 0).reshape(channels, p.m)

    def mean(p: Pass) -> Array:
        return mixed(p, lambda flat: flat.mean(0)) if p.given.ndim > 2 and p.m else rules.mean(p)

    def variance(p: Pass) -> Array:
        if p.given.ndim == 2 or not p.m:
            return rules.variance(p)
        return mixed(p, lambda flat: ((flat - flat.mean(0)) ** 2).mean(0))

    return replace(rules, mean=mean, variance=variance)


@deviation(
    "reshape-without-transpose",
    "takes (N, C, H, W) for (N H W, C) by a reshape alone: each column, with its statistics, gamma "
    "and beta, is a mix of channels",
    seen="constructed; course work: a dense layer on x.reshape(-1, C), not transposed before",
    regime="two or more channels, rank 3 and more",
)
def reshape_without_transpose(rules: Reference) -> Reference:
    def columns(array: Array) -> Array:
        return array.reshape(-1, array.shape[1])

    return replace(rules, view=View(columns, lambda made, like: made.reshape(like.shape)))


def _rows(array: Array) -> Array:
    return array.reshape(array.shape[1], -1).T


def _from_rows(made: Array, like: Array) -> Array:
    return made.T.reshape(like.shape)


@deviation(
    "reshape-to-rows-without-transpose",
    "takes (N, C, ...) for (C, m) by a reshape alone: each row, with its statistics, gamma and "
    "beta, is a run of values as they lie in memory",
    seen="constructed; course work: x.reshape(C, -1), where N and C are not exchanged before",
    regime="two or more samples and channels",
)
def reshape_to_rows_without_transpose(rules: Reference) -> Reference:
    return replace(rules, view=View(_rows, _from_rows))


@deviation(
    "reshape-to-rows-of-images",
    "takes (N, C, H, W) for (C, N H W) by a reshape alone: each row, with its statistics, gamma "
    "and beta, is a run of values as they lie in memory; (N, C) is right",
    seen="constructed; course work: as the one before, where a dense layer has code of its own",
    regime="two or more samples and channels, rank 3 and more",
)
def reshape_to_rows_of_images(rules: Reference) -> Reference:
    return replace(
        rules,
        view=View(
            lambda array: array if array.ndim == 2 else _rows(array),
            lambda made, like: made if like.ndim == 2 else _from_rows(made, like),
        ),
    )


DEVIATIONS = (
    reduces_batch_only,
    reduces_positions_only,
    reduces_channels_too,
    rank_3_backward,
    wrong_axis_when_square,
    nonfinite_spreads,
    global_rescale,
    channels_beyond_64,
    reshape_mixes_channels,
    reshape_without_transpose,
    reshape_to_rows_without_transpose,
    reshape_to_rows_of_images,
)
