"""Inputs that laws derive from a case: exact shifts and scalings, integer maps, short batches.

Each is exact in the storage format, or the law does not speak (`Inapplicable`): a law about
``x + c`` needs that the sum is the number that was meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.model import Case
from bncheck.model.arrays import as_wide, flatten, in_c_order, samples, unflatten
from bncheck.model.formats import Array, format_of
from bncheck.trial.trial import Inapplicable, Trial
from bncheck.truth.oracle.pairs import two_sum

WIDE = np.longdouble


def stored(values: Array, like: Array) -> Array:
    """Store wide values in the dtype of ``like``; leave the law unless that is exact."""
    with np.errstate(all="ignore"):
        narrow = np.asarray(values).astype(like.dtype)
    if not np.array_equal(as_wide(narrow, WIDE), as_wide(values, WIDE), equal_nan=True):
        raise Inapplicable
    return narrow


def scaled(array: Array, factor: float) -> Array:
    """Return ``factor * array``, exactly."""
    values = as_wide(array, WIDE)
    with np.errstate(all="ignore"):
        product = values * WIDE(factor)
        back = product / WIDE(factor)
    # where nothing is wider than the dtype, it has been rounded, or underflowed, already
    if (np.isfinite(back) & (back != values)).any():
        raise Inapplicable
    return stored(product, array)


def added(a: Array, b: Array) -> Array:
    """Return the wide sum; leave the law unless it is exact, also where no dtype is wider."""
    with np.errstate(all="ignore"):
        total, lost = two_sum(as_wide(a, WIDE), as_wide(b, WIDE))
    if (np.isfinite(lost) & (lost != 0)).any():
        raise Inapplicable
    return total


def shifted(array: Array) -> tuple[Array, float]:
    """Return ``array + c`` and the c, a power of two for which the sum is exact."""
    values = as_wide(array, WIDE)
    top = finite_maximum(values)
    exponent = int(np.ceil(np.log2(top))) if top > 0 else 0
    for k in (exponent + 3, exponent, exponent - 2):
        c = float(np.ldexp(1.0, k))
        try:
            return stored(added(values, np.asarray(c)), array), c
        except Inapplicable:
            continue
    raise Inapplicable


def finite_maximum(values: Array) -> float:
    """Largest finite magnitude, 0 if there is none."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0


def integers(array: Array, limit: int) -> Array:
    """Round an array, scaled to ``[-limit, limit]``, to integers (float64, same shape)."""
    values = as_wide(array, np.float64)
    values = np.where(np.isfinite(values), values, 0.0)
    top = float(np.abs(values).max()) if values.size else 0.0
    return np.rint(values / top * limit) + 0.0 if top > 0 else np.zeros_like(values)


def backwards(array: Array) -> Array:
    """Reverse the order of all m values of each channel (a permutation of the positions)."""
    return unflatten(flatten(array)[::-1], array.shape)


def rounded(values: Array, like: Array) -> Array:
    """Round wide values to the dtype of ``like``; leave the law where they do not fit."""
    with np.errstate(all="ignore"):
        narrow = values.astype(like.dtype)
    if not np.isfinite(as_wide(narrow, np.float64)).all():
        raise Inapplicable
    return narrow


def shape_of(m: int, case: Case) -> tuple[int, ...]:
    """Shape of a batch of m values per channel, all along the first axis, in the case's rank."""
    return (m, case.channels, *(1,) * (case.x.ndim - 2))


def in_every_channel(column: Array, case: Case) -> Array:
    """Return a batch with the same values in every channel of the case."""
    return np.tile(column[:, None], (1, case.channels)).reshape(shape_of(len(column), case))


def constant(case: Case) -> Array:
    """Return x with every value of a channel replaced by its first."""
    flat = np.broadcast_to(flatten(case.x)[:1], (case.m, case.channels))
    return unflatten(flat, case.x.shape)


def with_first(array: Array, value: float) -> Array:
    """Return a copy, in C order, whose first value in the first channel is another."""
    changed = in_c_order(array)
    changed[(0,) * array.ndim] = value
    return changed


def repeated(case: Case) -> dict[str, Any]:
    """Return x and dy of a case twice over, along the batch."""
    return {name: np.concatenate([getattr(case, name)] * 2) for name in ("x", "dy")}


def rows(case: Case, keep: list[int]) -> dict[str, Any]:
    """Take some of the m values of each channel as a batch of rank 2, or of the case's rank."""
    shape = shape_of(len(keep), case)
    return {
        "x": unflatten(flatten(case.x)[keep], shape),
        "dy": unflatten(flatten(case.dy)[keep], shape),
    }


@dataclass(frozen=True)
class Linear:
    """A linear map before the normalization: ``x = U W``, all small integers, exactly.

    inputs: U ``(m, n)``; weights: W ``(n, C)``; case: with ``x = U W``
    """

    inputs: Array
    weights: Array
    case: Case


def linear(t: Trial) -> Linear:
    """Read integers U and W off the case, so that ``U W`` is exact in any format."""
    flat = integers(flatten(t.case.x), 5)
    if not np.isfinite(as_wide(t.case.dy, np.float64)).all():
        raise Inapplicable
    inputs = np.stack([flat[:, 0], np.arange(len(flat)) % 3 - 1.0, flat[:, -1][::-1]], axis=1)
    weights = np.stack(
        [np.arange(t.case.channels) % 3 + 1.0, *(np.ones(t.case.channels) * k for k in (2, -1))]
    )
    product = unflatten(inputs @ weights, t.case.x.shape)
    case = t.variant(x=stored(product, t.case.x))
    return Linear(inputs, weights, case)


