"""Where a target is wrong, for who writes kernels: sizes at which blocks and vectors end.

Asked only where nothing explains the failures, since it costs calls: cases that differ in the
number of channels, in the size of the maps and in m. A sentence is a predicate that is true of all
cases with something wrong and of none without, on several cases each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bncheck.cases import Recipe
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.panel import GENERAL, within
from bncheck.diagnosis.telling import listed
from bncheck.model import Domain
from bncheck.model.arrays import samples

_BASE = GENERAL[0]
_CHANNELS = (1, 2, 4, 5, 6, 7, 8, 12, 16, 24, 31, 32, 33, 48, 64, 66)
_MAPS = ((1, 1), (1, 3), (2, 2), (1, 5), (2, 3), (1, 7), (2, 4), (3, 3), (3, 4), (4, 4), (5, 5))
_LARGE_MAPS = ((4, 8), (6, 6), (8, 8), (15, 17), (16, 16), (16, 17), (20, 20))
_SAMPLES = (2, 4, 5, 8, 9, 16, 17, 31, 32, 33, 63, 65, 128, 130, 256, 257, 1024, 1025, 2050)

# a sentence needs so many cases on each side
_LEAST = 3


def places(domain: Domain, dtype: str, parameters: str) -> Iterator[Recipe]:
    """Cases of many sizes that a target of this domain takes."""
    wanted = [replace(_BASE, shape=(5, c)) for c in _CHANNELS]
    wanted += [replace(_BASE, shape=(n, 2)) for n in _SAMPLES]
    wanted += [replace(_BASE, shape=(3, 2, *plane)) for plane in (*_MAPS, *_LARGE_MAPS)]
    made = (within(recipe, domain, dtype, parameters) for recipe in wanted)
    yield from dict.fromkeys(m for m in made if m is not None)


@dataclass(frozen=True)
class Predicate:
    """Something about a case's sizes: as it is said of the wrong ones and of the right ones."""

    wrong: str
    right: str
    holds: Callable[[Recipe], bool]


Size = Callable[[Recipe], int]


def _predicates() -> Iterator[Predicate]:
    for what, size in _SIZES.items():
        for k in (2, 4, 8, 16, 32):
            rest = partial(_has_rest, size, k)
            whole = f"{what} is a multiple of {k}"
            yield Predicate(f"{what} is no multiple of {k}", whole, rest)
            yield Predicate(whole, f"{what} is none", partial(_not, rest))
        for most in (1, 2, 4, 7, 8, 16, 31, 32, 63, 64, 128, 255, 256, 512, 1024, 2048):
            above = partial(_above, size, most)
            told = f"{what} is above {most}", f"{what} is at most {most}"
            yield Predicate(*told, above)
            yield Predicate(*told[::-1], partial(_not, above))


def _has_rest(size: Size, k: int, recipe: Recipe) -> bool:
    return size(recipe) % k != 0


def _above(size: Size, most: int, recipe: Recipe) -> bool:
    return size(recipe) > most


def _not(holds: Callable[[Recipe], bool], recipe: Recipe) -> bool:
    return not holds(recipe)


_SIZES: dict[str, Size] = {
    "C": lambda r: r.shape[1],
    "H W": lambda r: samples((1, 1, *r.shape[2:])) if len(r.shape) > 2 else 1,
    "m": lambda r: r.size // r.shape[1],
}


def where(court: Court, asked: Sequence[Observed]) -> Iterator[str]:
    """Say at which sizes something is wrong, and in which channels and positions there."""
    heard = court.on(asked)
    wrong = {i.recipe for i in heard.contradicting(Hypothesis())}
    right = {i.recipe for i in asked} - wrong
    if len(wrong) < _LEAST or len(right) < _LEAST:
        return
    for predicate in _predicates():
        if all(predicate.holds(r) for r in wrong) and not any(predicate.holds(r) for r in right):
            yield f"wrong exactly where {predicate.wrong}, right where {predicate.right}"
            break
    yield from _channels(heard, asked)


def _channels(court: Court, asked: Sequence[Observed]) -> Iterator[str]:
    """The channels that are wrong, where on every case they are the same part of all."""
    seen: list[tuple[int, frozenset[int]]] = []
    for item in asked:
        for c in court.compare(Hypothesis(), item):
            if not c.holds and len(c.agrees) > 1:
                seen.append((len(c.agrees), frozenset(np.flatnonzero(~c.agrees).tolist())))
    if sum(len(bad) < count for count, bad in seen) < _LEAST:
        return  # all channels are wrong, or hardly anything is
    for says, part in _PARTS.items():
        if all(bad == part(count) for count, bad in seen):
            yield f"in each wrong case it is {says} that are wrong"
            return
    numbers = sorted(set().union(*(bad for _, bad in seen)))
    if len(numbers) <= _LEAST and all(len(bad) < count for count, bad in seen):
        yield f"only channels {listed([str(n) for n in numbers])} are wrong"


def _beyond(k: int) -> Callable[[int], frozenset[int]]:
    return lambda count: frozenset(range(k, count))


def _rest(k: int) -> Callable[[int], frozenset[int]]:
    return lambda count: frozenset(range(k * (count // k), count))


_PARTS: dict[str, Callable[[int], frozenset[int]]] = {
    "all channels but the first": _beyond(1),
    **{f"the channels from {k} on": _beyond(k) for k in (2, 4, 8, 16, 32, 64)},
    **{f"the last C mod {k} channels": _rest(k) for k in (2, 4, 8, 16, 32)},
    "the odd channels": lambda count: frozenset(range(1, count, 2)),
    "the even channels": lambda count: frozenset(range(0, count, 2)),
    "the last channel": lambda count: frozenset({count - 1}),
    "the first channel": lambda count: frozenset({0}),
}
