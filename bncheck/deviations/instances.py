"""What goes wrong in the running statistics of instance normalization, which samples share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.model.formats import Array

deviation = family("running state")


def _by_part(p: Pass, values: Array) -> Array:
    """``(C, m)`` as ``(samples, parts, m)``."""
    samples = max(p.case.norm.samples, 1)
    return values.reshape(samples, values.shape[0] // samples, values.shape[1])


def _for_all(p: Pass, values: Array) -> Array:
    """``(parts,)`` as ``(C, 1)``: the same for each sample."""
    return np.tile(values, max(p.case.norm.samples, 1))[:, None]


@deviation(
    "running-variance-pooled",
    "keeps the variance of all values of a channel in the batch, in place of the mean of its "
    "variances in each sample",
    seen="constructed; var(dim=(0, 2, 3)), as of batch normalization: theorem IN08",
    regime="two or more samples with unlike means",
    norms=("instance",),
)
def running_variance_pooled(rules: Reference) -> Reference:
    def update(p: Pass) -> Array:
        values = _by_part(p, p.x)
        samples, _, m = values.shape
        if m < 2:
            return rules.update_variance(p)
        # the stage itself has Bessel's factor of m
        kept = values.var(axis=(0, 2)) * (samples * m / (samples * m - 1)) * ((m - 1) / m)
        return rules.update_variance(replace(p, var=_for_all(p, kept)))

    return replace(rules, update_variance=update)


@deviation(
    "running-statistics-of-last-sample",
    "keeps the statistics of the last sample alone",
    seen="constructed; a loop over samples that writes where it should add up",
    regime="two or more samples with unlike statistics",
    norms=("instance",),
)
def running_statistics_of_last_sample(rules: Reference) -> Reference:
    def last(p: Pass) -> Pass:
        mean, var = (_for_all(p, _by_part(p, a)[-1, :, 0]) for a in (p.mean, p.var))
        return replace(p, mean=mean, var=var)

    return replace(
        rules,
        update_mean=lambda p: rules.update_mean(last(p)),
        update_variance=lambda p: rules.update_variance(last(p)),
    )


DEVIATIONS = (running_variance_pooled, running_statistics_of_last_sample)
