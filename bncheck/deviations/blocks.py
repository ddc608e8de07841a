"""What goes wrong in the relatives beyond a block, a counter, or the bounds of a group.

Rows are statistic sets. What is beyond is never read nor written: kernels give a row to one block
of threads, and count rows in 16 bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.axes import blockwise
from bncheck.deviations.elsewhere import INSIDE, ROWS
from bncheck.deviations.elsewhere import of_relatives as deviation
from bncheck.deviations.passes import Pass, Reference
from bncheck.model.formats import Array

_WIDEST = 4096
_MOST_ROWS = 65535


def _blank(rules: Reference, there: tuple[slice, ...]) -> Callable[[Pass], Array]:
    """Return a stage `finish` that leaves a part of y, ``(C, m)``, at 0."""

    def finish(p: Pass) -> Array:
        y = np.array(rules.finish(p))
        y[there] = 0
        return y

    return finish


@deviation(
    "values-beyond-4096",
    "reads and writes the first 4096 values of a set only: y is 0 behind them",
    seen="facebookresearch/xformers#785, tenstorrent/tt-metal#14222; the block size varies",
    regime="more than 4096 values of a set",
    norms=INSIDE,
)
def values_beyond_4096(rules: Reference) -> Reference:
    def total(values: Array, p: Pass) -> Array:
        return rules.total(values[:, :_WIDEST], p)

    return replace(
        rules,
        total=total,
        count=lambda p: min(rules.count(p), _WIDEST),
        finish=_blank(rules, (slice(None), slice(_WIDEST, None))),
    )


@deviation(
    "rows-beyond-65535",
    "leaves the rows behind the 65,535th at 0",
    seen="NVIDIA/apex#411, pytorch/pytorch#193016",
    regime="more than 65,535 rows",
    norms=ROWS,
)
def rows_beyond_65535(rules: Reference) -> Reference:
    return replace(rules, finish=_blank(rules, (slice(_MOST_ROWS, None),)))


def _by_channel(p: Pass, values: Array) -> Array:
    """``(C, m)`` as ``(samples, channels, positions)``."""
    samples, each = p.case.norm.samples, p.given.shape[0]
    return values.reshape(samples, len(values) // samples * each, -1)


def _over_groups(p: Pass, values: Array, groups: int, *, interleaved: bool) -> Array:
    """Give each value the mean of a group of channels: neighbours, or each so-many-th."""
    there = _by_channel(p, values)
    samples, channels, positions = there.shape
    shape = (channels // groups, groups) if interleaved else (groups, channels // groups)
    split = there.reshape(samples, *shape, positions)
    means = split.mean(axis=(1 if interleaved else 2, 3), keepdims=True)
    return np.broadcast_to(means, split.shape).reshape(values.shape)


@deviation(
    "groups-interleaved",
    "takes every G-th channel for one group, where groups are neighbours",
    seen="constructed; a reshape to (C/G, G) in place of (G, C/G)",
    regime="more than one group, of more than one channel",
    norms=("group",),
)
def groups_interleaved(rules: Reference) -> Reference:
    def groups(p: Pass, values: Array) -> Array:
        return _over_groups(p, values, len(values) // p.case.norm.samples, interleaved=True)

    return blockwise(rules, groups)


@deviation(
    "groups-for-channels-of-a-group",
    "makes as many groups as a group should have channels",
    seen="constructed; num_groups and channels per group confused",
    regime="another number of groups than of channels in each",
    norms=("group",),
)
def groups_swapped(rules: Reference) -> Reference:
    return blockwise(rules, lambda p, v: _over_groups(p, v, p.given.shape[0], interleaved=False))


@deviation(
    "gamma-per-group",
    "scales and shifts a whole group by the gamma and beta of its first channel",
    seen="apache/mxnet#17139, onnx/onnx#5466, onnx/onnx-mlir#2928: a scale for each group",
    regime="gamma or beta that varies inside a group",
    norms=("group",),
)
def gamma_per_group(rules: Reference) -> Reference:
    def first(p: Pass, values: Array) -> Array:
        if values.shape[1] == 1:  # one number for the group already
            return values
        by_channel = values.reshape(len(values), p.given.shape[0], -1)
        return np.broadcast_to(by_channel[:, :1, :1], by_channel.shape).reshape(values.shape)

    def affine(p: Pass) -> Array:
        return rules.affine(replace(p, gamma=first(p, p.gamma), beta=first(p, p.beta)))

    return replace(rules, affine=affine, dx=lambda p: rules.dx(replace(p, gamma=first(p, p.gamma))))


DEVIATIONS = (
    values_beyond_4096,
    rows_beyond_65535,
    groups_interleaved,
    groups_swapped,
    gamma_per_group,
)