@dataclass(frozen=True)
class Dyadic:
    """A batch on which every step of batch normalization is exact.

    Integers, ``m = 2**p``, and ``eps = 4**k - v``, so that ``sqrt(v + eps) = 2**k``.
    """

    case: Case
    deviation: float


def dyadic(t: Trial, *, most: int = 16) -> Dyadic:
    """Read a dyadic batch off the case; channels are permutations of one column of integers."""
    domain = t.implementation.domain
    if domain.fixed_eps is not None:
        raise Inapplicable("ability")
    m = 1 << min(max(t.case.m, 2).bit_length() - 1, most.bit_length() - 1)
    column = integers(np.resize(flatten(t.case.x)[:, 0], m), 4)
    t.finite()
    variance, k = dyadic_deviation(column)
    channels = t.case.channels
    x = np.stack([np.roll(column, j) * (-1.0) ** j + j % 4 for j in range(channels)], axis=1)
    dy = integers(np.resize(flatten(t.case.dy), (m, channels)), 3)
    shape = shape_of(m, t.case)
    eps = 4.0**k - variance
    like = t.case.x
    if float(format_of(like.dtype).dtype.type(eps)) != eps:
        raise Inapplicable
    case = t.variant(
        x=stored(x.reshape(shape), like),
        dy=stored(dy.reshape(shape), t.case.dy),
        eps=eps,
        **short_parameters(t),
    )
    return Dyadic(case, 2.0**k)


def dyadic_deviation(column: Array) -> tuple[float, int]:
    """Return the variance v of a column, and the least k with ``4**k`` clearly above it."""
    variance = float(((column - column.mean()) ** 2).mean())
    k = 0
    while 4.0**k <= variance + 0.2:
        k += 1
    return variance, k


def outlying(t: Trial) -> Dyadic:
    """A batch whose first value is far from the rest, on which only two passes are exact.

    ``x = (15 s, -s + 1, -s - 1, ..., -s)``, 16 values of mean 0 and ``sum(x^2) = 240 s^2 + 14``,
    which is all the bits of the format: with precision p, ``s = 2^((p - 8) // 2)``. Differences
    from the first value have squares of ``256 s^2 +- 32 s + 1``, which are more than it holds.
    """
    precision = format_of(t.case.dtype).precision
    if precision < format_of("float32").precision or t.implementation.domain.fixed_eps is not None:
        raise Inapplicable
    s = 2.0 ** ((precision - 8) // 2)
    column = np.array([15 * s, *(-s + 1, -s - 1) * 7, -s])
    x = stored(in_every_channel(column, t.case), t.case.x)
    eps = 16 * s**2 - float((column**2).mean())
    return Dyadic(t.variant(x=x, dy=x, eps=eps, **short_parameters(t)), 4 * s)


def short_parameters(t: Trial) -> dict[str, Array]:
    """Gamma and beta of one or two bits, none where they cannot be set.

    A gamma of many bits, such as 0.7, rounds in its product with xhat, and whether the rounded
    sum with beta is the exact one is then chance.
    """
    if not t.implementation.domain.affine:
        return {}
    gamma = np.resize([1.0, -0.5, 2.0], t.case.channels)
    beta = np.resize([0.0, 1.5, -1.0], t.case.channels)
    return {"gamma": stored(gamma, t.case.gamma), "beta": stored(beta, t.case.beta)}


def calm(t: Trial, *arrays: Array | None) -> bool:
    """Whether no step can underflow or overflow, so that powers of two pass through exactly.

    With inputs in ``[2**-8, 2**8]``, ``eps >= 2**-20`` and ``m <= 2**10`` the smallest product
    of any backward form, ``dy gamma (x - mu) / s^3 / m``, is at least
    ``2**-8 2**-8 2**-31 2**-24 2**-10 = 2**-81``, and cancellation leaves ``2**-105`` or zero:
    normal in float32 and wider. Outputs must be normal in their own format too.
    """
    case = t.case
    if t.algorithms(case).accumulates.precision < 24 or case.m > 1 << 10 or case.eps < 2.0**-20:
        return False
    limits = [(case.x, 8), (case.dy, 8), (case.gamma, 8), (case.beta, 8)]
    if not all(_between(a, 2.0**-bits, 2.0**bits) for a, bits in limits):
        return False
    for array in arrays:
        if array is None:
            continue
        form = format_of(array.dtype)
        if not _between(array, 16 * float(form.smallest_normal), float(form.largest) / 16):
            return False
    return True


def _between(array: Array, low: float, high: float) -> bool:
    size = np.abs(as_wide(array, np.float64))
    return bool(((size == 0) | ((size >= low) & (size <= high))).all())


def flat_case(case: Case) -> dict[str, Any]:
    """Return x and dy of a case in the form ``(N*H*W, C)``."""
    return {
        "x": in_c_order(flatten(case.x)),
        "dy": in_c_order(flatten(case.dy)),
    }


def spatial_case(case: Case) -> dict[str, Any]:
    """Return x and dy of a rank-2 case in the form ``(N, C, H, W)`` with the same m values."""
    m = samples(case.x.shape)
    height = next((d for d in (2, 3, 5) if m % d == 0), 1)
    shape = (m // height, case.channels, height, 1)
    return {"x": unflatten(case.x, shape), "dy": unflatten(case.dy, shape)}
