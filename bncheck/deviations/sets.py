"""What goes wrong in the forward pass of layer, RMS and group normalization: sets and parameters.

Rows are statistic sets, as everywhere; most are from public reports on kernels.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations.elsewhere import CENTRED, INSIDE, ROWS
from bncheck.deviations.elsewhere import of_relatives as deviation
from bncheck.deviations.passes import Pass, Reference, filled
from bncheck.model.formats import Array


@deviation(
    "masked-lanes-in-variance",
    "lets the lanes that fill a block up to a multiple of 8 hold -mean in the sum of squares",
    seen="linkedin/Liger-Kernel#518, #519; the block size varies",
    regime="values of a set no multiple of 8, a mean other than 0",
    norms=CENTRED,
)
def masked_lanes_in_variance(rules: Reference) -> Reference:
    def variance(p: Pass) -> Array:
        lanes = -p.m % 8
        return np.asarray(rules.variance(p) + lanes * p.mean * p.mean / rules.count(p))

    return replace(rules, variance=variance)


@deviation(
    "masked-lanes-up-to-a-power-of-two",
    "lets the lanes that fill a block up to a power of two hold -mean in the sum of squares",
    seen="linkedin/Liger-Kernel#518, #519: triton.next_power_of_2, and no mask after the mean",
    regime="values of a set no power of two, a mean other than 0",
    norms=CENTRED,
)
def masked_lanes_up_to_a_power(rules: Reference) -> Reference:
    def variance(p: Pass) -> Array:
        lanes = _power_of_two(p.m) - p.m
        return np.asarray(rules.variance(p) + lanes * p.mean * p.mean / rules.count(p))

    return replace(rules, variance=variance)


def _power_of_two(count: int) -> int:
    """Return the smallest power of two that is no less than a count; 0 of nothing."""
    return 1 << (count - 1).bit_length() if count else 0


@deviation(
    "row-leak",
    "gives the second row the statistics of the first",
    seen="constructed; an index of a block in place of a row's",
    regime="two or more rows",
    norms=ROWS,
)
def row_leak(rules: Reference) -> Reference:
    def leaking(values: Array) -> Array:
        return np.concatenate([values[:1], values[:1], values[2:]]) if len(values) > 1 else values

    return replace(
        rules,
        mean=lambda p: leaking(rules.mean(p)),
        variance=lambda p: leaking(rules.variance(p)),
    )


@deviation(
    "gamma-shifted-by-one",
    "gives each value the gamma of its neighbour",
    seen="constructed; an index that begins at 1",
    regime="gamma not constant inside a set",
    norms=ROWS,
)
def gamma_shifted(rules: Reference) -> Reference:
    def affine(p: Pass) -> Array:
        return rules.affine(filled(p, gamma=np.roll(p.gamma, 1, axis=1)))

    return replace(rules, affine=affine)


@deviation(
    "last-value-unweighted",
    "leaves gamma and beta out at the last value of each set",
    seen="constructed; a loop over n - 1 values of the affine part",
    regime="gamma not 1 or beta not 0 at the last value",
    norms=INSIDE,
)
def last_value_unweighted(rules: Reference) -> Reference:
    def affine(p: Pass) -> Array:
        y = np.array(rules.affine(p))
        y[:, -1:] = p.xhat[:, -1:]
        return y

    return replace(rules, affine=affine)


@deviation(
    "gain-one-plus",
    "scales by 1 + gamma where gamma is meant",
    seen="linkedin/Liger-Kernel#74 the other way round; ports of Gemma's layer",
    regime="always",
)
def gain_one_plus(rules: Reference) -> Reference:
    return replace(
        rules,
        affine=lambda p: rules.affine(filled(p, gamma=p.gamma + 1)),
        dx=lambda p: rules.dx(filled(p, gamma=p.gamma + 1)),
    )


@deviation(
    "centres-in-rms",
    "takes the mean off first, as layer normalization does",
    seen="constructed; RMSNorm written from LayerNorm",
    regime="a mean other than 0",
    norms=("rms",),
)
def centres_in_rms(rules: Reference) -> Reference:
    def centred(values: Array) -> Array:
        return np.asarray(values - values.mean(axis=1, keepdims=True))

    return replace(
        rules,
        mean=lambda p: np.asarray(p.x.mean(axis=1, keepdims=True)),
        mean_term=lambda p: np.asarray(p.dy.mean(axis=1, keepdims=True)),
        jvp=lambda p: p.gamma * rules.jvp(filled(p, dy=centred(p.dy), gamma=np.ones_like(p.gamma))),
    )


@deviation(
    "variance-for-mean-square",
    "divides by the standard deviation, and takes no mean off",
    seen="constructed; torch.var or x.std() for the mean of squares",
    regime="a mean other than 0",
    norms=("rms",),
)
def variance_for_mean_square(rules: Reference) -> Reference:
    def variance(p: Pass) -> Array:
        mean = p.x.mean(axis=1, keepdims=True)
        return rules.variance(filled(p, x=p.x - mean))

    return replace(rules, variance=variance)


@deviation(
    "eps-times-max-square",
    "multiplies eps by the square of the largest value, by which it had divided x",
    seen="apple/coremltools#2821",
    regime="a largest value other than 1",
    norms=("rms",),
)
def eps_times_max_square(rules: Reference) -> Reference:
    def inverse(p: Pass) -> Array:
        top = np.abs(p.x).max(axis=1, keepdims=True)
        return np.asarray(1 / np.sqrt(p.var + p.eps * top * top))

    return replace(rules, inverse=inverse)


@deviation(
    "divides-by-padded-width",
    "divides by the number of values of a set rounded up to a multiple of 8",
    seen="tenstorrent/tt-metal#34584; the width of a tile varies",
    regime="values of a set no multiple of 8",
)
def divides_by_padded_width(rules: Reference) -> Reference:
    return replace(rules, count=lambda p: rules.count(p) + -p.m % 8)


@deviation(
    "divides-by-power-of-two",
    "divides by the number of values of a set rounded up to a power of two",
    seen="constructed; kernels in Triton that divide by their block, triton.next_power_of_2",
    regime="values of a set no power of two",
)
def divides_by_power_of_two(rules: Reference) -> Reference:
    return replace(rules, count=lambda p: rules.count(p) + _power_of_two(p.m) - p.m)


DEVIATIONS = (
    masked_lanes_in_variance,
    masked_lanes_up_to_a_power,
    row_leak,
    gamma_shifted,
    last_value_unweighted,
    gain_one_plus,
    centres_in_rms,
    variance_for_mean_square,
    eps_times_max_square,
    divides_by_padded_width,
    divides_by_power_of_two,
)
