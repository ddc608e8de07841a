"""Conventions: what implementations may legitimately differ in, as promises that are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, Literal

from bncheck.errors import UsageError
from bncheck.model.keys import KEYS


@dataclass(frozen=True)
class Convention:
    """What implementations may legitimately differ in. ``None``: not promised, so recognised.

    What each key means, and which values it may have, is in `bncheck.model.keys`.
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
    eval_backward: Literal[False] | None = None
    shape: tuple[int, ...] | None = None
    channels: int | None = None
    channels_multiple_of: int | None = None
    contiguous: bool | None = None
    activation: Literal["relu", "relu6"] | None = None
    adds: bool | None = None
    groups: int | None = None
    batch_invariant: bool | None = None
    casts: Literal["last", "early", "weight"] | None = None
    gain: Literal["gamma", "one-plus"] | None = None
    residual: Literal["wide", "rounded"] | None = None
    saved: Literal["wide", "half", "xhat"] | None = None
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


def _checked(where: str, name: str, value: Any) -> Any:
    if name not in KEYS:
        near = get_close_matches(str(name), KEYS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(KEYS)}"
        raise UsageError(f"{where} has the unknown key {name!r}{hint}")
    key, told = KEYS[name], f"{where}[{name!r}]={value!r}"
    if key.kind == "sizes":
        return _sizes(told, value)
    allowed = tuple(key.values)
    if key.kind == "list of":
        entries = tuple(value) if isinstance(value, list | tuple) else ()
        if not entries or any(entry not in allowed for entry in entries):
            raise UsageError(f"{told}, but should be a list out of {', '.join(map(str, allowed))}")
        return entries
    if key.kind in ("integer", "positive"):
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(f"{told}, but should be an int")
        if key.kind == "positive" and value < 1:
            raise UsageError(f"{told}, but should be positive")
        return value
    if value not in allowed or isinstance(value, bool) != isinstance(allowed[0], bool):
        raise UsageError(f"{told}, but should be {' or '.join(map(repr, allowed))}")
    return value


def _sizes(told: str, value: Any) -> tuple[int, ...]:
    sizes = tuple(value) if isinstance(value, list | tuple) else ()
    whole = all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes)
    if not (2 <= len(sizes) <= 5 and whole):
        raise UsageError(f"{told}, but should be 2 to 5 positive sizes, as in [8, 16, 7, 7]")
    return sizes
