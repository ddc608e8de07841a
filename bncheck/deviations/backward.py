"""Ways of being wrong about the gradients of training mode (and `inference` about the rest)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from bncheck.deviations import entry
from bncheck.deviations.reference import Pass, Reference, accumulating, renormalized
from bncheck.formats import Array

deviation = partial(entry.deviation, family="backward")

ANY = "any random dy (a constant dy hides it), channels of any scale"


@deviation(
    "statistics-as-constants",
    "takes the batch statistics as constants: dx = gamma inv dy",
    seen="facebookresearch/CrypTen#143, deeplearning4j/deeplearning4j#8379",
    regime="any dy, a constant one too",
)
def statistics_as_constants(rules: Reference) -> Reference:
    return replace(rules, dx=lambda p: p.gamma * p.inverse * p.dy)


@deviation(
    "missing-variance-term",
    "leaves the term of the batch variance out of dx",
    seen="BVLC/caffe#1891, ROCm/MIOpen#104",
    regime=ANY,
)
def missing_variance_term(rules: Reference) -> Reference:
    return replace(rules, variance_term=lambda p: np.zeros_like(p.x))


@deviation(
    "missing-mean-term",
    "leaves the term of the batch mean out of dx",
    seen="deeplearning4j/deeplearning4j#1536",
    regime="dy whose mean is not 0",
)
def missing_mean_term(rules: Reference) -> Reference:
    return replace(rules, mean_term=lambda p: np.zeros_like(p.x))


@deviation(
    "variance-term-sign",
    "adds the term of the batch variance to dx in place of taking it off",
    seen="constructed; sibling of ROCm/MIOpen#104",
    regime=ANY,
)
def variance_term_sign(rules: Reference) -> Reference:
    return replace(rules, variance_term=lambda p: -rules.variance_term(p))


@deviation(
    "mean-term-sign",
    "adds the term of the batch mean to dx in place of taking it off",
    seen="constructed; sibling of ROCm/MIOpen#104",
    regime="dy whose mean is not 0",
)
def mean_term_sign(rules: Reference) -> Reference:
    return replace(rules, mean_term=lambda p: -rules.mean_term(p))


@deviation(
    "variance-term-halved",
    "loses the factor 2 of the derivative of the square",
    seen="constructed from Ioffe & Szegedy 2015, section 3",
    regime=ANY,
)
def variance_term_halved(rules: Reference) -> Reference:
    return replace(rules, variance_term=lambda p: rules.variance_term(p) / 2)


@deviation(
    "variance-term-power",
    "uses (var + eps)^-1 for the (var + eps)^(-3/2) of the derivative by the variance",
    seen="constructed from Ioffe & Szegedy 2015, section 3",
    regime="variance not 1",
)
def variance_term_power(rules: Reference) -> Reference:
    return replace(rules, variance_term=lambda p: rules.variance_term(p) / p.inverse)


@deviation(
    "means-not-divided",
    "sums in the two terms of dx where it should average",
    seen="constructed from Ioffe & Szegedy 2015, section 3",
    regime="m > 1",
)
def means_not_divided(rules: Reference) -> Reference:
    return replace(rules, backward_count=lambda p: 1.0)


@deviation(
    "missing-gamma",
    "forgets gamma in dx",
    seen="denizyuret/Knet.jl#288, #289",
    regime="gamma not 1",
)
def missing_gamma(rules: Reference) -> Reference:
    def without(p: Pass) -> Pass:
        return replace(p, gamma=np.ones_like(p.gamma))

    return replace(
        rules,
        dx=lambda p: rules.dx(without(p)),
        inference_dx=lambda p: rules.inference_dx(without(p)),
    )


@deviation(
    "gamma-twice",
    "multiplies dx by gamma twice",
    seen="constructed; sibling of denizyuret/Knet.jl#288",
    regime="gamma not 1",
)
def gamma_twice(rules: Reference) -> Reference:
    return replace(
        rules,
        dx=lambda p: p.gamma * rules.dx(p),
        inference_dx=lambda p: p.gamma * rules.inference_dx(p),
    )


@deviation(
    "missing-inverse",
    "forgets the inverse deviation in dx",
    seen="constructed from Ioffe & Szegedy 2015, section 3",
    regime="variance not 1",
)
def missing_inverse(rules: Reference) -> Reference:
    return replace(
        rules,
        dx=lambda p: rules.dx(p) / p.inverse,
        inference_dx=lambda p: rules.inference_dx(p) / p.inverse,
    )


@deviation(
    "bessel-in-backward",
    "divides by m - 1 in the backward pass",
    seen="constructed; sibling of karpathy/nn-zero-to-hero#44",
    regime="small m",
)
def bessel_in_backward(rules: Reference) -> Reference:
    return replace(rules, backward_count=lambda p: max(rules.backward_count(p) - 1, 1))


@deviation(
    "count-without-spatial",
    "divides by N in the backward pass, the positions forgotten",
    seen="constructed; sibling of tinygrad/tinygrad#774",
    regime="rank 3 to 5 with more than one position",
)
def count_without_spatial(rules: Reference) -> Reference:
    return replace(rules, backward_count=lambda p: max(p.given.shape[0], 1))


@deviation(
    "mean-term-extra",
    "adds a term of order 1/m^2 to the derivative by the mean",
    seen="mlpack/mlpack#2474, pjreddie/darknet#1723 (attempts at the vanishing term)",
    regime="small m, random dy",
)
def mean_term_extra(rules: Reference) -> Reference:
    def extra(p: Pass) -> Array:
        m = p.rules.backward_count(p)
        return rules.mean_term(p) - p.rules.total(p.dy * p.xhat, p) / m**2

    return replace(rules, mean_term=extra)


@deviation(
    "dgamma-averaged",
    "averages the gradients of gamma and beta over the m values in place of summing",
    seen="constructed; sibling of tensorflow/tensorflow#14676",
    regime="m > 1",
)
def dgamma_averaged(rules: Reference) -> Reference:
    return replace(
        rules,
        dgamma=lambda p: rules.dgamma(p) / p.rules.backward_count(p),
        dbeta=lambda p: rules.dbeta(p) / p.rules.backward_count(p),
    )


@deviation(
    "dgamma-from-y",
    "computes dgamma with the output y in place of xhat",
    seen="constructed; right for gamma = 1, beta = 0",
    regime="gamma not 1 or beta not 0",
)
def dgamma_from_y(rules: Reference) -> Reference:
    return replace(rules, dgamma=lambda p: rules.dgamma(replace(p, xhat=p.y)))


@deviation(
    "dgamma-not-centred",
    "computes dgamma with x times the inverse deviation, the mean not taken off",
    seen="constructed from Ioffe & Szegedy 2015, section 3",
    regime="mean not 0 and sum of dy not 0",
)
def dgamma_not_centred(rules: Reference) -> Reference:
    return replace(rules, dgamma=lambda p: rules.dgamma(replace(p, xhat=p.x * p.inverse)))


@deviation(
    "dgamma-times-deviation",
    "computes dgamma with (x - mean) multiplied, not divided, by the standard deviation",
    seen="tensorflow/tensorflow#14676 (the formula as documented)",
    regime="variance not 1",
)
def dgamma_times_deviation(rules: Reference) -> Reference:
    return replace(rules, dgamma=lambda p: rules.dgamma(p) / (p.inverse * p.inverse))


@deviation(
    "dgamma-zero",
    "gives gamma and beta no gradient",
    seen="paiml/aprender#2200, deeplearning4j/deeplearning4j#8623",
    regime="any dy",
)
def dgamma_zero(rules: Reference) -> Reference:
    return replace(
        rules,
        dgamma=lambda p: np.zeros_like(p.gamma),
        dbeta=lambda p: np.zeros_like(p.beta),
    )


@deviation(
    "dbeta-scaled",
    "multiplies dbeta by gamma",
    seen="constructed; sibling of apache/mxnet#18492",
    regime="gamma not 1",
)
def dbeta_scaled(rules: Reference) -> Reference:
    return replace(rules, dbeta=lambda p: rules.dbeta(p) * p.gamma)


@deviation(
    "gradient-flushed",
    "takes |dy| below 1e-6 as 0 in dgamma, so that dgamma is not linear in dy",
    seen="tensorflow/tensorflow#107705 (unconfirmed there)",
    regime="dy scaled by 1e-8",
)
def gradient_flushed(rules: Reference) -> Reference:
    def flushed(p: Pass) -> Pass:
        return replace(p, dy=np.where(np.abs(p.dy) < 1e-6, 0, p.dy))

    return replace(rules, dgamma=lambda p: rules.dgamma(flushed(p)))


@deviation(
    "xhat-from-output",
    "recovers xhat as (y - beta) / gamma in the backward pass: 0 / 0 at gamma = 0",
    seen="mapillary/inplace_abn#4, #172, pytorch/pytorch#77434",
    regime="gamma of 0, or small against beta",
)
def xhat_from_output(rules: Reference) -> Reference:
    return replace(rules, saved=lambda p: rules.saved(replace(p, xhat=(p.y - p.beta) / p.gamma)))


@deviation(
    "stale-cache",
    "uses what an earlier forward pass had saved",
    seen="constructed; sibling of pytorch/pytorch#2264",
    regime="two forward passes of one shape, then backward",
)
def stale_cache(rules: Reference) -> Reference:
    def saved(p: Pass) -> Pass:
        old = p.previous
        fits = old is not None and old.given.shape == p.given.shape
        return rules.saved(replace(old, dy=p.dy) if old is not None and fits else p)

    return replace(rules, saved=saved)


@deviation(
    "eps-differs-in-backward",
    "leaves eps out in the backward pass only",
    seen="chainer/chainer#4191, pjreddie/darknet#1723",
    regime="eps not negligible against the variance",
)
def eps_differs_in_backward(rules: Reference) -> Reference:
    def saved(p: Pass) -> Pass:
        return rules.saved(renormalized(p, eps=0.0) if p.training else p)

    return replace(rules, saved=saved)


@deviation(
    "inverse-as-variance",
    "takes the saved inverse deviation for a variance in the backward pass",
    seen="flagos-ai/FlagGems#5222, #5223, pytorch/pytorch#94351",
    regime="variance not 1",
)
def inverse_as_variance(rules: Reference) -> Reference:
    def saved(p: Pass) -> Pass:
        return rules.saved(renormalized(p, var=p.inverse) if p.training else p)

    return replace(rules, saved=saved)


@deviation(
    "running-variance-in-backward",
    "uses the running variance in the backward pass of training mode",
    seen="constructed; sibling of torch/nn#615",
    regime="running variance away from the batch variance",
)
def running_variance_in_backward(rules: Reference) -> Reference:
    def saved(p: Pass) -> Pass:
        if not p.training:
            return rules.saved(p)
        # xhat stays as it was saved; only the inverse deviation is made anew
        other = renormalized(p, var=p.next_var)
        return rules.saved(replace(other, xhat=p.xhat))

    return replace(rules, saved=saved)


@deviation(
    "gradients-overwritten",
    "overwrites the gradients of gamma and beta, though it promises to add them up",
    seen="apache/mxnet#18499, #18492",
    regime="two backward passes",
    legitimate=True,
)
def gradients_overwritten(rules: Reference) -> Reference:
    promise = accumulating(rules).convention
    return replace(rules, convention=promise)


@deviation(
    "gradients-added-up",
    "adds the gradients of gamma and beta up, though it promises fresh ones",
    seen="constructed; the reverse of apache/mxnet#18499",
    regime="two backward passes",
    legitimate=True,
)
def gradients_added_up(rules: Reference) -> Reference:
    return replace(accumulating(rules), convention=rules.convention)


DEVIATIONS = (
    statistics_as_constants,
    missing_variance_term,
    missing_mean_term,
    variance_term_sign,
    mean_term_sign,
    variance_term_halved,
    variance_term_power,
    means_not_divided,
    missing_gamma,
    gamma_twice,
    missing_inverse,
    bessel_in_backward,
    count_without_spatial,
    mean_term_extra,
    dgamma_averaged,
    dgamma_from_y,
    dgamma_not_centred,
    dgamma_times_deviation,
    dgamma_zero,
    dbeta_scaled,
    gradient_flushed,
    xhat_from_output,
    stale_cache,
    eps_differs_in_backward,
    inverse_as_variance,
    running_variance_in_backward,
    gradients_overwritten,
    gradients_added_up,
)


def _vanishing_term(rules: Reference) -> Reference:
    """Ioffe & Szegedy's chain with ``dvar * mean(-2 (x - mean))`` left out of dmean."""

    def dx(p: Pass) -> Array:
        centred, m = p.x - p.mean, p.rules.backward_count(p)
        dxhat = p.dy * p.gamma
        dvar = p.rules.total(dxhat * centred, p) * p.inverse**3 / -2
        dmean = -p.rules.total(dxhat * p.inverse, p)
        return np.asarray(dxhat * p.inverse + dvar * (2 * centred / m) + dmean / m)

    return replace(rules, dx=dx)


# Not a deviation: sum(x - mean) is 0, so the term is exactly 0 and must never be asked for
# (pjreddie/darknet#1723, mlpack/mlpack#2474).
EQUIVALENT = entry.deviation(
    "vanishing-term",
    "leaves out a term of the derivative by the mean that is exactly 0",
    seen="pjreddie/darknet#1723, mlpack/mlpack#2474",
    regime="none: it is right",
    family="backward",
    legitimate=True,
)(_vanishing_term)
