"""Ways of being wrong about inference-mode gradients and about higher derivatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference, Stage
from bncheck.deviations.reference import renormalized, with_batch_statistics
from bncheck.model.formats import Array

deviation = family("backward")

INFERENCE = "inference, forward and backward, running statistics away from the batch's"
# much code has a backward that nobody is meant to call in inference; code does not tell
_UNLESS = 'no fault if backward is for training alone: say CONVENTION = {"eval_backward": False}'


@deviation(
    "training-formula-in-inference",
    "uses the backward formula of training mode in inference mode",
    seen="pytorch/pytorch#4284, apache/mxnet#9580, FluxML/NNlib.jl#548",
    regime=INFERENCE,
    unless=_UNLESS,
)
def training_formula_in_inference(rules: Reference) -> Reference:
    return replace(rules, inference_dx=rules.dx)


@deviation(
    "batch-statistics-in-inference-backward",
    "normalises with the batch statistics in the backward pass of inference mode",
    seen="torch/nn#615, #765, #768",
    regime=INFERENCE,
    unless=_UNLESS,
)
def batch_statistics_in_inference_backward(rules: Reference) -> Reference:
    def batch(p: Pass) -> Pass:
        if p.training:
            return p
        return renormalized(with_batch_statistics(p))

    return seeing(rules, batch, "saved")


@deviation(
    "inference-gradient-zero",
    "gives x no gradient in inference mode",
    seen="FluxML/Flux.jl#2179",
    regime="inference, backward",
)
def inference_gradient_zero(rules: Reference) -> Reference:
    return replace(rules, inference_dx=lambda p: np.zeros_like(p.x))


@deviation(
    "inference-gradient-without-inverse",
    "forgets the inverse deviation in dx of inference mode",
    seen="soumith/cudnn.torch#244 (symptom: gradients of the wrong size)",
    regime=INFERENCE,
)
def inference_gradient_without_inverse(rules: Reference) -> Reference:
    return replace(rules, inference_dx=lambda p: rules.inference_dx(p) / p.inverse)


@deviation(
    "variance-is-inverse-in-inference",
    "takes the running variance for an inverse deviation in inference mode",
    seen="ROCm/rocm-libraries#2492",
    regime="inference with a running variance not 1",
)
def variance_is_inverse_in_inference(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: rules.inverse(p) if p.training else p.var)


def _second_derivative(rules: Reference, by_x: Stage) -> Reference:
    """Replace the second derivative by x; those by dy and gamma stay."""

    def double(p: Pass) -> tuple[Array, Array, Array]:
        _, by_dy, by_gamma = rules.double_backward(p)
        return by_x(p), by_dy, by_gamma

    return replace(rules, double_backward=double)


@deviation(
    "double-backward-statistics-as-constants",
    "takes the saved statistics as constants in the second derivative",
    seen="pytorch/pytorch#186779, #4422, #2264",
    regime="double backward with random dy (dy of ones hides it)",
)
def double_backward_statistics_as_constants(rules: Reference) -> Reference:
    def by_x(p: Pass) -> Array:
        m = p.rules.count(p)
        a, b = p.rules.total(p.xhat * p.dy, p), p.rules.total(p.xhat * p.w, p)
        return np.asarray(-p.gamma * p.inverse * p.inverse / m * (b * p.dy + a * p.w))

    return _second_derivative(rules, by_x)


@deviation(
    "double-backward-zero",
    "gives x no second derivative",
    seen="FluxML/NNlib.jl#757, PaddlePaddle/Paddle#27549",
    regime="double backward",
)
def double_backward_zero(rules: Reference) -> Reference:
    return _second_derivative(rules, lambda p: np.zeros_like(p.x))


@deviation(
    "jvp-statistics-as-constants",
    "takes the batch statistics as constants in forward mode",
    seen="pytorch/pytorch#196699",
    regime="forward-mode derivative along any tangent",
)
def jvp_statistics_as_constants(rules: Reference) -> Reference:
    return replace(rules, jvp=lambda p: p.gamma * p.inverse * p.dy)


@deviation(
    "jvp-missing-variance-term",
    "leaves the term of the batch variance out in forward mode",
    seen="constructed; sibling of pytorch/pytorch#196699",
    regime="forward-mode derivative along a random tangent",
)
def jvp_missing_variance_term(rules: Reference) -> Reference:
    def jvp(p: Pass) -> Array:
        mean = p.rules.total(p.dy, p) / p.rules.count(p)
        return np.asarray(p.gamma * p.inverse * (p.dy - mean))

    return replace(rules, jvp=jvp)


@deviation(
    "inference-backward-of-training-batch",
    "uses in the backward pass of inference what the training step before it kept",
    seen="constructed, after course solutions whose backward pass reads self.var in either mode",
    regime="a training step, then inference, forward and backward",
    unless=_UNLESS,
)
def inference_backward_of_training_batch(rules: Reference) -> Reference:
    def dx(p: Pass) -> Array:
        before = p.previous
        if before is None or not before.training:
            return rules.inference_dx(p)
        return rules.inference_dx(replace(p, inverse=before.inverse))

    return replace(rules, inference_dx=dx)


DEVIATIONS = (
    training_formula_in_inference,
    batch_statistics_in_inference_backward,
    inference_gradient_zero,
    inference_gradient_without_inverse,
    variance_is_inverse_in_inference,
    double_backward_statistics_as_constants,
    double_backward_zero,
    jvp_statistics_as_constants,
    jvp_missing_variance_term,
    inference_backward_of_training_batch,
)
