"""Ways of being wrong about which values are counted, and how many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.reference import Change
from bncheck.model.formats import Array

deviation = family("axes, layout, counts")

STATISTICS = ("mean", "variance")


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

    return lambda rules: seeing(rules, short, *STATISTICS)


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
    return seeing(rules, _neighbour, *STATISTICS)


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


DEVIATIONS = (
    wrong_when_not_square,
    channel_leak,
    samples_beyond_768,
    *TAILS,
    *COUNTS,
)
