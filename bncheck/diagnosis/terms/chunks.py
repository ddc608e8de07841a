"""Batch statistics that are put together wrongly from those of chunks, as `Moments`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from bncheck.deviations.passes import Pass
from bncheck.diagnosis.terms.moments import BLOCKS, Moments, mean_of
from bncheck.model.formats import Array

# other sizes that people choose, and how many parts they make
_OTHERS = (3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_PARTS = (2, 3, 4, 8)

Split = Callable[[Pass], Sequence[slice]]


def chunked() -> Iterator[Moments]:
    """Statistics of chunks that are put together wrongly."""
    for says, split in _splits():
        for kind in _KINDS:
            yield kind(says, split)


def _splits() -> Iterator[tuple[str, Split]]:
    for size in sorted((*BLOCKS, *_OTHERS)):
        yield f"chunks of {size} values", partial(_of_values, size)
    for size in (1, *BLOCKS[:8]):
        says = "the samples" if size == 1 else f"chunks of {size} samples"
        yield says, partial(_of_samples, size)
    for parts in _PARTS:
        yield f"{parts} parts of the batch", partial(_in_parts, parts)


def _of_values(size: int, p: Pass) -> Sequence[slice]:
    return [slice(start, min(start + size, p.m)) for start in range(0, p.m, size)]


def _of_samples(size: int, p: Pass) -> Sequence[slice]:
    return _of_values(size * max(p.m // max(int(p.given.shape[0]), 1), 1), p)


def _in_parts(parts: int, p: Pass) -> Sequence[slice]:
    ends = [0, *np.cumsum([len(part) for part in np.array_split(np.arange(p.m), parts)]).tolist()]
    return [slice(a, b) for a, b in pairwise(ends) if b > a]


def _merging(says: str, split: Split) -> Moments:
    """Chan's merge of one chunk after the other, with variances where sums of squares belong."""

    def of(p: Pass) -> tuple[Array, Array]:
        mean, var, seen = _zero(p), _zero(p), 0
        for part in split(p):
            own, n = mean_of(p.x[:, part]), part.stop - part.start
            apart = mean_of((p.x[:, part] - own) ** 2)
            if not seen:
                mean, var, seen = own, apart, n
                continue
            total, delta = seen + n, own - mean
            var = (var + apart + delta * delta * (seen * n / total)) / total
            mean, seen = mean + delta * (n / total), total
        return mean, var

    def by_x(p: Pass) -> tuple[Array, Array]:
        by_var, mean, seen = np.zeros_like(p.x), _zero(p), 0
        for part in split(p):
            n, x = part.stop - part.start, p.x[:, part]
            own = mean_of(x)
            spread = 2 * (x - own) / n
            if not seen:
                by_var[:, part], mean, seen = spread, own, n
                continue
            total, delta = seen + n, own - mean
            by_var[:, part] += spread + 2 * delta * (seen / total)
            by_var[:, : part.start] -= 2 * delta * (n / total)
            by_var[:, : part.stop] /= total
            mean, seen = mean + delta * (n / total), total
        return np.full_like(p.x, 1) / p.m, by_var

    told = f"{says} are merged one after the other by variances where sums of squares belong"
    return Moments(told, "merges-variances", of, by_x, _count)


def _adding(says: str, split: Split) -> Moments:
    """Sums of squares between chunks, to which variances within them are added, over m."""

    def of(p: Pass) -> tuple[Array, Array]:
        mean, total = mean_of(p.x), _zero(p)
        for part in split(p):
            own = mean_of(p.x[:, part])
            apart = mean_of((p.x[:, part] - own) ** 2)
            total = total + apart + (own - mean) ** 2 * (part.stop - part.start)
        return mean, total / p.m

    def by_x(p: Pass) -> tuple[Array, Array]:
        mean, by_var = mean_of(p.x), np.zeros_like(p.x)
        for part in split(p):
            own, n = mean_of(p.x[:, part]), part.stop - part.start
            by_var[:, part] = 2 * ((p.x[:, part] - own) / n + (own - mean)) / p.m
        return np.full_like(p.x, 1) / p.m, by_var

    told = f"variances of {says} are added up where sums of squares belong"
    return Moments(told, "merges-variances", of, by_x, _count)


def _averaging(means: bool, equal: bool, about: str, says: str, split: Split) -> Moments:
    """Averages of the chunks' statistics.

    means: the mean is the average of the chunks' means, each counting alike; equal: so is the
    variance of the chunks' variances; about: "own", their own means, or "all", that of the batch
    """

    def weights(p: Pass, alike: bool) -> Array:
        parts = split(p)
        sizes = np.concatenate([np.full(s.stop - s.start, s.stop - s.start) for s in parts])
        share = 1 / (sizes * len(parts)) if alike else np.full(p.m, 1 / p.m)
        return np.asarray(share, p.x.dtype)[None, :]

    def middle(p: Pass) -> Array:
        if about == "all":
            return np.broadcast_to((weights(p, means) * p.x).sum(axis=1, keepdims=True), p.x.shape)
        own = [np.broadcast_to(mean_of(p.x[:, s]), p.x[:, s].shape) for s in split(p)]
        return np.concatenate(own, axis=1)

    def of(p: Pass) -> tuple[Array, Array]:
        mean = (weights(p, means) * p.x).sum(axis=1, keepdims=True)
        return mean, (weights(p, equal) * (p.x - middle(p)) ** 2).sum(axis=1, keepdims=True)

    def by_x(p: Pass) -> tuple[Array, Array]:
        by_mean, centred = np.broadcast_to(weights(p, means), p.x.shape), p.x - middle(p)
        by_var = 2 * weights(p, equal) * centred
        if about == "all":
            by_var = by_var - by_mean * by_var.sum(axis=1, keepdims=True)
        return by_mean, by_var

    what = " and ".join(["the mean"] * means + ["the variance"] * (equal or about == "own"))
    alike = ", without regard to their sizes" if means or equal else ""
    own = ", each about its own mean" if about == "own" else ""
    told = f"{what} {'are' if ' and ' in what else 'is'} averaged over {says}{own}{alike}"
    name = "between-shard-variance-missing" if about == "own" else "mean-of-shard-means"
    return Moments(told, name, of, by_x, _count)


_KINDS: tuple[Callable[[str, Split], Moments], ...] = (
    _merging,
    _adding,
    partial(_averaging, False, False, "own"),
    partial(_averaging, False, True, "own"),
    partial(_averaging, True, True, "own"),
    partial(_averaging, True, True, "all"),
    partial(_averaging, True, False, "all"),
)


def _zero(p: Pass) -> Array:
    return np.zeros_like(p.x[:, :1])


def _count(p: Pass) -> float:
    return p.m
