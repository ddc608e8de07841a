"""Conventions: what implementations may legitimately differ in, as promises that are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, Literal

from bncheck.errors import UsageError
from bncheck.model.formats import FORMATS


@dataclass(frozen=True)
class Convention:
    """What implementations may legitimately differ in. ``None``: not promised, so recognised.

    The keys and values are those of the contract, section Conventions.
    """

    momentum_weighs: Literal["new", "old"] | None = None
    running_var: Literal["unbiased", "biased"] | None = None
    debiased: bool | None = None
    one_value: Literal["beta", "raises"] | None = None
    empty_batch: Literal["empty", "raises"] | None = None
    output: Literal["centered", "folded"] | None = None
    variance: Literal["stable", "shifted", "one-pass"] | None = None
    dtypes: tuple[str, ...] | None = None
    parameters: Literal["same", "float32"] | None = None
    accumulates: Literal["float16", "bfloat16", "float32", "float64"] | None = None
    channel_axis: int | None = None
    ranks: tuple[int, ...] | None = None
    gradients: Literal["accumulated", "fresh"] | None = None
    arithmetic: tuple[str, ...] | None = None
    training: bool | None = None
    shape: tuple[int, ...] | None = None
    channels: int | None = None
    channels_multiple_of: int | None = None
    contiguous: bool | None = None
    activation: Literal["relu", "relu6"] | None = None
    adds: bool | None = None
    mask: bool | None = None

    @staticmethod
    def from_mapping(given: Mapping[str, Any], where: str = "CONVENTION") -> Convention:
        """Check a user's mapping and make a Convention of it.

        Raises UsageError that names the key, the value and what is allowed.
        """
        if not isinstance(given, Mapping):
            raise UsageError(f"{where}={given!r}, but should be a mapping of promises")
        checked: dict[str, Any] = {}
        for key, value in given.items():
            checked[key] = _checked(where, key, value)
        return Convention(**checked)

    def promised(self) -> dict[str, Any]:
        """Return the promises that were made, as plain data."""
        pairs = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {k: list(v) if isinstance(v, tuple) else v for k, v in pairs if v is not None}


ALLOWED: dict[str, tuple[Any, ...] | type] = {
    "momentum_weighs": ("new", "old"),
    "running_var": ("unbiased", "biased"),
    "debiased": (True, False),
    "one_value": ("beta", "raises"),
    "empty_batch": ("empty", "raises"),
    "output": ("centered", "folded"),
    "variance": ("stable", "shifted", "one-pass"),
    "dtypes": list,
    "parameters": ("same", "float32"),
    "accumulates": tuple(FORMATS),
    "channel_axis": int,
    "ranks": list,
    "gradients": ("accumulated", "fresh"),
    "arithmetic": list,
    "training": (False, True),
    "shape": list,
    "channels": int,
    "channels_multiple_of": int,
    "contiguous": (True, False),
    "activation": ("relu", "relu6"),
    "adds": (True, False),
    "mask": (True, False),
}
_POSITIVE = ("channels", "channels_multiple_of")

# What a target may promise about its arithmetic, so that more laws hold exactly:
ARITHMETIC = (
    "sqrt",  # the inverse deviation by square root and division, never by a power function
    "two-pass",  # mean first, then squares of deviations: no recurrence, no merging
    "same-order",  # the order of a column's sum does not depend on the column or on layout
    "convex",  # running statistics as (1 - a) old + a new
)
_LISTS: dict[str, tuple[Any, ...]] = {
    "dtypes": tuple(FORMATS),
    "arithmetic": ARITHMETIC,
    "ranks": (2, 3, 4, 5),
}


def _checked(where: str, key: str, value: Any) -> Any:
    if key not in ALLOWED:
        near = get_close_matches(str(key), ALLOWED, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(ALLOWED)}"
        raise UsageError(f"{where} has the unknown key {key!r}{hint}")
    allowed = ALLOWED[key]
    if key == "shape":
        return _shape(where, value)
    if key in _LISTS:
        names = tuple(value) if isinstance(value, list | tuple) else ()
        if not names or any(n not in _LISTS[key] for n in names):
            known = ", ".join(map(str, _LISTS[key]))
            raise UsageError(f"{where}[{key!r}]={value!r}, but should be a list out of {known}")
        return names
    if isinstance(allowed, type):
        if not isinstance(value, allowed) or isinstance(value, bool):
            raise UsageError(f"{where}[{key!r}]={value!r}, but should be an {allowed.__name__}")
        if key in _POSITIVE and isinstance(value, int) and value < 1:
            raise UsageError(f"{where}[{key!r}]={value!r}, but should be positive")
        return value
    if value not in allowed or isinstance(value, bool) != isinstance(allowed[0], bool):
        choices = " or ".join(repr(a) for a in allowed)
        raise UsageError(f"{where}[{key!r}]={value!r}, but should be {choices}")
    return value


def _shape(where: str, value: Any) -> tuple[int, ...]:
    sizes = tuple(value) if isinstance(value, list | tuple) else ()
    whole = all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes)
    if not (2 <= len(sizes) <= 5 and whole):
        raise UsageError(
            f"{where}['shape']={value!r}, but should be 2 to 5 positive sizes, as in [8, 16, 7, 7]"
        )
    return sizes
