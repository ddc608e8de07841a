"""From a recipe to a case: values, then memory layout, aliasing and read-only flags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.cases.data import batch_of
from bncheck.cases.recipe import Recipe, Values
from bncheck.cases.source import Source
from bncheck.model import NORMS, Case, Norm
from bncheck.model.arrays import flatten, in_c_order, samples, unflatten
from bncheck.model.formats import Array, Format, format_of


def build(recipe: Recipe, norm: Norm | None = None) -> Case:
    """Make the case: the same recipe gives the same case on every machine.

    norm: the normalization that it is to be a case of, where that is not the recipe's own; the
    recipe's numbers are dealt to its sets and parameters

    Raises UsageError where the file that a recipe names is not there, or is another one by now.
    """
    m, channels = samples(recipe.shape), recipe.shape[1]
    norm = (norm or replace(NORMS[recipe.norm], groups=recipe.groups)).fitted(recipe.shape)
    arrays = _drawn(recipe, norm) if recipe.data is None else _read(recipe, recipe.data)
    x, dy, gamma, running_var = (arrays[name] for name in ("x", "dy", "gamma", "running_var"))
    for sample, channel, value in recipe.special:
        x[sample % m, channel % channels] = float(value)
    x_array = _laid_out(unflatten(x, recipe.shape), recipe.layout, norm)
    dy_array = _laid_out(unflatten(dy, recipe.shape), recipe.dy_layout, norm)
    if recipe.alias == "gamma is running_var" and gamma.shape == running_var.shape:
        gamma = running_var
    if recipe.alias == "x is dy":
        dy_array = x_array
    case = Case(
        x=x_array,
        gamma=gamma,
        beta=arrays["beta"],
        dy=dy_array,
        running_mean=arrays["running_mean"],
        running_var=running_var,
        eps=float(recipe.eps),
        momentum=recipe.momentum,
        recipe=recipe.plain(),
        norm=norm,
    )
    if recipe.readonly:
        for array in (case.x, case.dy, case.gamma, case.beta, case.running_mean, case.running_var):
            array.flags.writeable = False
    return case


def _laid_out(x: Array, layout: str, norm: Norm) -> Array:
    """Let the array that the user of the norm is given lie in memory as ``layout`` says."""
    if norm.name == "batch":
        return x if layout == "C" else lay_out(x, layout)  # it was made so
    return norm.taken_back(lay_out(norm.laid_out(x), layout), x.shape)


def _drawn(recipe: Recipe, norm: Norm) -> dict[str, Array]:
    """Return the arrays whose numbers the recipe itself tells; x and dy as ``(m, C)``."""
    storage = format_of(recipe.dtype)
    parameters = format_of(recipe.parameters or recipe.dtype)
    m, channels = samples(recipe.shape), recipe.shape[1]
    count, kept = norm.parameters(recipe.shape), norm.states(recipe.shape)
    scale = np.ldexp(1.0, _cycle(recipe.x.scale, channels, np.int64))
    mean = (_cycle(recipe.running_mean, channels) + _cycle(recipe.x.offset, channels)) * scale
    return {
        "x": _stored(_numbers(recipe.x, m, channels), storage),
        "dy": _stored(_numbers(recipe.dy, m, channels), storage),
        "gamma": _stored(_cycle(recipe.gamma, count), parameters),
        "beta": _stored(_cycle(recipe.beta if norm.shifted else (0.0,), count), parameters),
        "running_mean": _stored(mean[:kept], parameters),
        "running_var": _stored(
            (_cycle(recipe.running_var, channels) * scale * scale)[:kept], parameters
        ),
    }


def _read(recipe: Recipe, source: Source) -> dict[str, Array]:
    """Return the arrays that a user's file has; x and dy as ``(m, C)``."""
    storage = format_of(recipe.dtype)
    parameters = format_of(recipe.parameters or recipe.dtype)
    batch, box = batch_of(source, recipe.shape)
    with np.errstate(all="ignore"):  # who asks for a narrower dtype is told what became of it
        arrays = {name: flatten(getattr(batch, name)[box]) for name in ("x", "dy")}
        kept = {name: array.astype(storage.dtype) for name, array in arrays.items()}
        for name in ("gamma", "beta", "running_mean", "running_var"):
            kept[name] = getattr(batch, name)[box[1]].astype(parameters.dtype)
    return kept


