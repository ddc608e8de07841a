"""Ways of being wrong about the gradients of gamma and beta."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations import stages
from bncheck.deviations.changes import returning, seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.reference import accumulating

deviation = family("backward")


@deviation(
    "dgamma-averaged",
    "averages the gradients of gamma and beta over the m values in place of summing",
    seen="constructed; sibling of tensorflow/tensorflow#14676",
    regime="m > 1",
)
def dgamma_averaged(rules: Reference) -> Reference:
    return returning(rules, lambda p, total: total / p.rules.backward_count(p), "dgamma", "dbeta")


@deviation(
    "dgamma-from-y",
    "computes dgamma with the output y in place of xhat",
    seen="constructed; right for gamma = 1, beta = 0",
    regime="gamma not 1 or beta not 0",
)
def dgamma_from_y(rules: Reference) -> Reference:
    return seeing(rules, lambda p: replace(p, xhat=p.y), "dgamma")


@deviation(
    "dgamma-not-centred",
    "computes dgamma with x times the inverse deviation, the mean not taken off",
    seen="constructed from Ioffe & Szegedy 2015, section 3",
    regime="mean not 0 and sum of dy not 0",
)
def dgamma_not_centred(rules: Reference) -> Reference:
    return seeing(rules, lambda p: replace(p, xhat=p.x * p.inverse), "dgamma")


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
    "dgamma-dbeta-swapped",
    "hands out the gradient of beta for that of gamma, and the other way round",
    seen="Oneflow-Inc/oneflow#6149",
    regime="any dy",
)
def dgamma_dbeta_swapped(rules: Reference) -> Reference:
    return replace(rules, dgamma=rules.dbeta, dbeta=rules.dgamma)


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

    return seeing(rules, flushed, "dgamma")


@deviation(
    "gradients-overwritten",
    "overwrites the gradients of gamma and beta, though it promises to add them up",
    seen="apache/mxnet#18499, #18492",
    regime="two backward passes",
    legitimate=True,
)
def gradients_overwritten(rules: Reference) -> Reference:
    promise = accumulating(rules).convention
    return replace(rules, accumulate=stages.accumulate, convention=promise)


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
    dgamma_averaged,
    dgamma_from_y,
    dgamma_not_centred,
    dgamma_times_deviation,
    dgamma_zero,
    dgamma_dbeta_swapped,
    dbeta_scaled,
    gradient_flushed,
    gradients_overwritten,
    gradients_added_up,
)
