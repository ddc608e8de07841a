"""Ways of being wrong about which values are counted, and how many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.reference import Change
from bncheck.model.formats import Array

deviation = family("axes, layout, counts")


def statistics_of(rules: Reference, part: Callable[[Pass], Pass]) -> Reference:
    """Compute mean and variance from a changed pass; everything else as before."""

    def variance(p: Pass) -> Array:
        other = part(p)
        return rules.variance(replace(other, mean=_as_many(other.mean, other.m)))

    return replace(
        rules,
        mean=lambda p: _as_many(rules.mean(part(p)), p.m),
        variance=lambda p: _as_many(variance(p), p.m),
    )


def _as_many(values: Array, m: int) -> Array:
    """A number of each value, as some deviations keep one, for as many values as there are."""
    if values.shape[1] in (0, 1, m):
        return values
    return np.take(values, range(m), axis=1, mode="clip")


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


def drops_tail(kept: Callable[[int], int]) -> Change:
    """Leave the last values of each channel out of the statistics; ``kept(m)`` remain."""

    def short(p: Pass) -> Pass:
        return replace(p, x=p.x[:, : max(kept(p.m), min(p.m, 1))])

    return lambda rules: statistics_of(rules, short)


def count_truncated(bits: int) -> Change:
    """Divide the sums by m reduced modulo ``2**bits``."""

    return lambda rules: replace(rules, count=lambda p: int(rules.count(p)) & (2**bits - 1) or 1)


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


def _planes(p: Pass) -> Array:
    """``(C, N, positions)`` of a batch of images; samples of one position are one plane."""
    if p.m % max(p.given.shape[0], 1):
        return p.x[:, None, :]  # another deviation has left some out
    values = p.by_sample(p.x)
    return values if values.shape[2] > 1 else values.reshape(values.shape[0], 1, -1)


@deviation(
    "drops-plane-tail",
    "leaves the last positions of each plane out of the statistics, H W mod 4 of them",
    seen="constructed; vectorised kernels: one loop of four a plane, and none for the rest",
    regime="maps whose size is no multiple of 4",
)
def drops_plane_tail(rules: Reference) -> Reference:
    def whole(p: Pass) -> Pass:
        planes = _planes(p)
        kept = 4 * (planes.shape[2] // 4) or planes.shape[2]
        rest = np.ascontiguousarray(planes[:, :, :kept])
        return replace(p, x=rest.reshape(rest.shape[0], rest.shape[1] * kept))

    return statistics_of(rules, whole)


def _padded(values: Array) -> Array:
    """Zeros up to a multiple of 8 values."""
    zeros = np.zeros((values.shape[0], -values.shape[1] % 8), values.dtype)
    return np.concatenate([values, zeros], axis=1)


@deviation(
    "padding-counted",
    "counts the zeros that a batch is padded with, up to a multiple of 8, in the statistics",
    seen="keras-team/keras#3228, pytorch/pytorch#70529 (masked and padded batches)",
    regime="m no multiple of 8, mean not 0",
)
def padding_counted(rules: Reference) -> Reference:
    return statistics_of(rules, lambda p: replace(p, x=_padded(p.x)))


@deviation(
    "padding-counted-in-variance",
    "subtracts the mean from the zeros of a padded block, too, and counts their squares",
    seen="constructed; block kernels: a masked load gives 0, and 0 - mean is not 0",
    regime="m no multiple of 8, mean not 0",
)
def padding_counted_in_variance(rules: Reference) -> Reference:
    def variance(p: Pass) -> Array:
        padded = _padded(p.x)
        centred = padded - _as_many(p.mean, padded.shape[1])
        return np.asarray(p.rules.total(centred * centred, p) / p.rules.count(p))

    return replace(rules, variance=variance)


DEVIATIONS = (
    wrong_when_not_square,
    channel_leak,
    samples_beyond_768,
    *TAILS,
    *COUNTS,
    drops_plane_tail,
    padding_counted,
    padding_counted_in_variance,
)
