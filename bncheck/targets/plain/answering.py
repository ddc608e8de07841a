"""What answers of a relative show: which entries y depends on, and a built-in eps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.errors import RAISED
from bncheck.model import Case, Layer
from bncheck.model.formats import Array
from bncheck.targets.common import probing


def depends(make: Callable[[Case], Layer], case: Case) -> bool:
    """Whether entries of y depend on those of their statistic set, and on no others."""
    # no two entries that differ by their sign alone, and none that is 0 or the mean of a set
    x = case.x + (np.arange(case.x.size).reshape(case.x.shape) ** 2 / 1024).astype(case.x.dtype)
    moved = x.copy()
    moved[(0,) * x.ndim] += 0.3125
    before, after = (np.array(make(case).train(given)) for given in (x, moved))
    return np.array_equal(before != after, _set_of_first(case))


def _set_of_first(case: Case) -> Array:
    """Mark the entries that are normalized with the first one."""
    mask = np.zeros(case.x.shape, bool)
    if case.norm.name in ("layer", "rms"):
        mask[0].reshape(case.channels, -1)[:, 0] = True
    else:
        mask[0, : case.channels // case.norm.groups] = True
    return mask


def built_in_eps(make: Callable[[Case], Layer], case: Case) -> float | None:
    """Measure the eps of a function that is not given one, as `probing.eps` does.

    x is a and -a in turn along each axis, so that every set has mean 0 and variance a^2.
    """
    a = 2.0**-40
    shape = tuple(size + size % 2 for size in case.x.shape)
    if case.norm.name == "group":
        shape = (shape[0], case.channels, *shape[2:])
    signs = 1.0 - 2 * (np.indices(shape).sum(0) % 2)
    ones = np.ones(shape[1])
    tried = replace(case, x=a * signs, dy=signs, gamma=ones, beta=0 * ones)
    if case.norm.name == "instance":
        tried = replace(tried, norm=replace(case.norm, groups=shape[1]))
    try:
        y = np.asarray(make(tried).train(tried.x), np.float64)
    except RAISED:  # laws will show what is wrong with it
        return None
    if not np.all(np.isfinite(y)) or not y.flat[0] > 0:
        return None
    measured = float((a / y.flat[0]) ** 2) - a * a
    return probing.short(measured) if measured > a * a else None
