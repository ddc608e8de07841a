"""Sums, without an executable for every shape.

XLA leaves axes of length 1 out of a sum, so here they are left out before it is compiled, and
shapes that then are the same share an executable. A short sum along one axis XLA adds up one by
one, as NumPy's running sum does; long ones it makes of shorter ones, and in which order it goes
along several axes differs from shape to shape. So only short sums along one axis are NumPy's, if
JAX, asked once for each dtype, agrees on sums of ten lengths, and only where no number on the way
is below the normal range, or the processor was told what to make of it (see
`bncheck.targets.jax.elements`).
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jax import lax

from bncheck.model.formats import Array
from bncheck.targets.jax import flushing
from bncheck.targets.jax.elements import counts_tiny

# XLA adds up to so many one by one (its pass TreeReductionRewriter has windows of this length).
_SHORT = 32


@functools.lru_cache(maxsize=4096)
def squeezed(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Return the shape without axes of length 1, and which of the axes are left, by number there.

    >>> squeezed((4, 1, 3, 1), (0, 1, 3))
    ((4, 3), (0,))
    """
    kept = [axis for axis, size in enumerate(shape) if size != 1]
    return tuple(shape[a] for a in kept), tuple(k for k, a in enumerate(kept) if a in axes)


def is_plain(params: Any) -> bool:
    """Whether a sum over a named axis became one over axes by number, as in ``jax.vmap``."""
    return params["axis_index_groups"] is None and all(isinstance(a, int) for a in params["axes"])


def remaining(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a sum along these axes."""
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def running(array: Array, axes: tuple[int, ...]) -> Array | None:
    """Return a short sum along one axis, None where it is for JAX to make."""
    if len(axes) != 1 or not 0 < array.shape[axes[0]] <= _SHORT or not _agrees(array.dtype.name):
        return None
    return _running(array, axes[0])


def _running(array: Array, axis: int) -> Array | None:
    longer = *array.shape[:axis], array.shape[axis] + 1, *array.shape[axis + 1 :]
    partial = np.zeros(longer, array.dtype)
    before: tuple[Any, ...] = (slice(None),) * axis
    partial[(*before, slice(1, None))] = array
    # JAX starts with zero, so that no sum of -0 is -0
    np.add.accumulate(partial, axis, out=partial)
    if counts_tiny(partial):
        return None
    found: Array = partial[(*before, -1)]
    return found


@functools.cache
def _agrees(dtype: str) -> bool:
    """Ask both for sums in which every order has its own rounding errors.

    The lengths fill unrolled loops and do not, and so do the rows vector registers.
    """
    if dtype not in ("float32", "float64"):
        return False
    draws = np.random.default_rng(0)
    for length in (2, 3, 4, 7, 8, 13, 16, 24, 31, _SHORT):
        array = draws.normal(size=(length, 3 + 7 * (length % 5))).astype(dtype)
        for given in (array, array * np.finfo(dtype).tiny) if flushing.IS_KNOWN else (array,):
            with flushing.scope():
                ours = _running(given, 0)
            theirs = np.asarray(_jaxs(given))
            if ours is None or ours.tobytes() != theirs.tobytes():
                return False
    return True


_jaxs: Callable[[Array], Any] = jax.jit(
    lambda array: lax.reduce_sum_p.bind(array, axes=(0,), out_sharding=None)
)
