"""Ways of being wrong about the variance and eps."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from bncheck.deviations import entry
from bncheck.deviations.reference import Change, Pass, Reference
from bncheck.formats import Array

deviation = partial(entry.deviation, family="variance and eps")

SMALL = "eps not negligible against the variance (eps = 0.5, or a standard deviation of 1e-4)"
OFFSET = "float32 with |mean| / standard deviation near 1e4, or a constant channel far from 0"


def _square_mean(p: Pass) -> Array:
    return p.rules.total(p.x * p.x, p) / p.rules.count(p)


@deviation(
    "unbiased-variance",
    "normalises with the unbiased variance (m - 1) in place of the biased one",
    seen="karpathy/nn-zero-to-hero#44",
    regime="small m, most of all m = 2",
)
def unbiased_variance(rules: Reference) -> Reference:
    def scaled(p: Pass) -> Array:
        return rules.variance(p) * (p.m / max(p.m - 1, 1))

    return replace(
        rules,
        variance=scaled,
        # self-consistent: the running variance is as it should be, the backward pass belongs
        # to the forward pass that was made
        bessel=lambda p: 1.0,
        variance_term=lambda p: rules.variance_term(p) * (p.m / max(p.m - 1, 1)),
    )


@deviation(
    "one-pass-variance",
    "computes the variance as E[x^2] - E[x]^2, which cancels and may turn negative",
    seen="tenstorrent/tt-metal#45968, google/flax#1491, tensorflow/tensorflow#118701",
    regime=OFFSET,
)
def one_pass_variance(rules: Reference) -> Reference:
    return replace(rules, variance=lambda p: _square_mean(p) - p.mean * p.mean)


@deviation(
    "one-pass-variance-clamped",
    "computes the variance as max(E[x^2] - E[x]^2, 0): cancels, but hides the negative values",
    seen="aiUIUC/pyAIUtils#46, keras-team/keras-core#866, k2-fsa/sherpa-onnx#3857",
    regime=OFFSET,
)
def one_pass_variance_clamped(rules: Reference) -> Reference:
    return replace(rules, variance=lambda p: np.maximum(_square_mean(p) - p.mean * p.mean, 0))


@deviation(
    "shifted-variance",
    "computes the variance in one pass about the first element, which cancels if that is far off",
    seen="tensorflow/tensorflow#3290",
    regime="first element an outlier (never off by more than about m u: it is one of the m)",
    legitimate=True,
)
def shifted_variance(rules: Reference) -> Reference:
    def variance(p: Pass) -> Array:
        moved = replace(p, x=p.x - p.x[:, :1])
        offset = rules.mean(moved)
        return np.asarray(_square_mean(moved) - offset * offset)

    return replace(rules, variance=lambda p: variance(p) if p.m else rules.variance(p))


@deviation(
    "variance-about-running-mean",
    "takes the batch variance about the running mean in place of the batch mean",
    seen="constructed; sibling of onnx/onnx#8442",
    regime="running mean away from the batch mean",
)
def variance_about_running_mean(rules: Reference) -> Reference:
    return replace(rules, variance=lambda p: rules.variance(replace(p, mean=p.running_mean)))


@deviation(
    "variance-not-centred",
    "uses E[x^2] as the variance",
    seen="pytorch/helion#3268 (the centring lost in a merge)",
    regime="mean not 0",
)
def variance_not_centred(rules: Reference) -> Reference:
    return replace(rules, variance=_square_mean)


@deviation(
    "variance-not-averaged",
    "uses the sum of squared deviations, not divided by m",
    seen="constructed from Ioffe & Szegedy 2015, Algorithm 1",
    regime="m > 1",
)
def variance_not_averaged(rules: Reference) -> Reference:
    return replace(rules, variance=lambda p: rules.variance(p) * max(p.m, 1))


@deviation(
    "mean-absolute-deviation",
    "uses the mean absolute deviation in place of the standard deviation",
    seen="constructed; L1 batch normalization, a different layer",
    regime="m > 2",
)
def mean_absolute_deviation(rules: Reference) -> Reference:
    def squared(p: Pass) -> Array:
        spread = p.rules.total(np.abs(p.x - p.mean), p) / p.rules.count(p)
        return spread * spread

    return replace(rules, variance=squared)


@deviation(
    "eps-outside-root",
    "adds eps to the standard deviation, not to the variance: 1 / (sqrt(var) + eps)",
    seen="keras-team/keras#10427, pjreddie/darknet#17, Tencent/ncnn#311",
    regime=SMALL,
)
def eps_outside_root(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: 1 / (np.sqrt(p.var) + p.eps))


@deviation(
    "eps-missing",
    "leaves eps out",
    seen="Tencent/ncnn#303, pytorch/vision#2169, onnx/tensorflow-onnx#1075",
    regime=SMALL,
)
def eps_missing(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: rules.inverse(replace(p, eps=0.0)))


@deviation(
    "eps-doubled",
    "adds eps twice",
    seen="chainer/chainer#4505, chainer/chainer#7506",
    regime=SMALL,
)
def eps_doubled(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: rules.inverse(replace(p, eps=2 * p.eps)))


@deviation(
    "eps-squared",
    "adds eps squared to the variance",
    seen="constructed; eps of a standard deviation used for a variance",
    regime=SMALL,
)
def eps_squared(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: rules.inverse(replace(p, eps=p.eps**2)))


@deviation(
    "variance-clamped-to-eps",
    "uses max(var, eps) in place of var + eps",
    seen="vacancy/Synchronized-BatchNorm-PyTorch#38, #43",
    regime=SMALL,
)
def variance_clamped_to_eps(rules: Reference) -> Reference:
    def clamped(p: Pass) -> Array:
        return rules.inverse(replace(p, var=np.maximum(p.var, p.eps), eps=0.0))

    return replace(rules, inverse=clamped)


@deviation(
    "eps-missing-in-inference",
    "leaves eps out in inference mode only",
    seen="chainer/chainer#2214, #2149, #855",
    regime="inference with a small running variance or a large eps",
)
def eps_missing_in_inference(rules: Reference) -> Reference:
    return _in_inference(rules, 0.0)


@deviation(
    "eps-doubled-in-inference",
    "adds eps twice in inference mode only",
    seen="chainer/chainer#7506",
    regime="inference with a small running variance or a large eps",
)
def eps_doubled_in_inference(rules: Reference) -> Reference:
    return _in_inference(rules, 2.0)


@deviation(
    "eps-subtracted-in-inference",
    "takes eps off the running variance when it is loaded, so that none is left in inference",
    seen="facebookresearch/detectron2#3160, shicai/MobileNet-Caffe#87",
    regime="inference with a running variance below eps: the root of a negative number",
)
def eps_subtracted_in_inference(rules: Reference) -> Reference:
    return _in_inference(rules, -1.0)


def _in_inference(rules: Reference, times: float) -> Reference:
    def inverse(p: Pass) -> Array:
        return rules.inverse(p if p.training else replace(p, eps=times * p.eps))

    return replace(rules, inverse=inverse)


@deviation(
    "no-square-root",
    "divides by var + eps, the root forgotten",
    seen="constructed; sibling of jax-ml/jax#442",
    regime="variance not 1",
)
def no_square_root(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: rules.inverse(p) ** 2)


@deviation(
    "square-in-place-of-root",
    "divides by (var + eps) squared in place of its root",
    seen="jax-ml/jax#442",
    regime="variance not 1",
)
def square_in_place_of_root(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: rules.inverse(p) ** 4)


@deviation(
    "eps-by-count",
    "divides eps by m along with the sum of squares",
    seen="constructed from Ioffe & Szegedy 2015, Algorithm 1",
    regime=SMALL,
)
def eps_by_count(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: rules.inverse(replace(p, eps=p.eps / max(p.m, 1))))


def eps_hard_coded(value: float) -> Change:
    """Use this eps, whatever was asked for."""
    return lambda rules: replace(rules, inverse=lambda p: rules.inverse(replace(p, eps=value)))


def eps_floor(value: float) -> Change:
    """Use at least this eps."""
    return lambda rules: replace(
        rules, inverse=lambda p: rules.inverse(replace(p, eps=max(p.eps, value)))
    )


def variance_floor(value: float) -> Change:
    """Raise the variance to at least this value before eps is added."""
    return lambda rules: replace(
        rules, inverse=lambda p: rules.inverse(replace(p, var=np.maximum(p.var, value)))
    )


HARD_CODED = tuple(
    deviation(
        name,
        f"uses eps = {value:g}, whatever eps was asked for",
        seen=seen,
        regime="any eps but this one",
    )(eps_hard_coded(value))
    for name, value, seen in (
        ("eps-hard-coded", 1e-5, "AlexeyAB/darknet#5447, ceccocats/tkDNN#167, apache/tvm#12590"),
        ("eps-hard-coded-1e-3", 1e-3, "Tencent/ncnn#218, PaddlePaddle/Paddle#68170"),
        ("eps-hard-coded-1e-8", 1e-8, "constructed; eps of an optimiser"),
        ("eps-hard-coded-1e-12", 1e-12, "constructed; eps of tensorflow/tensorflow#24979"),
    )
)

FLOORS = tuple(
    deviation(
        name,
        f"raises eps to {value:g} where less was asked for",
        seen=seen,
        regime="eps = 1e-12 and a small variance",
    )(eps_floor(value))
    for name, value, seen in (
        ("eps-floor", 1e-5, "microsoft/onnxruntime#2680, pytorch/pytorch#1742"),
        ("eps-floor-1.001e-5", 1.001e-5, "tensorflow/tensorflow#8090, #37768"),
    )
)

VARIANCE_FLOORS = tuple(
    deviation(
        name,
        f"raises the variance to {value:g} before eps is added",
        seen="constructed; sibling of vacancy/Synchronized-BatchNorm-PyTorch#38",
        regime=f"variance below {value:g}",
    )(variance_floor(value))
    for name, value in (
        ("variance-floor", 1e-5),
        ("variance-floor-1e-3", 1e-3),
        ("variance-floor-1e-12", 1e-12),
    )
)

DEVIATIONS = (
    unbiased_variance,
    one_pass_variance,
    one_pass_variance_clamped,
    shifted_variance,
    variance_about_running_mean,
    variance_not_centred,
    variance_not_averaged,
    mean_absolute_deviation,
    eps_outside_root,
    eps_missing,
    eps_doubled,
    eps_squared,
    eps_by_count,
    variance_clamped_to_eps,
    eps_missing_in_inference,
    eps_doubled_in_inference,
    eps_subtracted_in_inference,
    no_square_root,
    square_in_place_of_root,
    *HARD_CODED,
    *FLOORS,
    *VARIANCE_FLOORS,
)
