"""Ways of being wrong about where the running statistics are used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.reference import debiased_weight, new_weight, with_batch_statistics
from bncheck.model.formats import Array

deviation = family("running state")


@deviation(
    "batch-statistics-in-inference",
    "normalises with the batch statistics in inference mode",
    seen="apache/tvm#19574, onnx/onnx#8442, keras-team/keras#4762",
    regime="inference, running statistics away from the batch's",
)
def batch_statistics_in_inference(rules: Reference) -> Reference:
    def recall(p: Pass) -> tuple[Array, Array]:
        p = with_batch_statistics(p)
        return p.mean, p.var

    return replace(rules, recall=recall)


@deviation(
    "running-statistics-in-training",
    "normalises with the updated running statistics in training mode",
    seen="onnx/onnx#8442",
    regime="training, running statistics away from the batch's",
)
def running_statistics_in_training(rules: Reference) -> Reference:
    def with_running(p: Pass) -> Pass:
        return replace(p, mean=p.next_mean, var=p.next_var) if p.training else p

    return seeing(rules, with_running, "inverse", "normalize")


@deviation(
    "statistics-not-loaded",
    "normalises by mean 0 and variance 1 in inference mode, the running statistics not used",
    seen="FluxML/NNlib.jl#576",
    regime="inference with running statistics not 0 and 1",
)
def statistics_not_loaded(rules: Reference) -> Reference:
    def recall(p: Pass) -> tuple[Array, Array]:
        return np.zeros_like(p.running_mean), np.ones_like(p.running_var)

    return replace(rules, recall=recall)


@deviation(
    "running-var-starts-at-zero",
    "starts from a running variance of 0, whatever it was set to",
    seen="google-deepmind/dm-haiku#361",
    regime="inference before training, or the first step",
)
def running_var_starts_at_zero(rules: Reference) -> Reference:
    def started(p: Pass) -> Pass:
        return p if p.steps else replace(p, running_var=np.zeros_like(p.running_var))

    return seeing(rules, started, "recall", "update_variance")


@deviation(
    "debiased-at-zero",
    "divides the running statistics by 1 - (1 - momentum)^k in inference, 0 / 0 before training",
    seen="patrick-kidger/equinox#1010, tensorflow/tensorflow#14353",
    regime="inference, most of all before the first training step",
)
def debiased_at_zero(rules: Reference) -> Reference:
    def recall(p: Pass) -> tuple[Array, Array]:
        mean, var = rules.recall(p)
        a = p.momentum if p.momentum is not None else 1.0
        weight = np.asarray(1 - (1 - a) ** p.steps, p.x.dtype)
        return mean / weight, var / weight

    return replace(rules, recall=recall)


@deviation(
    "debiased-from-one",
    "corrects the running statistics for a start at 0, but starts the variance at 1",
    seen="patrick-kidger/equinox#955 and #1010, equinox 0.13.8 with mode='batch'",
    regime="the first training steps, most of all where a new batch weighs little",
)
def debiased_from_one(rules: Reference) -> Reference:
    # what is kept is d^t more than from 0, what is used d^t / (1 - d^t): as the weight of the
    # past in step t takes that of t - 1 to it, it need be added at the first step only
    def left(p: Pass) -> float:
        a = new_weight(p)
        return (1 - a) / a if a and p.momentum is not None and not p.steps else 0.0

    return replace(
        rules,
        weight=debiased_weight,
        update_variance=lambda p: rules.update_variance(p) + left(p),
    )


@deviation(
    "statistics-of-previous-batch",
    "normalises with the statistics of an earlier batch, from the second training step on",
    seen="constructed; asynchronous kernels: statistics of a step are read before they are written",
    regime="two training steps on one layer",
)
def statistics_of_previous_batch(rules: Reference) -> Reference:
    def before(p: Pass, name: str, own: Array) -> Array:
        old = p.previous
        return own if old is None or not old.training else np.asarray(getattr(old, name))

    def inverse(p: Pass) -> Array:
        if not p.training:
            return rules.inverse(p)
        return rules.inverse(replace(p, var=before(p, "var", p.var)))

    def normalize(p: Pass) -> Array:
        if not p.training:
            return rules.normalize(p)
        return rules.normalize(replace(p, mean=before(p, "mean", p.mean)))

    return replace(rules, inverse=inverse, normalize=normalize)


DEVIATIONS = (
    batch_statistics_in_inference,
    running_statistics_in_training,
    statistics_not_loaded,
    running_var_starts_at_zero,
    debiased_at_zero,
    debiased_from_one,
    statistics_of_previous_batch,
)
