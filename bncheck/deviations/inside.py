"""What goes wrong where gamma varies inside a set: layer, RMS and group normalization.

With h = gamma dy the right backward pass is ``dx = inv (h - [mean(h)] - xhat mean(h xhat))``, and
a gradient of a parameter adds up over the samples. Rows are statistic sets; ``[..]`` is left out
where nothing is centred. Most are from public reports on kernels.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from bncheck.deviations.deviation import deviation as _deviation
from bncheck.deviations.passes import Pass, Reference, filled
from bncheck.model import NormName
from bncheck.model.formats import Array

INSIDE: tuple[NormName, ...] = ("layer", "rms", "group")
ROWS: tuple[NormName, ...] = ("layer", "rms")
CENTRED: tuple[NormName, ...] = ("layer", "group")

deviation = partial(_deviation, family="parameters inside", norms=INSIDE)


def _dx(rules: Reference, bracket: object) -> Reference:
    return replace(rules, dx=lambda p: np.asarray(p.inverse * bracket(p)))  # type: ignore[operator] # a function


def _terms(p: Pass, mean_of: Array, variance_of: Array) -> Array:
    """Return the two means of the bracket, each of its own cotangent."""
    rules = p.rules
    mean = rules.mean_term(filled(p, dy=mean_of))
    return np.asarray(mean + rules.variance_term(filled(p, dy=variance_of)))


@deviation(
    "gamma-outside-means",
    "leaves gamma out of the means of the backward pass and puts it in front, as batch "
    "normalization has it",
    seen="constructed; ports of batch norm's backward pass to rows",
    regime="gamma not constant inside a set",
)
def gamma_outside_means(rules: Reference) -> Reference:
    return _dx(rules, lambda p: p.gamma * (p.dy - _terms(p, p.dy, p.dy)))


@deviation(
    "weight-missing-in-xhat-term",
    "leaves gamma out of the term xhat mean(gamma dy xhat) of dx",
    seen="constructed; a comment on karpathy/llm.c#763",
    regime="gamma not constant inside a set",
)
def weight_missing_in_xhat_term(rules: Reference) -> Reference:
    return _dx(rules, lambda p: p.gamma * p.dy - _terms(p, p.gamma * p.dy, p.dy))


@deviation(
    "weight-twice-in-xhat-term",
    "takes gamma twice in the term xhat mean(gamma dy xhat) of dx",
    seen="NVIDIA/Megatron-LM#6859",
    regime="gamma not 1 inside a set",
)
def weight_twice_in_xhat_term(rules: Reference) -> Reference:
    return _dx(
        rules, lambda p: p.gamma * p.dy - _terms(p, p.gamma * p.dy, p.gamma * p.gamma * p.dy)
    )


@deviation(
    "weight-missing-in-mean-term",
    "leaves gamma out of the term mean(gamma dy) of dx",
    seen="constructed; course work",
    regime="gamma not constant inside a set",
    norms=CENTRED,
)
def weight_missing_in_mean_term(rules: Reference) -> Reference:
    return _dx(rules, lambda p: p.gamma * p.dy - _terms(p, p.dy, p.gamma * p.dy))


@deviation(
    "weight-missing-in-dx",
    "leaves gamma out of dx altogether",
    seen="karpathy/llm.c#763, a comment",
    regime="gamma not 1",
)
def weight_missing_in_dx(rules: Reference) -> Reference:
    return _dx(rules, lambda p: p.dy - _terms(p, p.dy, p.dy))


def _over_rows(rules: Reference, chosen: object) -> Reference:
    """Let the gradients of the parameters add up other rows."""

    def of(terms: Array) -> Array:
        return np.asarray(chosen(terms))  # type: ignore[operator] # a function

    return replace(
        rules,
        dgamma=lambda p: of(rules.dgamma(p)),
        dbeta=lambda p: of(rules.dbeta(p)),
    )


def _kept(terms: Array, rows: Array) -> Array:
    return np.where(rows[:, None], terms, np.zeros_like(terms))


@deviation(
    "parameter-gradients-of-last-row",
    "keeps the gradients of gamma and beta of the last row only: each overwrites the one before",
    seen="constructed; kernels that store where they should add",
    regime="two or more rows",
    norms=ROWS,
)
def parameter_gradients_of_last_row(rules: Reference) -> Reference:
    return _over_rows(rules, lambda t: _kept(t, np.arange(len(t)) == len(t) - 1))


@deviation(
    "parameter-gradients-averaged-over-rows",
    "averages the gradients of gamma and beta over the rows instead of adding them up",
    seen="constructed; course work: .mean(0) for .sum(0)",
    regime="two or more rows",
    norms=ROWS,
)
def parameter_gradients_averaged(rules: Reference) -> Reference:
    return _over_rows(rules, lambda t: t / max(len(t), 1))


@deviation(
    "parameter-gradients-of-whole-blocks",
    "adds the gradients of gamma and beta up over whole blocks of 2 rows: an odd last row is lost",
    seen="BobMcDear/attorch#18; the block size varies",
    regime="an odd number of rows",
    norms=ROWS,
)
def parameter_gradients_of_blocks(rules: Reference) -> Reference:
    return _over_rows(rules, lambda t: _kept(t, np.arange(len(t)) < len(t) // 2 * 2))


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
    "gamma-inside-in-forward-mode",
    "puts gamma inside the means in forward mode, where it belongs in front: J (gamma t)",
    seen="constructed; forward mode written by reverse mode",
    regime="gamma not constant inside a set",
)
def gamma_inside_in_forward_mode(rules: Reference) -> Reference:
    def jvp(p: Pass) -> Array:
        ones = np.ones_like(p.gamma)
        return rules.jvp(filled(p, dy=p.gamma * p.dy, gamma=ones))

    return replace(rules, jvp=jvp)


@deviation(
    "double-backward-without-gamma",
    "leaves gamma out of the second derivative by x",
    seen="constructed; a closed form for xhat alone",
    regime="gamma not 1",
)
def double_backward_without_gamma(rules: Reference) -> Reference:
    def double(p: Pass) -> tuple[Array, Array, Array]:
        by_x = rules.double_backward(filled(p, gamma=np.ones_like(p.gamma)))[0]
        return (by_x, *rules.double_backward(p)[1:])

    return replace(rules, double_backward=double)


DEVIATIONS = (
    gamma_outside_means,
    weight_missing_in_xhat_term,
    weight_twice_in_xhat_term,
    weight_missing_in_mean_term,
    weight_missing_in_dx,
    parameter_gradients_of_last_row,
    parameter_gradients_averaged,
    parameter_gradients_of_blocks,
    masked_lanes_in_variance,
    row_leak,
    gamma_shifted,
    last_value_unweighted,
    gain_one_plus,
    centres_in_rms,
    variance_for_mean_square,
    eps_times_max_square,
    divides_by_padded_width,
    gamma_inside_in_forward_mode,
    double_backward_without_gamma,
)
