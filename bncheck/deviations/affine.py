"""Ways of being wrong about gamma, beta and the output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import returning, seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.model.formats import Array

deviation = family("affine")


def with_gamma(
    rules: Reference, use: Callable[[Pass], Array], slope: Callable[[Pass], Array]
) -> Reference:
    """Use another gamma in both directions; ``slope`` is its derivative by the given one."""

    users = ("affine", "dx", "inference_dx", "jvp", "double_backward")
    other = seeing(rules, lambda p: replace(p, gamma=use(p)), *users)
    return returning(other, lambda p, dgamma: slope(p) * dgamma, "dgamma")


@deviation(
    "gamma-ignored",
    "takes gamma as 1 and gives it no gradient",
    seen="apache/mxnet#9624, #12899, #1061, #3037",
    regime="gamma not 1",
)
def gamma_ignored(rules: Reference) -> Reference:
    return with_gamma(rules, lambda p: np.ones_like(p.gamma), lambda p: np.zeros_like(p.gamma))


@deviation(
    "gamma-absolute",
    "uses |gamma|",
    seen="mapillary/inplace_abn#92, #114",
    regime="gamma below 0",
)
def gamma_absolute(rules: Reference) -> Reference:
    return with_gamma(rules, lambda p: np.abs(p.gamma), lambda p: np.sign(p.gamma))


@deviation(
    "gamma-absolute-plus-eps",
    "uses |gamma| + eps",
    seen="mapillary/inplace_abn#92, #114",
    regime="gamma below 0 or of the size of eps",
)
def gamma_absolute_plus_eps(rules: Reference) -> Reference:
    return with_gamma(rules, lambda p: np.abs(p.gamma) + p.eps, lambda p: np.sign(p.gamma))


@deviation(
    "gamma-zero-is-one",
    "takes a gamma of 0 as not given, so as 1",
    seen="constructed; sibling of LeelaChessZero/lc0#779",
    regime="gamma = 0",
)
def gamma_zero_is_one(rules: Reference) -> Reference:
    return with_gamma(
        rules, lambda p: np.where(p.gamma == 0, 1, p.gamma), lambda p: np.ones_like(p.gamma)
    )


@deviation(
    "gamma-plus-one",
    "uses 1 + gamma: a parametrisation that starts at 0, given parameters that start at 1",
    seen="constructed; parameters moved between two parametrisations",
    regime="any gamma",
)
def gamma_plus_one(rules: Reference) -> Reference:
    return with_gamma(rules, lambda p: 1 + p.gamma, lambda p: np.ones_like(p.gamma))


@deviation(
    "gamma-of-first-channel",
    "uses the first channel's gamma for all channels",
    seen="constructed; sibling of pytorch/pytorch#180995 (scale broadcast on a wrong axis)",
    regime="channels whose gammas differ",
)
def gamma_of_first_channel(rules: Reference) -> Reference:
    return seeing(rules, lambda p: replace(p, gamma=p.gamma[:1]), "affine")


@deviation(
    "beta-before-gamma",
    "adds beta before it multiplies by gamma",
    seen="tensorpack/tensorpack#360 (order of the affine steps)",
    regime="gamma not 1 and beta not 0",
)
def beta_before_gamma(rules: Reference) -> Reference:
    return replace(rules, affine=lambda p: p.gamma * (p.xhat + p.beta))


def _without_beta(p: Pass) -> Pass:
    return replace(p, beta=np.zeros_like(p.beta))


@deviation(
    "beta-ignored",
    "leaves beta out of the output",
    seen="nntrainer/nntrainer#771, jiazhihao/TASO#47",
    regime="beta not 0",
)
def beta_ignored(rules: Reference) -> Reference:
    return seeing(rules, _without_beta, "affine")


@deviation(
    "beta-ignored-in-inference",
    "leaves beta out of the output in inference mode",
    seen="nntrainer/nntrainer#771",
    regime="inference with beta not 0",
)
def beta_ignored_in_inference(rules: Reference) -> Reference:
    return seeing(rules, lambda p: p if p.training else _without_beta(p), "affine")


@deviation(
    "fold-drops-shift",
    "folds inference into a scale, and drops the shift by the running mean",
    seen="jiazhihao/TASO#47, ultralytics/yolov3#807, tenstorrent/tt-metal#5317",
    regime="inference with a running mean not 0",
)
def fold_drops_shift(rules: Reference) -> Reference:
    def dropped(p: Pass) -> Pass:
        return p if p.training else replace(p, mean=np.zeros_like(p.mean))

    return seeing(rules, dropped, "normalize")


@deviation(
    "output-clipped",
    "clips y to [-3, 3], as if normalised values could not be larger",
    seen="constructed; |xhat| may reach sqrt(m - 1)",
    regime="m > 10 with one outlier, or a large gamma or beta",
)
def output_clipped(rules: Reference) -> Reference:
    return replace(rules, finish=lambda p: np.clip(rules.finish(p), -3, 3))


DEVIATIONS = (
    gamma_ignored,
    gamma_absolute,
    gamma_absolute_plus_eps,
    gamma_zero_is_one,
    gamma_plus_one,
    gamma_of_first_channel,
    beta_before_gamma,
    beta_ignored,
    beta_ignored_in_inference,
    fold_drops_shift,
    output_clipped,
)
