"""Ways of being wrong about the running statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from bncheck.deviations import entry
from bncheck.deviations.reference import Pass, Reference
from bncheck.deviations.stages import blend
from bncheck.formats import Array

deviation = partial(entry.deviation, family="running state")

STEP = "one training step"


def _from_variance(rules: Reference, change: Callable[[Pass], Array]) -> Reference:
    """Let another quantity than the batch variance enter the running variance."""
    return replace(
        rules, update_variance=lambda p: rules.update_variance(replace(p, var=change(p)))
    )


def _with_weight(rules: Reference, weight: Callable[[float], float]) -> Reference:
    return replace(rules, weight=lambda p: weight(rules.weight(p)))


def _weighing(rules: Reference, weight: Callable[[float], float]) -> Callable[[Pass], Pass]:
    """Change the weight seen by whatever stage is given the returned pass."""
    return lambda p: replace(p, rules=_with_weight(p.rules, weight))


@deviation(
    "running-var-biased",
    "stores the biased batch variance, though the unbiased one is promised",
    seen="pytorch/pytorch#3122, ml-explore/mlx#3817, tinygrad/tinygrad#774",
    regime="small m",
    legitimate=True,
)
def running_var_biased(rules: Reference) -> Reference:
    return replace(rules, bessel=lambda p: 1.0)


@deviation(
    "momentum-inverted",
    "lets momentum weigh the old statistics, though it is promised to weigh the new",
    seen="PaddlePaddle/Paddle#51120, bonlime/pytorch-tools#97, Oneflow-Inc/oneflow#6055",
    regime="momentum not 1/2",
    legitimate=True,
)
def momentum_inverted(rules: Reference) -> Reference:
    return replace(
        rules,
        weight=lambda p: rules.weight(p) if p.momentum is None else 1 - rules.weight(p),
    )


@deviation(
    "momentum-mixed",
    "lets momentum weigh the new mean but the old variance",
    seen="constructed; sibling of pytorch/pytorch#18525",
    regime="momentum not 1/2",
)
def momentum_mixed(rules: Reference) -> Reference:
    turned = _weighing(rules, lambda a: 1 - a)

    def update(p: Pass) -> Array:
        return rules.update_variance(p if p.momentum is None else turned(p))

    return replace(rules, update_variance=update)


@deviation(
    "old-state-dropped",
    "drops the old running statistics at every step, as with momentum 1",
    seen="pytorch/pytorch#18525, ROCm/tensorflow-upstream#1143",
    regime="momentum below 1",
)
def old_state_dropped(rules: Reference) -> Reference:
    return _with_weight(rules, lambda a: 1.0)


@deviation(
    "momentum-zero-is-default",
    "takes a momentum of 0 as not given, so as 0.1",
    seen="constructed; `momentum or 0.1`",
    regime="momentum 0",
)
def momentum_zero_is_default(rules: Reference) -> Reference:
    return _with_weight(rules, lambda a: a or 0.1)


@deviation(
    "momentum-hard-coded",
    "uses a momentum of 0.1, whatever was asked for",
    seen="constructed; sibling of pytorch/pytorch#18525",
    regime="any momentum but 0.1, None too",
)
def momentum_hard_coded(rules: Reference) -> Reference:
    return _with_weight(rules, lambda a: 0.1)


@deviation(
    "cumulative-off-by-one",
    "weighs the k-th batch of a cumulative average by 1/(k + 1)",
    seen="pytorch/pytorch#110361 (the count of batches lost)",
    regime="momentum None",
)
def cumulative_off_by_one(rules: Reference) -> Reference:
    return replace(
        rules,
        weight=lambda p: rules.weight(replace(p, steps=p.steps + 1)),
    )


@deviation(
    "running-var-plus-eps",
    "adds eps to the batch variance before it is stored",
    seen="chainer/chainer#4505, nntrainer/nntrainer#677, flagos-ai/FlagGems#4955",
    regime="eps not negligible against the variance",
)
def running_var_plus_eps(rules: Reference) -> Reference:
    return _from_variance(rules, lambda p: p.var + p.eps)


@deviation(
    "running-var-minus-eps",
    "takes eps off the batch variance before it is stored: may turn negative",
    seen="facebookresearch/detectron2#3160, shicai/MobileNet-Caffe#87",
    regime="variance below eps",
)
def running_var_minus_eps(rules: Reference) -> Reference:
    return _from_variance(rules, lambda p: p.var - p.eps)


@deviation(
    "running-std",
    "stores the standard deviation as if it were the variance",
    seen="torch/nn#567, Lasagne/Lasagne#853",
    regime="variance not 1",
)
def running_std(rules: Reference) -> Reference:
    return _from_variance(rules, lambda p: np.sqrt(p.var))


@deviation(
    "running-inverse",
    "stores the inverse deviation as if it were the variance",
    seen="Lasagne/Lasagne#878, torch/nn#567",
    regime="variance not 1",
)
def running_inverse(rules: Reference) -> Reference:
    return _from_variance(rules, lambda p: 1 / np.sqrt(p.var + p.eps))


@deviation(
    "running-second-moment",
    "stores E[x^2] as the running variance",
    seen="BVLC/caffe#3299, #4704",
    regime="mean not 0",
)
def running_second_moment(rules: Reference) -> Reference:
    return _from_variance(rules, lambda p: p.var + p.mean * p.mean)


@deviation(
    "never-updated",
    "never updates the running statistics",
    seen="paiml/aprender#2166, keras-team/keras-core#339, HomericIntelligence/Odyssey#5532",
    regime=STEP,
)
def never_updated(rules: Reference) -> Reference:
    return replace(
        rules,
        update_mean=lambda p: p.running_mean,
        update_variance=lambda p: p.running_var,
    )


@deviation(
    "running-var-never-updated",
    "updates the running mean only",
    seen="keras-team/keras-core#339",
    regime=STEP,
)
def running_var_never_updated(rules: Reference) -> Reference:
    return replace(rules, update_variance=lambda p: p.running_var)


@deviation(
    "updated-twice",
    "updates the running statistics twice at every step",
    seen="pytorch/pytorch#96136, #62471, facebookresearch/fairscale#1035",
    regime=STEP,
)
def updated_twice(rules: Reference) -> Reference:
    def once(p: Pass) -> Pass:
        mean, var = rules.update_mean(p), rules.update_variance(p)
        return replace(p, running_mean=mean, running_var=var)

    return replace(
        rules,
        update_mean=lambda p: rules.update_mean(once(p)),
        update_variance=lambda p: rules.update_variance(once(p)),
    )


@deviation(
    "updated-every-other-step",
    "updates the running statistics at every other step only",
    seen="torchgan/torchgan#146",
    regime="two training steps",
)
def updated_every_other_step(rules: Reference) -> Reference:
    return replace(
        rules,
        update_mean=lambda p: p.running_mean if p.steps % 2 else rules.update_mean(p),
        update_variance=lambda p: p.running_var if p.steps % 2 else rules.update_variance(p),
    )


@deviation(
    "updated-one-step-late",
    "stores the statistics of the batch before",
    seen="ml-explore/mlx#1960",
    regime=STEP,
)
def updated_one_step_late(rules: Reference) -> Reference:
    def late(p: Pass) -> Pass | None:
        old = p.previous
        if old is None or not old.training:
            return None
        return replace(p, mean=old.mean, var=old.var, x=old.x)

    def mean(p: Pass) -> Array:
        old = late(p)
        return p.running_mean if old is None else rules.update_mean(old)

    def variance(p: Pass) -> Array:
        old = late(p)
        return p.running_var if old is None else rules.update_variance(old)

    return replace(rules, update_mean=mean, update_variance=variance)


@deviation(
    "updated-in-inference",
    "updates the running statistics in inference mode too",
    seen="FluxML/Flux.jl#1429, pytorch/pytorch#20967, keras-team/keras#4762",
    regime="one inference pass",
)
def updated_in_inference(rules: Reference) -> Reference:
    def update(p: Pass) -> tuple[Array, Array]:
        p = replace(p, mean=p.rules.mean(p))
        p = replace(p, var=p.rules.variance(p))
        return p.rules.update_mean(p), p.rules.update_variance(p)

    return replace(rules, inference_update=update)


@deviation(
    "update-skipped-when-affine-is-default",
    "does not update the running statistics where gamma is 1 and beta is 0",
    seen="apache/mxnet#18673",
    regime="gamma = 1 and beta = 0 in every channel",
)
def update_skipped_when_affine_is_default(rules: Reference) -> Reference:
    def default(p: Pass) -> bool:
        return bool(np.all(p.gamma == 1) and np.all(p.beta == 0))

    return replace(
        rules,
        update_mean=lambda p: p.running_mean if default(p) else rules.update_mean(p),
        update_variance=lambda p: p.running_var if default(p) else rules.update_variance(p),
    )


@deviation(
    "updated-in-place-first",
    "updates the running statistics in place before normalising: gamma or beta change with them "
    "where they are the same array",
    seen="microsoft/onnxruntime#29790, #29878, tenstorrent/tt-metal#45578",
    regime="gamma and the running variance (or beta and the running mean) are one array",
)
def updated_in_place_first(rules: Reference) -> Reference:
    def clobbered(p: Pass) -> Pass:
        case = p.case
        gamma = p.next_var if np.shares_memory(case.gamma, case.running_var) else p.gamma
        beta = p.next_mean if np.shares_memory(case.beta, case.running_mean) else p.beta
        return replace(p, gamma=gamma, beta=beta)

    return replace(
        rules,
        affine=lambda p: rules.affine(clobbered(p)),
        saved=lambda p: rules.saved(clobbered(p)),
    )


@deviation(
    "bessel-at-one",
    "applies m / (m - 1) at m = 1: 0 times infinity",
    seen="pytorch/pytorch#1381, FluxML/Flux.jl#1992, tensorflow/tensorflow#34062",
    regime="one value per channel",
)
def bessel_at_one(rules: Reference) -> Reference:
    def update(p: Pass) -> Array:
        if p.m != 1:
            return rules.update_variance(p)
        return blend(p, p.running_var, p.var * np.inf)

    return replace(rules, update_variance=update)


@deviation(
    "bessel-with-batch-count",
    "corrects the running variance by N / (N - 1), the positions forgotten",
    seen="tinygrad/tinygrad#807, BVLC/caffe#3299",
    regime="rank 3 to 5 with more than one position",
)
def bessel_with_batch_count(rules: Reference) -> Reference:
    def factor(p: Pass) -> float:
        n: int = p.given.shape[0]
        return n / max(n - 1, 1)

    return replace(rules, bessel=factor)


@deviation(
    "bessel-inverted",
    "corrects the running variance by (m - 1) / m",
    seen="constructed; sibling of tinygrad/tinygrad#774",
    regime="small m",
)
def bessel_inverted(rules: Reference) -> Reference:
    return replace(rules, bessel=lambda p: 1 / rules.bessel(p))


@deviation(
    "bessel-in-half",
    "computes m / (m - 1) in float16: rounded, and infinite over infinite above m = 65504",
    seen="tensorflow/tensorflow#30230",
    regime="m from 3 on, most of all m > 2048",
)
def bessel_in_half(rules: Reference) -> Reference:
    def factor(p: Pass) -> float:
        m = np.float16(p.m)
        return float(m / (m - np.float16(1)))

    return replace(rules, bessel=factor)


@deviation(
    "running-half",
    "keeps the running statistics in float16, where small updates are lost",
    seen="apple/coreai-torch#54, pytorch/pytorch#70901",
    regime="one training step; fifty of them with a small momentum",
)
def running_half(rules: Reference) -> Reference:
    def narrow(values: Array) -> Array:
        return values.astype(np.float16).astype(values.dtype)

    return replace(
        rules,
        update_mean=lambda p: narrow(rules.update_mean(p)),
        update_variance=lambda p: narrow(rules.update_variance(p)),
    )


@deviation(
    "empty-batch-decays",
    "counts an empty batch as a batch of zeros in the running statistics",
    seen="pytorch/pytorch#12013, #120882, google-deepmind/sonnet#125",
    regime="an empty batch",
)
def empty_batch_decays(rules: Reference) -> Reference:
    return replace(
        rules,
        update_mean=lambda p: rules.update_mean(p) if p.m else blend(p, p.running_mean, p.mean),
        update_variance=lambda p: (
            rules.update_variance(p) if p.m else blend(p, p.running_var, p.var)
        ),
    )


@deviation(
    "batch-statistics-in-inference",
    "normalises with the batch statistics in inference mode",
    seen="apache/tvm#19574, onnx/onnx#8442, keras-team/keras#4762",
    regime="inference, running statistics away from the batch's",
)
def batch_statistics_in_inference(rules: Reference) -> Reference:
    def recall(p: Pass) -> tuple[Array, Array]:
        p = replace(p, mean=p.rules.mean(p))
        return p.mean, p.rules.variance(p)

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

    return replace(
        rules,
        inverse=lambda p: rules.inverse(with_running(p)),
        normalize=lambda p: rules.normalize(with_running(p)),
    )


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

    return replace(
        rules,
        recall=lambda p: rules.recall(started(p)),
        update_variance=lambda p: rules.update_variance(started(p)),
    )


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


DEVIATIONS = (
    running_var_biased,
    momentum_inverted,
    momentum_mixed,
    old_state_dropped,
    momentum_zero_is_default,
    momentum_hard_coded,
    cumulative_off_by_one,
    running_var_plus_eps,
    running_var_minus_eps,
    running_std,
    running_inverse,
    running_second_moment,
    never_updated,
    running_var_never_updated,
    updated_twice,
    updated_every_other_step,
    updated_one_step_late,
    updated_in_inference,
    update_skipped_when_affine_is_default,
    updated_in_place_first,
    bessel_at_one,
    bessel_with_batch_count,
    bessel_inverted,
    bessel_in_half,
    running_half,
    empty_batch_decays,
    batch_statistics_in_inference,
    running_statistics_in_training,
    statistics_not_loaded,
    running_var_starts_at_zero,
    debiased_at_zero,
)
