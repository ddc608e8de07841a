"""Ways of being wrong about what enters the running statistics, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.reference import with_batch_statistics
from bncheck.model.formats import Array

deviation = family("running state")


STEP = "one training step"


def _from_variance(rules: Reference, change: Callable[[Pass], Array]) -> Reference:
    """Let another quantity than the batch variance enter the running variance."""
    return seeing(rules, lambda p: replace(p, var=change(p)), "update_variance")


def _skipped(rules: Reference, when: Callable[[Pass], bool]) -> Reference:
    """Leave the running statistics as they are at some steps."""
    return replace(
        rules,
        update_mean=lambda p: p.running_mean if when(p) else rules.update_mean(p),
        update_variance=lambda p: p.running_var if when(p) else rules.update_variance(p),
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
    "running-var-plus-1e-5",
    "adds 1e-5 to the batch variance before it is stored, whatever eps is",
    seen="chainer/chainer#4505, with an update that is not given eps",
    regime="variance not far above 1e-5",
)
def running_var_plus_a_number(rules: Reference) -> Reference:
    return _from_variance(rules, lambda p: p.var + 1e-5)


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
    "running-var-about-running-mean",
    "averages the squares about the updated running mean into the running variance",
    seen="constructed; sibling of onnx/onnx#8442: moments that are tracked online",
    regime="running mean away from the batch mean",
)
def running_var_about_running_mean(rules: Reference) -> Reference:
    return _from_variance(rules, lambda p: p.var + (p.mean - rules.update_mean(p)) ** 2)


@deviation(
    "running-var-about-old-running-mean",
    "averages the squares about the running mean before the step into the running variance",
    seen="constructed; sibling of onnx/onnx#8442: moments that are tracked online",
    regime="running mean away from the batch mean",
)
def running_var_about_old_running_mean(rules: Reference) -> Reference:
    return _from_variance(rules, lambda p: p.var + (p.mean - p.running_mean) ** 2)


@deviation(
    "never-updated",
    "never updates the running statistics",
    seen="paiml/aprender#2166, keras-team/keras-core#339, HomericIntelligence/Odyssey#5532",
    regime=STEP,
)
def never_updated(rules: Reference) -> Reference:
    return _skipped(rules, lambda p: True)


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

    return seeing(rules, once, "update_mean", "update_variance")


@deviation(
    "updated-every-other-step",
    "updates the running statistics at every other step only",
    seen="torchgan/torchgan#146",
    regime="two training steps",
)
def updated_every_other_step(rules: Reference) -> Reference:
    return _skipped(rules, lambda p: p.steps % 2 == 1)


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
        p = with_batch_statistics(p)
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

    return _skipped(rules, default)


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

    return seeing(rules, clobbered, "affine", "saved")


DEVIATIONS = (
    running_var_plus_eps,
    running_var_plus_a_number,
    running_var_minus_eps,
    running_std,
    running_inverse,
    running_second_moment,
    running_var_about_running_mean,
    running_var_about_old_running_mean,
    never_updated,
    running_var_never_updated,
    updated_twice,
    updated_every_other_step,
    updated_one_step_late,
    updated_in_inference,
    update_skipped_when_affine_is_default,
    updated_in_place_first,
)
