"""Reading a module as each of the norms, in each layout that it could have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.errors import RAISED
from bncheck.model import NORMS, Norm, NormName
from bncheck.targets.torch.relatives import building
from bncheck.targets.torch.relatives.building import Way
from bncheck.targets.torch.relatives.layouts import Kind, Layout
from bncheck.targets.torch.relatives.roles import with_parts
from bncheck.targets.torch.relatives.sight import Sight

_ROWS = 6  # as 2 x 3 and 1 x 2 x 3, whose sizes differ
_LAYOUTS: tuple[tuple[Kind, int], ...] = (
    *(("last", 2), ("last", 3), ("first", 4), ("last", 4), ("first", 3)),
)


def readings(target: Any, names: Iterable[NormName]) -> list[Sight]:
    """Return the readings in which a module answers, each with how far off it is."""
    found: list[Sight] = []
    for name in names:
        norm = NORMS[name]
        for way in building.ways(target, groups=name == "group"):
            answering = [seen for tried in _tried(norm, way) if (seen := _seen(tried, target))]
            found += answering
            if answering:
                break  # another way of calling the constructor makes the same modules
    return found


def _seen(tried: Sight, target: Any) -> Sight | None:
    instance = not isinstance(target, type)
    for dtype in ("float64", "float32"):
        try:
            sight = with_parts(replace(tried, dtype=dtype), instance=instance)
            case = sight.case()
            layer = sight.make(case)
        except RAISED:  # it cannot be made so
            continue
        errors = sight.errors(case, layer)
        if errors is not None:
            off, _, bound = errors
            return replace(sight, off=float(off.max()), agrees=bool(np.all(off <= bound)))
    return None


def _tried(norm: Norm, way: Way) -> Iterator[Sight]:
    if norm.owner == "value":
        yield from _of_rows(norm, way)
    elif norm.name == "group":
        yield from _of_groups(norm, way)
    elif norm.name == "instance":
        for size in way.sizes or (0,):
            count = size or 3
            for sizes in ((5, 2), (5,), (5, 2, 3)):
                shape = (sizes[0], 2 * count, *sizes[1:])
                told = replace(norm, groups=size)
                yield Sight(way, told, Layout(), shape, multiple=size or 1)


def _of_rows(norm: Norm, way: Way) -> Iterator[Sight]:
    if len(way.shape) > 1:
        held = (way.shape[0], 0, *way.shape[1:])
        yield Sight(way, norm, Layout(), tuple(n or 3 for n in held), held=held)
        return
    if way.whole:
        yield from (Sight(way, norm, Layout(), s) for s in ((5, 3, 2), (5, 3), (5, 3, 2, 3)))
        return
    for size in way.sizes or (0,):
        for kind, rank in _LAYOUTS:
            held = (size, 0) if size else ()
            yield Sight(way, norm, Layout(kind, (rank,)), (size or 5, _ROWS), held=held)


def _of_groups(norm: Norm, way: Way) -> Iterator[Sight]:
    for size in way.sizes or (0,):
        for groups in way.groups or (0,):
            if way.fixed and (not groups or size % groups):
                continue
            told = replace(norm, groups=groups)
            channels, sets = (size // groups if size else 3), 2 * (groups or 2)
            held = (channels,) if size else ()
            for spatial in ((5, 2), (5,), (), (5, 2, 3)):
                shape = (channels, sets, *spatial)
                yield Sight(way, told, Layout(), shape, held=held, multiple=groups or 1)
