"""Ways of being wrong about eps and the root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.reference import Change

deviation = family("variance and eps")


SMALL = "eps not negligible against the variance (eps = 0.5, or a standard deviation of 1e-4)"


def with_eps(rules: Reference, use: Callable[[Pass], float]) -> Reference:
    """Use another eps in the inverse deviation."""
    return replace(rules, inverse=lambda p: rules.inverse(replace(p, eps=use(p))))


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
    return with_eps(rules, lambda p: 0.0)


@deviation(
    "eps-doubled",
    "adds eps twice",
    seen="chainer/chainer#4505, chainer/chainer#7506",
    regime=SMALL,
)
def eps_doubled(rules: Reference) -> Reference:
    return with_eps(rules, lambda p: 2 * p.eps)


@deviation(
    "eps-squared",
    "adds eps squared to the variance",
    seen="constructed; eps of a standard deviation used for a variance",
    regime=SMALL,
)
def eps_squared(rules: Reference) -> Reference:
    return with_eps(rules, lambda p: p.eps**2)


@deviation(
    "variance-clamped-to-eps",
    "uses max(var, eps) in place of var + eps",
    seen="vacancy/Synchronized-BatchNorm-PyTorch#38, #43",
    regime=SMALL,
)
def variance_clamped_to_eps(rules: Reference) -> Reference:
    def clamped(p: Pass) -> Pass:
        return replace(p, var=np.maximum(p.var, p.eps), eps=0.0)

    return seeing(rules, clamped, "inverse")


def _in_inference(rules: Reference, times: float) -> Reference:
    return with_eps(rules, lambda p: p.eps if p.training else times * p.eps)


@deviation(
    "eps-missing-in-inference",
    "leaves eps out in inference mode",
    seen="chainer/chainer#2214, #2149, #855",
    regime="inference with a small running variance or a large eps",
)
def eps_missing_in_inference(rules: Reference) -> Reference:
    return _in_inference(rules, 0.0)


@deviation(
    "eps-doubled-in-inference",
    "adds eps twice in inference mode",
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
    "multiplies-by-deviation",
    "multiplies by the standard deviation in place of dividing by it",
    seen="mosaicml/llm-foundry#371",
    regime="variance not 1",
)
def multiplies_by_deviation(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: np.asarray(1 / rules.inverse(p)))


@deviation(
    "eps-by-count",
    "divides eps by m along with the sum of squares",
    seen="constructed from Ioffe & Szegedy 2015, Algorithm 1",
    regime=SMALL,
)
def eps_by_count(rules: Reference) -> Reference:
    return with_eps(rules, lambda p: p.eps / max(p.m, 1))


def eps_hard_coded(value: float) -> Change:
    """Use this eps, whatever was asked for."""
    return lambda rules: with_eps(rules, lambda p: value)


def eps_floor(value: float) -> Change:
    """Use at least this eps."""
    return lambda rules: with_eps(rules, lambda p: max(p.eps, value))


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


DEVIATIONS = (
    eps_outside_root,
    eps_missing,
    eps_doubled,
    eps_squared,
    variance_clamped_to_eps,
    eps_missing_in_inference,
    eps_doubled_in_inference,
    eps_subtracted_in_inference,
    no_square_root,
    square_in_place_of_root,
    multiplies_by_deviation,
    eps_by_count,
    *HARD_CODED,
    *FLOORS,
)
