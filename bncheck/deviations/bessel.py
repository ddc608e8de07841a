"""Ways of being wrong about Bessel's correction and the edges of the running statistics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import returning
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference, in_float16
from bncheck.deviations.stages import blend
from bncheck.model.formats import Array

deviation = family("running state")


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
    return returning(rules, lambda p, new: in_float16(new), "update_mean", "update_variance")


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
    "bessel-in-running-mean",
    "multiplies the batch mean by m / (m - 1), too, before it is averaged in",
    seen="chainer/chainer#334",
    regime="small m, mean not 0",
)
def bessel_in_running_mean(rules: Reference) -> Reference:
    def update(p: Pass) -> Array:
        return rules.update_mean(replace(p, mean=p.mean * (p.m / max(p.m - 1, 1))))

    return replace(rules, update_mean=update)


DEVIATIONS = (
    running_var_biased,
    bessel_at_one,
    bessel_with_batch_count,
    bessel_inverted,
    bessel_in_half,
    running_half,
    empty_batch_decays,
    bessel_in_running_mean,
)
