"""Ways of computing in too narrow a format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import returning, seeing
from bncheck.deviations.deviation import family, in_half
from bncheck.deviations.eps import with_eps
from bncheck.deviations.passes import Pass, Reference, in_float16, stored
from bncheck.model.formats import Array

deviation = family("precision")


def sequential(values: Array, p: Pass) -> Array:
    """Sum each row in the dtype of x, one value after the other, rounding every partial sum."""
    kind = p.given.dtype
    if not values.shape[1]:
        return np.asarray(values.sum(axis=1, keepdims=True))
    partial_sums = np.add.accumulate(values.astype(kind), axis=1, dtype=kind)
    return np.asarray(partial_sums[:, -1:].astype(values.dtype))


def _summing_in_half(rules: Reference, when: Callable[[Pass], bool]) -> Reference:
    """Let some passes over half-precision values sum in half precision."""

    def total(values: Array, p: Pass) -> Array:
        return sequential(values, p) if p.half and when(p) else rules.total(values, p)

    return in_half(replace(rules, total=total))


@deviation(
    "half-accumulator",
    "sums half-precision values in half precision: the sum stalls or overflows",
    seen="pytorch/pytorch#126525, PaddlePaddle/Paddle#16545, cupy/cupy#2060",
    regime="float16 or bfloat16 with m > 2048, or values near 600",
)
def half_accumulator(rules: Reference) -> Reference:
    return _summing_in_half(rules, lambda p: True)


@deviation(
    "half-accumulator-in-backward",
    "sums the gradients of gamma and beta in half precision",
    seen="pytorch/pytorch#156513",
    regime="float16 or bfloat16 with large m, backward",
)
def half_accumulator_in_backward(rules: Reference) -> Reference:
    return _summing_in_half(rules, lambda p: p.dy.size > 0)


@deviation(
    "half-square",
    "squares half-precision values before they are widened: overflows from |x| = 256 on",
    seen="neuroneural/brainchop-cli#56, microsoft/tensorflow-directml-plugin#321",
    regime="float16 with |x| > 256",
)
def half_square(rules: Reference) -> Reference:
    def variance(p: Pass) -> Array:
        if not p.half:
            return rules.variance(p)
        narrow = p.x.astype(p.given.dtype)
        squares = (narrow * narrow).astype(p.x.dtype)
        return np.asarray(p.rules.total(squares, p) / p.rules.count(p) - p.mean * p.mean)

    return in_half(replace(rules, variance=variance), stores=True)


@deviation(
    "single-precision-inside",
    "computes float64 input in float32",
    seen="constructed; sibling of hls4ml fastmachinelearning/hls4ml#133 (a cast too early)",
    regime="float64",
)
def single_precision_inside(rules: Reference) -> Reference:
    return replace(rules, accumulator=lambda storage: np.dtype(np.float32))


@deviation(
    "approximate-rsqrt",
    "takes the inverse root from a 12-bit approximation, not refined",
    seen="constructed; the rsqrtps instruction without a Newton step",
    regime="float32 or float64, any batch",
)
def approximate_rsqrt(rules: Reference) -> Reference:
    def inverse(p: Pass) -> Array:
        significand, exponent = np.frexp(rules.inverse(p))
        # 12 bits; half a step more keeps every value wrong, as an approximation is
        cut = (np.floor(significand * 2**12) + 0.5) / 2**12
        return np.asarray(np.ldexp(cut.astype(p.x.dtype), exponent))

    return replace(rules, inverse=inverse)


@deviation(
    "eps-rounded-to-half",
    "rounds eps to the half-precision dtype of x: 1e-12 becomes 0",
    seen="tensorflow/tensorflow#24979",
    regime="float16 or bfloat16, a (nearly) constant channel and eps = 1e-5 or less",
)
def eps_rounded_to_half(rules: Reference) -> Reference:
    def rounded(p: Pass) -> float:
        return float(np.asarray(p.eps).astype(p.given.dtype)) if p.half else p.eps

    return in_half(with_eps(rules, rounded), stores=True)


@deviation(
    "folded-output",
    "computes y as x * scale + shift in the dtype of x, though a centred output is promised",
    seen="hls4ml fastmachinelearning/hls4ml#133, apache/tvm#3216, pytorch/pytorch#106943",
    regime="what only a centred output can do: y = beta to the bit for one value per channel",
    legitimate=True,
)
def folded_output(rules: Reference) -> Reference:
    def affine(p: Pass) -> Array:
        scale = stored(p.gamma * p.inverse, p)
        shift = stored(p.beta - p.mean * scale, p)
        return np.asarray(p.x * scale + shift)

    return replace(rules, affine=affine)


@deviation(
    "statistics-rounded-to-half",
    "rounds mean and variance to the half-precision dtype of x before they are used",
    seen="tensorflow/tensorflow#7164, #8535",
    regime="float16 or bfloat16 with |mean| large against the standard deviation",
)
def statistics_rounded_to_half(rules: Reference) -> Reference:
    def rounded(p: Pass, values: Array) -> Array:
        return stored(values, p) if p.half else values

    return in_half(returning(rules, rounded, "mean", "variance"), stores=True)


@deviation(
    "parameters-in-half",
    "rounds gamma, beta and the running statistics to float16 in inference mode",
    seen="apple/coreai-torch#54, pytorch/TensorRT#1450",
    regime="inference with a running variance above 65504 or below 6e-8, or any not in float16",
)
def parameters_in_half(rules: Reference) -> Reference:
    def recall(p: Pass) -> tuple[Array, Array]:
        mean, var = rules.recall(p)
        return in_float16(mean), in_float16(var)

    def narrow(p: Pass) -> Pass:
        if p.training:
            return p
        return replace(p, gamma=in_float16(p.gamma), beta=in_float16(p.beta))

    return replace(seeing(rules, narrow, "affine"), recall=recall)


@deviation(
    "count-in-half",
    "keeps m in half precision, which rounds above 2048 and is infinite above 65504",
    seen="pytorch/pytorch#70901",
    regime="float16 with m > 65504 (from 2049 on m rounds, which mostly hides in y)",
)
def count_in_half(rules: Reference) -> Reference:
    def count(p: Pass) -> float:
        m = rules.count(p)
        return float(np.float64(m).astype(p.given.dtype)) if p.half else m

    return in_half(replace(rules, count=count), stores=True)


@deviation(
    "output-through-half",
    "rounds y to float16 on the way to a wider dtype (a region of mixed precision too wide)",
    seen="pytorch/pytorch#115500 (symptom)",
    regime="float32 or float64, any batch",
)
def output_through_half(rules: Reference) -> Reference:
    return returning(rules, lambda p, y: in_float16(y), "finish")


@deviation(
    "gradients-through-half",
    "rounds dy to float16 before it is used, so that small gradients vanish",
    seen="constructed; a backward pass left out of loss scaling",
    regime="float32 or float64, most of all |dy| < 6e-8",
)
def gradients_through_half(rules: Reference) -> Reference:
    return seeing(rules, lambda p: replace(p, dy=in_float16(p.dy)), "saved")


@deviation(
    "xhat-through-half",
    "rounds xhat to float16 before gamma multiplies it",
    seen="constructed; kernels that keep xhat in the dtype of x: half the rounding is before gamma",
    regime="any batch; in float16, gamma and beta of many bits",
)
def xhat_through_half(rules: Reference) -> Reference:
    return in_half(replace(rules, normalize=lambda p: in_float16(rules.normalize(p))))


DEVIATIONS = (
    half_accumulator,
    half_accumulator_in_backward,
    half_square,
    single_precision_inside,
    approximate_rsqrt,
    eps_rounded_to_half,
    folded_output,
    statistics_rounded_to_half,
    parameters_in_half,
    count_in_half,
    output_through_half,
    gradients_through_half,
    xhat_through_half,
)
