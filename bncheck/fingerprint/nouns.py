"""What a fingerprint is made of: plain frozen data, which crosses the worker's pipe as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Trait:
    """One thing that was told about a black box.

    name, value: such as ``"eps"`` and ``"1e-05"``; an empty value: it could not be told
    because: what in the numbers says so
    or_else: what the same numbers would also allow; empty where nothing in use does
    """

    name: str
    value: str
    because: str
    or_else: tuple[str, ...] = ()


@dataclass(frozen=True)
class Curve:
    """Errors of one output against one condition, in units of roundoff of the dtype.

    output: y, variance or dx; against: ``"mean/std"`` or ``"var/eps"``
    at, errors: the condition and the largest error there, relative to the largest true entry of
    the channel; allowed: the largest error that any acceptable algorithm may have, where there
    is a promise
    """

    output: str
    against: str
    at: tuple[float, ...]
    errors: tuple[float, ...]
    allowed: tuple[float, ...]


@dataclass(frozen=True)
class Stability:
    """How the error grows with the condition of the input.

    unit: unit roundoff of the dtype; keeps: for y, variance and dx the largest mean/std up to
    which three digits are right everywhere, 0 where they never are
    worst: the worst inputs that a search found, one for each output
    """

    dtype: str
    unit: float
    curves: tuple[Curve, ...]
    keeps: Mapping[str, float]
    worst: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Fingerprint:
    """Conventions and numerics of a black box.

    calls: how often it was called; profiles: frameworks whose conventions agree with all that
    was seen; notes: what could not be looked at, and why
    """

    target: str
    dtype: str
    calls: int
    traits: tuple[Trait, ...]
    profiles: tuple[str, ...]
    stability: Stability | None = None
    notes: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        """Return what was told of a trait; empty where nothing was."""
        return next((t.value for t in self.traits if t.name == name), "")

    def plain(self) -> dict[str, Any]:
        """Return JSON-able data from which `from_plain` makes an equal fingerprint."""
        return asdict(self)


def stability_from(data: Mapping[str, Any]) -> Stability:
    """Read back the plain form of a stability map."""
    curves = tuple(
        Curve(**{f.name: _tuple(entry[f.name]) for f in fields(Curve)}) for entry in data["curves"]
    )
    return Stability(data["dtype"], data["unit"], curves, dict(data["keeps"]), tuple(data["worst"]))


def from_plain(data: Mapping[str, Any]) -> Fingerprint:
    """Read back what a worker sent."""
    traits = tuple(
        Trait(**{f.name: _tuple(entry[f.name]) for f in fields(Trait)}) for entry in data["traits"]
    )
    stability = data["stability"]
    return Fingerprint(
        target=data["target"],
        dtype=data["dtype"],
        calls=data["calls"],
        traits=traits,
        profiles=tuple(data["profiles"]),
        stability=None if stability is None else stability_from(stability),
        notes=tuple(data["notes"]),
    )


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
