"""A small pool of shapes, for targets to which every new shape is expensive.

JAX compiles each operation for each shape: a fraction of a second for a shape that a run may use
once. Such a target's cases are those of everyone, but for their shapes: of the shapes that a
regime makes, each is replaced by the nearest one of a pool, which is another one for every seed.
In it the regime keeps every rank, every batch size and every number of channels that it has; what
is given up are combinations of these. Where a regime lists whole shapes, all are kept.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bncheck.cases.regimes import Regime

Shape = tuple[int, ...]
# A choice that a shape has to show: which one of its parts, and the value there.
Part = tuple[str, int]


class Pool:
    """The shapes of a run; regimes share what suits them."""

    def __init__(self, seed: int) -> None:
        """Start empty."""
        self._random = random.Random(seed)  # noqa: S311 # no secret
        self._shapes: list[Shape] = []

    def narrow(self, regime: Regime) -> Regime:
        """Return the regime with shapes of the pool only."""
        chosen = regime.shapes or self._made(regime)
        self._shapes += [shape for shape in chosen if shape not in self._shapes]
        return regime if regime.shapes else replace(regime, pool=tuple(chosen))

    def _made(self, regime: Regime) -> list[Shape]:
        """Take shapes from the pool as long as they show something new; make the rest."""
        missing = set(_parts(regime))
        chosen: list[Shape] = []
        for shape in [s for s in self._shapes if _suits(s, regime)]:
            if missing & set(_shown(shape)):
                chosen.append(shape)
                missing -= set(_shown(shape))
        while missing:
            shape = self._new(regime, missing)
            chosen.append(shape)
            missing -= set(_shown(shape))
        return chosen

    def _new(self, regime: Regime, missing: Iterable[Part]) -> Shape:
        """Make a shape of parts that are missing, where there are any."""

        def pick(name: str, among: tuple[int, ...]) -> int:
            wanted = sorted(value for part, value in missing if part == name)
            return self._random.choice(wanted or among)

        rank = pick("rank", regime.ranks)
        spatial = tuple(self._random.choice(regime.sizes) for _ in range(rank - 2))
        return (pick("batch", regime.batch), pick("channels", regime.channels), *spatial)


def _parts(regime: Regime) -> Iterator[Part]:
    """List what the shapes of a regime have to show."""
    yield from (("rank", rank) for rank in regime.ranks)
    yield from (("batch", size) for size in regime.batch)
    yield from (("channels", count) for count in regime.channels)


def _shown(shape: Shape) -> tuple[Part, ...]:
    return ("rank", len(shape)), ("batch", shape[0]), ("channels", shape[1])


def _suits(shape: Shape, regime: Regime) -> bool:
    return (
        len(shape) in regime.ranks
        and shape[0] in regime.batch
        and shape[1] in regime.channels
        and set(shape[2:]) <= set(regime.sizes)
    )
