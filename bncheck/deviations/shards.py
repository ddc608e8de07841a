"""Ways of being wrong when a batch is split over devices, shown inside one layer.

The batch is cut after a quarter of its samples (at least one): two uneven shards.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations.axes import blockwise, blockwise_gradients
from bncheck.deviations.changes import returning, seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.model.formats import Array

deviation = family("shards")

UNEVEN = "two or more samples that are not split evenly, shards whose means differ"


def _cut(p: Pass) -> int:
    """Columns of the first shard."""
    n = int(p.given.shape[0])
    return max(n // 4, 1) * (p.m // max(n, 1))


def _shards(p: Pass, values: Array) -> list[Array]:
    cut = _cut(p)
    return [s for s in (values[:, :cut], values[:, cut:]) if s.shape[1]]


def _mean_of_means(p: Pass, values: Array) -> Array:
    means = [s.mean(axis=1, keepdims=True) for s in _shards(p, values)]
    return np.asarray(sum(means) / len(means)) if means else np.zeros_like(p.gamma)


def _local_means(p: Pass, values: Array) -> Array:
    parts = _shards(p, values)
    means = [np.broadcast_to(s.mean(axis=1, keepdims=True), s.shape) for s in parts]
    return np.concatenate(means, axis=1) if means else values


@deviation(
    "mean-of-shard-means",
    "averages the statistics of shards without regard to their sizes",
    seen="pytorch/pytorch#22192, google/flax#2417, PaddlePaddle/Paddle#32464",
    regime=UNEVEN,
)
def mean_of_shard_means(rules: Reference) -> Reference:
    return replace(
        rules,
        mean=lambda p: _mean_of_means(p, p.x),
        variance=lambda p: _mean_of_means(p, (p.x - p.mean) ** 2),
    )


@deviation(
    "between-shard-variance-missing",
    "averages the variances of shards, each about its own mean",
    seen="constructed; sibling of PaddlePaddle/Paddle#16121",
    regime=UNEVEN,
)
def between_shard_variance_missing(rules: Reference) -> Reference:
    return seeing(rules, lambda p: replace(p, mean=_local_means(p, p.x)), "variance")


@deviation(
    "shard-gradients-unweighted",
    "averages the two means of the backward pass over shards without regard to their sizes",
    seen="pytorch/pytorch#36382, NVIDIA/apex#792",
    regime=UNEVEN,
)
def shard_gradients_unweighted(rules: Reference) -> Reference:
    return blockwise_gradients(rules, _mean_of_means)


@deviation(
    "shard-gradients-local",
    "takes the two means of the backward pass over each shard by itself",
    seen="NVIDIA/apex#387",
    regime="two or more samples, backward",
)
def shard_gradients_local(rules: Reference) -> Reference:
    return blockwise_gradients(rules, _local_means)


@deviation(
    "dgamma-reduced-twice",
    "sums the gradients of gamma and beta over two devices twice",
    seen="sony/nnabla#1120",
    regime="two or more samples, backward",
)
def dgamma_reduced_twice(rules: Reference) -> Reference:
    return returning(rules, lambda p, total: total * len(_shards(p, p.x)), "dgamma", "dbeta")


@deviation(
    "bessel-with-shard-count",
    "corrects the running variance by the number of values in one shard",
    seen="pytorch/pytorch#22192, mapillary/inplace_abn#68",
    regime="two or more samples",
)
def bessel_with_shard_count(rules: Reference) -> Reference:
    return replace(rules, bessel=lambda p: _cut(p) / max(_cut(p) - 1, 1))


@deviation(
    "empty-shard",
    "averages over an empty shard, 0 / 0, when there are fewer samples than devices",
    seen="pytorch/pytorch#74944",
    regime="one sample with more than one position",
)
def empty_shard(rules: Reference) -> Reference:
    def mean(p: Pass) -> Array:
        lonely = p.given.shape[0] == 1 and p.m > 1
        return np.full_like(p.gamma, np.nan) if lonely else rules.mean(p)

    return replace(rules, mean=mean)


@deviation(
    "shards-not-synchronised",
    "normalises each shard by its own statistics",
    seen="tensorflow/tensorflow#23050, keras-team/keras#15790 (virtual batches)",
    regime="two or more samples",
)
def shards_not_synchronised(rules: Reference) -> Reference:
    return blockwise(rules, _local_means)


@deviation(
    "merges-variances",
    "merges the parts of a batch by variances where sums of squares belong",
    seen="constructed; Welford and Chan merging: M2 and M2 / n taken for each other",
    regime=UNEVEN,
)
def merges_variances(rules: Reference) -> Reference:
    def variance(p: Pass) -> Array:
        parts = _shards(p, p.x)
        if len(parts) < 2:
            return rules.variance(p)
        (a, b), (n, k) = [s.mean(axis=1, keepdims=True) for s in parts], [s.shape[1] for s in parts]
        apart = [s.var(axis=1, keepdims=True) for s in parts]
        return np.asarray((apart[0] + apart[1] + (a - b) ** 2 * (n * k / (n + k))) / (n + k))

    return replace(rules, variance=variance)


DEVIATIONS = (
    mean_of_shard_means,
    between_shard_variance_missing,
    shard_gradients_unweighted,
    shard_gradients_local,
    dgamma_reduced_twice,
    bessel_with_shard_count,
    empty_shard,
    shards_not_synchronised,
    merges_variances,
)