def lay_out(x: Array, layout: str) -> Array:
    """Return an array equal to ``x`` that lies in memory as ``layout`` says.

    ``broadcast`` repeats the first sample with stride 0, so its values are the first sample's.
    """
    if layout == "F":
        return np.asfortranarray(x)
    if layout == "channels_last":
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
    if layout == "transposed":
        return np.swapaxes(np.ascontiguousarray(np.swapaxes(x, 0, -1)), 0, -1)
    if layout == "sliced":
        # every other element of a buffer that starts before the data and ends behind it
        holder = np.zeros((*x.shape[:-1], 2 * x.shape[-1] + 1), x.dtype)
        view = holder[..., 1::2]
        view[...] = x
        return view
    if layout == "reversed":
        return np.ascontiguousarray(x[::-1])[::-1]
    if layout == "broadcast":
        return np.broadcast_to(x[:1], x.shape)
    return in_c_order(x)


def _cycle(values: tuple[Any, ...], count: int, dtype: Any = np.float64) -> Array:
    return np.resize(np.asarray(values, dtype), count)


def _stored(values: Array, storage: Format) -> Array:
    # saturate: a recipe is never meant to overflow by its conversion
    largest = float(storage.largest)
    return np.clip(values, -largest, largest, out=values).astype(storage.dtype)


def _numbers(values: Values, m: int, channels: int) -> Array:
    digits = _structured(values, m, channels)
    scale = np.ldexp(1.0, _cycle(values.scale, channels, np.int64))
    digits += _cycle(values.offset, channels)
    digits *= scale
    return digits


def _structured(values: Values, m: int, channels: int) -> Array:
    rows = -(-len(values.digits) // channels)
    given = np.resize(np.asarray(values.digits, np.float64), (min(rows, m), channels))
    digits = _repeated(given, m)
    sample = np.arange(m)[:, None]
    if values.structure == "constant":
        return np.broadcast_to(digits[:1], (m, channels)).copy()
    if values.structure == "alternating":
        return np.where(sample % 2 == 0, 1.0, -1.0) * (1.0 + digits[:1])
    if values.structure == "powers":
        return np.ldexp(np.where(digits < 0, -1.0, 1.0), np.abs(digits).astype(np.int64) % 16)
    if values.structure == "noise":
        digits += _noise(m, channels, len(values.digits))
        return digits
    if values.structure == "level":
        # constant, with a significand of full length, so that every addition rounds
        noise = _noise(1, channels, len(values.digits))
        return np.broadcast_to(digits[:1] + noise, (m, channels)).copy()
    if values.structure == "outlier":
        # one far value, last: sums that stop early or forget the tail do not see it
        return digits + np.where(sample == m - 1, 1024.0, 0.0)
    return digits


def _repeated(rows: Array, m: int) -> Array:
    """Return m rows: the given ones, again and again."""
    all_rows = np.empty((m, rows.shape[1]))
    whole = m // len(rows) * len(rows)
    all_rows[:whole].reshape(-1, *rows.shape)[...] = rows
    all_rows[whole:] = rows[: m - whole]
    return all_rows


def _noise(m: int, channels: int, seed: int) -> Array:
    # splitmix64 (Steele, Lea, Flood 2014): the same 24 bits everywhere, no generator state
    z = np.arange(1, m * channels + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z += np.uint64(seed)
    moved = z >> np.uint64(30)
    for shift, factor in ((27, 0xBF58476D1CE4E5B9), (31, 0x94D049BB133111EB)):
        z ^= moved
        z *= np.uint64(factor)
        np.right_shift(z, np.uint64(shift), out=moved)
    z ^= moved
    z >>= np.uint64(40)
    noise = z.astype(np.float64)
    noise *= 2.0**-24
    return noise.reshape(m, channels)
