"""Ways of being wrong about dx in training mode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import returning, seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.model.formats import Array

deviation = family("backward")


DX = ("dx", "inference_dx")
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
    return seeing(rules, lambda p: replace(p, gamma=np.ones_like(p.gamma)), *DX)


@deviation(
    "gamma-twice",
    "multiplies dx by gamma twice",
    seen="constructed; sibling of denizyuret/Knet.jl#288",
    regime="gamma not 1",
)
def gamma_twice(rules: Reference) -> Reference:
    return returning(rules, lambda p, dx: p.gamma * dx, *DX)


@deviation(
    "missing-inverse",
    "forgets the inverse deviation in dx",
    seen="constructed from Ioffe & Szegedy 2015, section 3",
    regime="variance not 1",
)
def missing_inverse(rules: Reference) -> Reference:
    return returning(rules, lambda p, dx: dx / p.inverse, *DX)


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
    "identity-backward",
    "hands dy back as dx, as if the layer were the identity",
    seen="constructed; course work: a backward pass that was left for later",
    regime="any batch",
)
def identity_backward(rules: Reference) -> Reference:
    return replace(rules, dx=lambda p: p.dy, inference_dx=lambda p: p.dy)


@deviation(
    "mean-term-twice",
    "takes mean(dy) off dx twice: once for the mean, and again for the centred values",
    seen="constructed; course work: the paper's chain with one branch added up twice",
    regime="dy whose mean is not 0",
)
def mean_term_twice(rules: Reference) -> Reference:
    return replace(rules, mean_term=lambda p: 2 * rules.mean_term(p))


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
    identity_backward,
    mean_term_twice,
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
EQUIVALENT = deviation(
    "vanishing-term",
    "leaves out a term of the derivative by the mean that is exactly 0",
    seen="pjreddie/darknet#1723, mlpack/mlpack#2474",
    regime="none: it is right",
    legitimate=True,
)(_vanishing_term)
