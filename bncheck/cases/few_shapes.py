"""A small pool of shapes, for targets to which every new shape is expensive.

A target may be compiled for each shape: a tenth of a second, or several, for a shape that a run
would use once. The cases of such a target have their shapes from a pool, which is another one for
each seed. With it a regime keeps every rank, batch size, number of channels and spatial size that
it has, and the shapes that it lists; what is given up are combinations.
Values, parameters, eps and momentum are drawn as for everyone.

Laws that make calls of their own make shapes out of a case's shape. They are tried on the shapes
that a regime shares with those before it, or else on its smallest one.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bncheck.cases.regime import Regime

Shape = tuple[int, ...]
# What a regime chooses a shape by: the name of one of its parts, and the value there.
Part = tuple[str, int]


class FewShapes:
    """The shapes of a run. Regimes share what suits them, so ask in one order."""

    def __init__(self, seed: int) -> None:
        """Start empty."""
        self._random = random.Random(seed)  # noqa: S311 # no secret
        self._shapes: list[Shape] = []

    def narrow(self, regime: Regime) -> Regime:
        """Return the regime with the shapes of the pool that it needs, the smallest first."""
        chosen = list(regime.shapes) or self._chosen(regime)
        shared = [shape for shape in chosen if shape in self._shapes]
        self._shapes += [shape for shape in chosen if shape not in self._shapes]
        # of shapes that a regime lists the first is the simplest
        ordered = regime.shapes or tuple(sorted(chosen, key=_size))
        return replace(regime, shapes=ordered, own_shapes=tuple(shared) or ordered[:1])

    def _chosen(self, regime: Regime) -> list[Shape]:
        """Take from the pool what shows something new, and make what is missing then."""
        chosen: list[Shape] = []
        missing = set(_parts(regime))
        for shape in self._shapes:
            if _suits(shape, regime) and missing & set(_shown(shape)):
                chosen.append(shape)
                missing -= set(_shown(shape))
        while missing:
            chosen.append(self._new(regime, missing))
            missing -= set(_shown(chosen[-1]))
        return chosen

    def _new(self, regime: Regime, missing: Iterable[Part]) -> Shape:
        """Make a shape of parts that are missing, where there are any."""

        def pick(name: str, among: Sequence[int]) -> int:
            wanted = sorted(value for part, value in missing if part == name)
            return self._random.choice(wanted or among)

        # a spatial size that is missing needs a rank with spatial axes
        spatial = any(part == "spatial" for part, _ in missing)
        ranks = [rank for rank in regime.ranks if rank > 2] if spatial else regime.ranks
        rank = self._random.choice(
            sorted(r for r in ranks if ("rank", r) in missing) or list(ranks)
        )
        sizes = tuple(pick("spatial", regime.sizes) for _ in range(rank - 2))
        return (pick("batch", regime.batch), pick("channels", regime.channels), *sizes)


def _parts(regime: Regime) -> list[Part]:
    """List what the shapes of a regime have to show."""
    spatial = regime.sizes if max(regime.ranks) > 2 else ()
    return [
        *(("rank", rank) for rank in regime.ranks),
        *(("batch", size) for size in regime.batch),
        *(("channels", count) for count in regime.channels),
        *(("spatial", size) for size in spatial),
    ]


def _shown(shape: Shape) -> list[Part]:
    spatial = [("spatial", size) for size in shape[2:]]
    return [("rank", len(shape)), ("batch", shape[0]), ("channels", shape[1]), *spatial]


def _suits(shape: Shape, regime: Regime) -> bool:
    return set(_shown(shape)) <= set(_parts(regime))


def _size(shape: Shape) -> tuple[int, int, Shape]:
    return math.prod(shape), len(shape), shape
