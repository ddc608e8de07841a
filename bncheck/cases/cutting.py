"""Steps towards a smaller part of a user's batch: boxes of it that may still show the failure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bncheck.cases.data import batch_of
from bncheck.cases.recipe import Recipe
from bncheck.cases.source import Source
from bncheck.errors import UsageError
from bncheck.model.arrays import as_wide, flatten
from bncheck.model.formats import format_of

# Beyond so many along an axis, to leave out a single one is no step worth asking about.
_FEW = 8


def cuts(recipe: Recipe) -> Iterator[Recipe]:
    """Yield parts of the batch: halves along an axis, then without a quarter, then without one."""
    source = recipe.data
    if source is None:
        return
    start = source.start or (0,) * len(recipe.shape)
    # samples first, then positions, which make a channel's values fewer; channels come last
    axes = [0, *range(2, len(recipe.shape)), 1]
    for part in (2, 4, 0):
        for axis in axes:
            n = recipe.shape[axis]
            left_out = n // part if part else int(n <= _FEW)
            if n < 2 or left_out < 1 or (part == 4 and n < 2 * _FEW):
                continue
            yield _box(recipe, source, start, axis, start[axis], n - left_out)
            yield _box(recipe, source, start, axis, start[axis] + left_out, n - left_out)


def _box(
    recipe: Recipe, source: Source, start: tuple[int, ...], axis: int, begin: int, size: int
) -> Recipe:
    def changed(values: tuple[int, ...], value: int) -> tuple[int, ...]:
        return (*values[:axis], value, *values[axis + 1 :])

    box = replace(source, start=changed(start, begin))
    return of_data(replace(recipe, shape=changed(recipe.shape, size), data=box))


def of_data(recipe: Recipe) -> Recipe:
    """Return the recipe of a user's case with one entry of x of each kind that is not finite.

    Raises UsageError where the file has no such part.
    """
    if recipe.data is None:
        raise UsageError("this case is not from a file")
    batch, box = batch_of(recipe.data, recipe.shape)
    with np.errstate(all="ignore"):  # in a narrower dtype there may be infinities that were none
        stored = flatten(batch.x[box]).astype(format_of(recipe.dtype).dtype)
    x = as_wide(stored, np.float64)
    found = {"nan": np.isnan(x), "inf": x == np.inf, "-inf": x == -np.inf}
    special = []
    for name, where in found.items():
        if where.any():
            sample, channel = np.unravel_index(int(np.argmax(where)), x.shape)
            special.append((int(sample), int(channel), name))
    return replace(recipe, special=tuple(special))
