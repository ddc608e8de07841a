"""The widths of signs, as `benchmarks/math_font.py` takes them from the font for formulas."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TypedDict

FONT = "bncheck-math.woff2"
LICENSE = "GUST-FONT-LICENSE.txt"
FAMILY = "Bncheck Math"

_UNKNOWN = (0.9, 1.1, 1.2, 0.1)
"""What a sign is taken for that is not in the font: wider than any letter but m."""


def font() -> bytes:
    """Return the font for formulas, as WOFF2."""
    return files(__package__).joinpath("font", FONT).read_bytes()


class _Metrics(TypedDict):
    """What `benchmarks/math_font.py` has written."""

    widths: Mapping[str, Sequence[float]]
    grown: Mapping[str, Sequence[Sequence[float]]]


@cache
def _metrics() -> _Metrics:
    text = files(__package__).joinpath("font", "metrics.json").read_text(encoding="utf-8")
    read: _Metrics = json.loads(text)
    return read


def width(sign: str, level: int) -> float:
    """Return the width of a sign in em of its own size; level 1 in an index, 2 deeper."""
    return _metrics()["widths"].get(sign, _UNKNOWN)[level]


def upright(sign: str, level: int) -> float:
    """Return the width of a letter as it stands in words."""
    widths = _metrics()["widths"]
    return widths.get(f"|{sign}", widths.get(sign, _UNKNOWN))[level]


def lean(sign: str) -> float:
    """Return by how much a letter leans over what follows it."""
    return _metrics()["widths"].get(sign, _UNKNOWN)[3]


def grown(sign: str) -> Sequence[Sequence[float]]:
    """Return the sizes, each a height and a width, that a bracket or sum has."""
    return _metrics()["grown"][sign]
