"""Ways of being wrong about the variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.reference import Change
from bncheck.model.formats import Array

deviation = family("variance and eps")


OFFSET = "float32 with |mean| / standard deviation near 1e4, or a constant channel far from 0"


def _square_mean(p: Pass) -> Array:
    return p.rules.total(p.x * p.x, p) / p.rules.count(p)


def _one_pass(p: Pass) -> Array:
    return np.asarray(_square_mean(p) - p.mean * p.mean)


@deviation(
    "unbiased-variance",
    "normalises with the unbiased variance (m - 1) in place of the biased one",
    seen="karpathy/nn-zero-to-hero#44",
    regime="small m, most of all m = 2",
)
def unbiased_variance(rules: Reference) -> Reference:
    return _unbiased(rules, lambda m: m / max(m - 1, 1))


@deviation(
    "unbiased-variance-at-one",
    "normalises with the unbiased variance (m - 1), which is 0 / 0 with one value per channel",
    seen="karpathy/nn-zero-to-hero#44; what numpy.var(ddof=1) and torch.var do",
    regime="small m, most of all m = 1 and 2",
)
def unbiased_variance_at_one(rules: Reference) -> Reference:
    return _unbiased(rules, lambda m: m / (m - 1) if m > 1 else float("nan"))


def _unbiased(rules: Reference, factor: Callable[[int], float]) -> Reference:
    return replace(
        rules,
        variance=lambda p: rules.variance(p) * factor(p.m),
        # self-consistent: the running variance is as it should be, the backward pass belongs
        # to the forward pass that was made
        bessel=lambda p: 1.0,
        variance_term=lambda p: rules.variance_term(p) * factor(p.m),
    )


@deviation(
    "one-pass-variance",
    "computes the variance as E[x^2] - E[x]^2, which cancels and may turn negative",
    seen="tenstorrent/tt-metal#45968, google/flax#1491, tensorflow/tensorflow#118701",
    regime=OFFSET,
)
def one_pass_variance(rules: Reference) -> Reference:
    return replace(rules, variance=_one_pass)


@deviation(
    "one-pass-variance-clamped",
    "computes the variance as max(E[x^2] - E[x]^2, 0): cancels, but hides the negative values",
    seen="aiUIUC/pyAIUtils#46, keras-team/keras-core#866, k2-fsa/sherpa-onnx#3857",
    regime=OFFSET,
)
def one_pass_variance_clamped(rules: Reference) -> Reference:
    return replace(rules, variance=lambda p: np.maximum(_one_pass(p), 0))


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
        return _one_pass(replace(moved, mean=rules.mean(moved)))

    return replace(rules, variance=lambda p: variance(p) if p.m else rules.variance(p))


@deviation(
    "variance-about-running-mean",
    "takes the batch variance about the running mean in place of the batch mean",
    seen="constructed; sibling of onnx/onnx#8442",
    regime="running mean away from the batch mean",
)
def variance_about_running_mean(rules: Reference) -> Reference:
    return seeing(rules, lambda p: replace(p, mean=p.running_mean), "variance")


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


def variance_floor(value: float) -> Change:
    """Raise the variance to at least this value before eps is added."""
    return lambda rules: seeing(
        rules, lambda p: replace(p, var=np.maximum(p.var, value)), "inverse"
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


@deviation(
    "fourth-root",
    "takes the root of the standard deviation: divides by (var + eps)^(1/4)",
    seen="constructed; course work: sqrt of a variable that already was the root",
    regime="variance not 1",
)
def fourth_root(rules: Reference) -> Reference:
    return replace(rules, inverse=lambda p: np.asarray(np.sqrt(rules.inverse(p))))


DEVIATIONS = (
    unbiased_variance,
    unbiased_variance_at_one,
    one_pass_variance,
    one_pass_variance_clamped,
    shifted_variance,
    variance_about_running_mean,
    variance_not_centred,
    variance_not_averaged,
    mean_absolute_deviation,
    *VARIANCE_FLOORS,
    fourth_root,
)
