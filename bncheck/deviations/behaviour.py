"""Ways of being wrong that are no formula: what is done to the caller's arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Reference
from bncheck.deviations.wrapping import after_train, on_backward, on_train
from bncheck.model import Case, Gradients, Layer
from bncheck.model.arrays import per_channel
from bncheck.model.formats import Array

deviation = family("behaviour")


@deviation(
    "mutates-input",
    "takes the mean off x in place, in the caller's array",
    seen="davidmascharka/MyNN#32",
    regime="x with a mean not 0",
)
def mutates_input(rules: Reference) -> Reference:
    def centre(layer: Layer, case: Case, x: Array) -> None:
        if x.flags.writeable and x.size:
            mean = x.mean(axis=(0, *range(2, x.ndim)), dtype=np.float64)
            x -= per_channel(mean, x.ndim).astype(x.dtype)

    return after_train(rules, centre)


@deviation(
    "output-in-place",
    "writes y over x and returns x itself",
    seen="constructed; sibling of mapillary/inplace_abn#155",
    regime="any batch",
)
def output_in_place(rules: Reference) -> Reference:
    def train(layer: Layer, case: Case, x: Array) -> Array:
        y = layer.train(x)
        if not x.flags.writeable:
            return y
        x[...] = y
        return x

    return on_train(rules, train)


@deviation(
    "mutates-cotangent",
    "multiplies dy by gamma in place, in the caller's array",
    seen="mapillary/inplace_abn#155",
    regime="backward with gamma not 1",
)
def mutates_cotangent(rules: Reference) -> Reference:
    def backward(inner: Callable[[Array], Gradients], case: Case, dy: Array) -> Gradients:
        gradients = inner(dy)
        if dy.flags.writeable:
            dy *= per_channel(case.gamma, dy.ndim).astype(dy.dtype)
        return gradients

    return on_backward(rules, backward)


@deviation(
    "mutates-parameters",
    "sets gamma to 1 in place, in the caller's array, after it was used",
    seen="apache/mxnet#9624, #3037",
    regime="gamma not 1",
)
def mutates_parameters(rules: Reference) -> Reference:
    def set_to_one(layer: Layer, case: Case, x: Array) -> None:
        if case.gamma.flags.writeable:
            case.gamma[...] = 1

    return after_train(rules, set_to_one)


@deviation(
    "mutates-running-statistics",
    "writes the new running statistics into the arrays that it was given",
    seen="microsoft/onnxruntime#29790, tenstorrent/tt-metal#45578",
    regime="one training step",
)
def mutates_running_statistics(rules: Reference) -> Reference:
    def write(layer: Layer, case: Case, x: Array) -> None:
        if layer.state is not None and case.running_mean.flags.writeable:
            state = layer.state()
            case.running_mean[...], case.running_var[...] = state.mean, state.var

    return after_train(rules, write)


@deviation(
    "gradient-in-place",
    "writes dx over dy, in the caller's array, and returns it",
    seen="mapillary/inplace_abn#155",
    regime="backward",
)
def gradient_in_place(rules: Reference) -> Reference:
    def backward(inner: Callable[[Array], Gradients], case: Case, dy: Array) -> Gradients:
        gradients = inner(dy)
        if not dy.flags.writeable:
            return gradients
        dy[...] = gradients.dx
        return replace(gradients, dx=dy)

    return on_backward(rules, backward)


DEVIATIONS = (
    mutates_input,
    output_in_place,
    mutates_cotangent,
    mutates_parameters,
    mutates_running_statistics,
    gradient_in_place,
)
