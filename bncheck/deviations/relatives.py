"""Another normalization in the place of batch normalization: layer, group, RMS.

Their statistics are of a sample and not of a channel, so gamma varies inside a set of values that
are normalized together. With h = gamma dy, M the mean over the set and z what is normalized,

    dx = inv (h - [M h] - z M(h z)),        without the term in brackets where nothing is centred,

(Ba, Kiros & Hinton 2016, arXiv:1607.06450, section 3; Zhang & Sennrich 2019, arXiv:1910.07467,
section 4.) The Jacobian of z is J t = inv (t - [M t] - z M(t z)), symmetric; that of y is gamma J.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.model.formats import Array

deviation = family("axes, layout, counts")

Mean = Callable[[Pass, Array], Array]


def _over_channels(p: Pass, values: Array) -> Array:
    """Means over the channels, at each place of the batch."""
    del p
    return np.broadcast_to(values.mean(axis=0, keepdims=True), values.shape)


def _over_samples(p: Pass, values: Array) -> Array:
    """Means over all that belongs to a sample."""
    of_each = p.by_sample(values)
    if not of_each.size:
        return values
    means = of_each.mean(axis=(0, 2), keepdims=True)
    return np.broadcast_to(means, of_each.shape).reshape(values.shape)


def _over_positions(p: Pass, values: Array) -> Array:
    """Means over the positions of each sample, channel by channel."""
    of_each = p.by_sample(values)
    if not of_each.size:
        return values
    means = of_each.mean(axis=2, keepdims=True)
    return np.broadcast_to(means, of_each.shape).reshape(values.shape)


def _over_batch(p: Pass, values: Array) -> Array:
    """Means over all that belongs to a channel."""
    del p
    return np.broadcast_to(values.mean(axis=1, keepdims=True), values.shape)


def _nothing(p: Pass, values: Array) -> Array:
    del p
    return np.zeros_like(values)


def _by_sets(rules: Reference, over: Mean, centre: Mean) -> Reference:
    """Normalize other sets of values, in which gamma varies; ``centre``: what is taken off them."""

    def variance(p: Pass) -> Array:
        deviation = p.x - p.mean
        return over(p, deviation * deviation)

    def along(p: Pass, t: Array) -> Array:
        """J t."""
        return np.asarray(p.inverse * (t - centre(p, t) - p.xhat * over(p, t * p.xhat)))

    def double_backward(p: Pass) -> tuple[Array, Array, Array]:
        """Of ``<w, J h>``: with C what `centre` leaves, ``dJ`` is read off ``d inv`` and ``dz``."""
        h = p.gamma * p.dy
        ch, cw = h - centre(p, h), p.w - centre(p, p.w)
        with_h, with_w = over(p, h * p.xhat), over(p, p.w * p.xhat)
        together = over(p, cw * ch)
        by_x = (together - 3 * with_h * with_w) * p.xhat + with_h * cw + with_w * ch
        of_w = along(p, p.w)
        by_gamma = p.rules.total(p.dy * of_w, p)
        return -p.inverse * p.inverse * by_x, p.gamma * of_w, by_gamma

    return replace(
        rules,
        mean=lambda p: centre(p, p.x),
        variance=variance,
        dx=lambda p: along(p, p.gamma * p.dy),
        jvp=lambda p: np.asarray(p.gamma * along(p, p.dy)),
        double_backward=double_backward,
    )


@deviation(
    "layer-normalization",
    "takes statistics over the channels, for each sample (and position): that is layer "
    "normalization",
    seen="constructed; course work and ports: layer normalization under the name of batch norm",
    regime="two or more samples or channels",
)
def layer_normalization(rules: Reference) -> Reference:
    return _by_sets(rules, _over_channels, _over_channels)


@deviation(
    "group-normalization",
    "takes statistics over all of a sample, channels and positions: that is group normalization "
    "with one group",
    seen="constructed; ports: GroupNorm(1, C) for BatchNorm2d",
    regime="rank 3 and more, two or more samples or channels",
)
def group_normalization(rules: Reference) -> Reference:
    return _by_sets(rules, _over_samples, _over_samples)


@deviation(
    "rms-normalization",
    "divides each sample (and position) by the root mean square over its channels, and takes no "
    "mean off: that is RMS normalization",
    seen="constructed; ports: RMSNorm under the name of batch norm",
    regime="two or more samples or channels",
)
def rms_normalization(rules: Reference) -> Reference:
    return _by_sets(rules, _over_channels, _nothing)


@deviation(
    "instance-normalization",
    "takes statistics over the positions of each sample and channel: that is instance "
    "normalization",
    seen="constructed; ports of image-to-image models: InstanceNorm2d under the name of batch norm",
    regime="rank 3 and more, two or more samples",
)
def instance_normalization(rules: Reference) -> Reference:
    def bessel(p: Pass) -> float:
        positions = p.m // max(p.given.shape[0], 1)
        return positions / (positions - 1) if positions > 1 else 1.0

    made = _by_sets(rules, _over_positions, _over_positions)
    return replace(made, bessel=bessel)


@deviation(
    "mean-not-subtracted",
    "divides each channel by the root mean square over the batch, and takes no mean off: that is "
    "RMS normalization of the batch, as in power normalization",
    seen="constructed; ports: PowerNorm (Shen et al. 2020, arXiv:2003.07845) for batch norm",
    regime="means that are not 0",
)
def mean_not_subtracted(rules: Reference) -> Reference:
    return _by_sets(rules, _over_batch, _nothing)


DEVIATIONS = (
    layer_normalization,
    group_normalization,
    rms_normalization,
    instance_normalization,
    mean_not_subtracted,
)
