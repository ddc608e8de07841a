"""Recipes: the plain data that a case is built from. They cross pipes, are saved, and shrink."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from bncheck.cases.source import Source, source_of
from bncheck.errors import UsageError
from bncheck.model import NORMS, NormName
from bncheck.model.formats import FORMATS
from bncheck.terminal import brief

STRUCTURES = ("explicit", "constant", "alternating", "powers", "noise", "level", "outlier")
LAYOUTS = ("C", "F", "channels_last", "transposed", "sliced", "reversed", "broadcast")
ALIASES = ("", "gamma is running_var", "x is dy")
SPECIALS = ("nan", "inf", "-inf")

# A recipe read from a file is data of a stranger: bound what it can make us allocate.
LARGEST_CASE = 1 << 26
LARGEST_NUMBER = 2.0**1000
LARGEST_SCALE = 1 << 14  # the widest format has exponents up to this


@dataclass(frozen=True)
class Values:
    """Numbers of an ``(m, C)`` array, by a pattern of small integers.

    ``value[i, j] = digits'[i, j] * 2**scale[j] + offset[j]`` where ``digits'`` repeats the given
    rows and is changed by the structure; scale and offset repeat over channels. Offsets are in
    units of the channel's ``2**scale``.
    """

    digits: tuple[int, ...] = (0,)
    structure: str = "explicit"
    scale: tuple[int, ...] = (0,)
    offset: tuple[float, ...] = (0.0,)


@dataclass(frozen=True)
class Recipe:
    """Plain data for one `bncheck.model.Case`; all tuples repeat over the channels.

    shape: ``(m, C)`` or ``(N, C, *spatial)``; dtype, parameters: names of the storage dtypes
    running_mean is counted from x's offset in units of ``2**scale``; running_var in ``4**scale``
    layout, dy_layout: how the arrays lie in memory; special: (sample, channel, value) entries
    norm, groups: the normalization that it is a case of, where that is not left to who builds it
    data: where a user's file has the arrays; patterns of numbers then say nothing
    """

    dtype: str = "float32"
    shape: tuple[int, ...] = (1, 1)
    x: Values = Values()
    dy: Values = Values()
    gamma: tuple[float, ...] = (1.0,)
    beta: tuple[float, ...] = (0.0,)
    running_mean: tuple[float, ...] = (0.0,)
    running_var: tuple[float, ...] = (1.0,)
    eps: float = 1e-5
    momentum: float | None = 0.1
    parameters: str = ""
    layout: str = "C"
    dy_layout: str = "C"
    readonly: bool = False
    alias: str = ""
    special: tuple[tuple[int, int, str], ...] = ()
    norm: NormName = "batch"
    groups: int = 0
    data: Source | None = None

    @property
    def size(self) -> int:
        """Number of values in x."""
        return math.prod(self.shape)

    def plain(self) -> dict[str, Any]:
        """Return JSON-able data from which `from_plain` makes an equal recipe."""
        # as asdict would, without its deep copies: this is called for every case
        entries = {**vars(self), "x": dict(vars(self.x)), "dy": dict(vars(self.dy))}
        kept = entries.pop("data")
        if self.norm == "batch":  # what was saved before there were others stays as it is
            del entries["norm"], entries["groups"]
        return entries if kept is None else {**entries, "data": kept.plain()}


def from_plain(data: Mapping[str, Any]) -> Recipe:
    """Check plain data (of a file, of a pipe) and make a Recipe of it.

    Raises UsageError naming the entry, its value and what was expected.
    """
    entries = dict(_known(data, Recipe, "recipe"))
    for name in ("x", "dy"):
        if name in entries:
            entries[name] = _values(entries[name], name)
    if "special" in entries:
        entries["special"] = tuple(_special(entry) for entry in _sequence(entries["special"]))
    for name in ("shape", "gamma", "beta", "running_mean", "running_var"):
        if name in entries:
            kind = int if name == "shape" else float
            entries[name] = tuple(_number(v, kind, name) for v in _sequence(entries[name]))
            if not entries[name]:
                raise UsageError(f"{name}=[], but needs one entry at least")
    if entries.get("data") is not None:
        entries["data"] = source_of(entries["data"], len(entries.get("shape", (1, 1))))
    recipe = Recipe(**entries)
    _check(recipe)
    return recipe


def _known(data: object, kind: type, where: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise UsageError(f"{where}={brief(data)}, but should be a mapping")
    names = {f.name for f in fields(kind)}
    unknown = sorted(set(map(str, data)) - names)
    if unknown:
        raise UsageError(f"{where} has the unknown entry {brief(unknown[0])}")
    return {str(k): v for k, v in data.items()}


def _values(data: object, where: str) -> Values:
    entries = _known(data, Values, where)
    kinds = {"digits": int, "scale": int, "offset": float}
    for name, kind in kinds.items():
        if name in entries:
            entries[name] = tuple(_number(v, kind, name) for v in _sequence(entries[name]))
    values = Values(**entries)
    if not all(abs(scale) <= LARGEST_SCALE for scale in values.scale):
        raise UsageError(f"{where}.scale={brief(values.scale)}, but no exponent is so large")
    _one_of(f"{where}.structure", values.structure, STRUCTURES)
    if not (values.digits and values.scale and values.offset):
        raise UsageError(
            f"{where}={brief(data)}, but digits, scale and offset need one entry at least"
        )
    return values


def _sequence(value: object) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise UsageError(f"expected a list in a recipe, but found {brief(value)}")
    return tuple(value)


def _number(value: object, kind: type, where: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{where} has the entry {brief(value)}, but should hold numbers")
    if not abs(value) <= LARGEST_NUMBER:
        told = brief(value)
        raise UsageError(f"{where} has the entry {told}, but should hold finite numbers of float64")
    if kind is int and value != int(value):
        raise UsageError(f"{where} has the entry {brief(value)}, but should hold integers")
    return kind(value)


def _special(entry: object) -> tuple[int, int, str]:
    sample, channel, value = (*_sequence(entry), None, None, None)[:3]
    _one_of("special", value, SPECIALS)
    return _number(sample, int, "special"), _number(channel, int, "special"), str(value)


def _one_of(where: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise UsageError(
            f"{where}={brief(value)}, but should be one of {', '.join(map(repr, allowed))}"
        )


def _check(recipe: Recipe) -> None:
    _one_of("dtype", recipe.dtype, tuple(FORMATS))
    _one_of("parameters", recipe.parameters, ("", *FORMATS))
    _one_of("norm", recipe.norm, tuple(NORMS))
    if not isinstance(recipe.groups, int) or not 0 <= recipe.groups <= LARGEST_CASE:
        raise UsageError(f"groups={brief(recipe.groups)}, but should be a number of groups")
    _one_of("layout", recipe.layout, LAYOUTS)
    _one_of("dy_layout", recipe.dy_layout, LAYOUTS)
    _one_of("alias", recipe.alias, ALIASES)
    _one_of("readonly", recipe.readonly, (True, False))
    if not 2 <= len(recipe.shape) <= 5 or min(recipe.shape) < 1:
        raise UsageError(f"shape={brief(recipe.shape)}, but should be 2 to 5 positive sizes")
    if recipe.size > LARGEST_CASE:
        raise UsageError(f"shape={brief(recipe.shape)} has more than {LARGEST_CASE} values")
    if min(recipe.running_var) < 0:
        raise UsageError(f"running_var={brief(recipe.running_var)}, but no variance is negative")
    if not _between(0, recipe.eps, LARGEST_NUMBER) or recipe.eps == 0:
        raise UsageError(f"eps={brief(recipe.eps)}, but should be positive and finite")
    momentum = recipe.momentum
    if momentum is not None and not _between(0, momentum, 1):
        raise UsageError(f"momentum={brief(momentum)}, but should be in [0, 1] or None")


def _between(least: float, value: object, most: float) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and least <= value <= most
