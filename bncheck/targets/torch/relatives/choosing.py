"""Which reading of a module is meant: what it says that it is, confirmed by what it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bncheck.errors import TargetError
from bncheck.targets.common import counted
from bncheck.targets.common.claiming import Claim
from bncheck.targets.torch.relatives import building
from bncheck.targets.torch.relatives.layouts import Layout
from bncheck.targets.torch.relatives.reading import readings
from bncheck.targets.torch.relatives.sight import Sight

# normalized values are of order 1: half of that tells norms and axes apart, and judges nothing
_NEAR = 0.5


def chosen(
    target: Any, name: str, claim: Claim, ranks: tuple[int, ...] = ()
) -> tuple[Sight, tuple[str, ...]] | None:
    """Return the reading that is meant, with sentences about ranks that are not tried.

    claim: what it says that it is. Where its answers are like none of what it says, it is judged
        as the first of these; but one that does not say so plainly is no such norm: None
    ranks: of its arrays, where these are promised

    Raises TargetError where it takes no array as any of these.
    """
    said = claim.norms
    answering = [s for s in readings(target, said) if not ranks or s.rank in ranks]
    near = [s for s in answering if s.off < _NEAR]
    if not near and not claim.plain:
        return None
    if not answering:
        if "group" in said:
            _divided(target, name)
        raise TargetError(
            f"{name} is {' or '.join(said)} normalization by {claim.by}, but takes no array as "
            "one; give an instance, a function without arguments that makes one, or --norm"
        )
    first = next((n for n in said if any(s.norm.name == n for s in answering)), said[0])
    among = near or [s for s in answering if s.norm.name == first]
    best = _best(among)
    return _merged(best, [s for s in answering if _alike(s, best)], anyway=not near)


def _divided(target: Any, name: str) -> None:
    """Raise TargetError where a module has groups that divide none of its sizes."""
    for way in building.ways(target, groups=True):
        if way.fixed and way.groups and all(n % g for n in way.sizes for g in way.groups):
            groups, channels = way.groups[0], way.sizes[0]
            raise TargetError(f"{name}: {counted.undivided(groups, channels)}")


def _best(among: Iterable[Sight]) -> Sight:
    """Return a reading of the kind that most are of; of those the nearest, as far as it counts."""
    there = list(among)

    def worth(sight: Sight) -> tuple[bool, int]:
        like = [s for s in there if _alike(s, sight)]
        return any(s.agrees for s in like), len(like)

    return max(there, key=worth)  # the first of equals: the simplest


def _alike(a: Sight, b: Sight) -> bool:
    """Whether two readings differ in the rank alone."""
    of = [(s.norm.name, s.norm.groups, s.layout.kind, s.held, s.dtype) for s in (a, b)]
    return of[0] == of[1]


def _merged(best: Sight, like: list[Sight], *, anyway: bool) -> tuple[Sight, tuple[str, ...]]:
    """Put the ranks of a module's arrays together; those in which it is something else are told."""
    taken = [s for s in like if anyway or s.off < _NEAR]
    first = replace(taken[0], agrees=best.agrees)
    if best.layout.kind == "own":
        told = tuple(len(s.shape) for s in taken)
        return replace(first, layout=Layout("own", told)), ()
    ranks = tuple(sorted(r for s in taken for r in s.layout.ranks))
    left = sorted(r for s in like if s not in taken for r in s.layout.ranks)
    says = f"it answers, but not normalized over {best.layout}"
    untried = tuple(f"x of rank {rank}: {says}" for rank in left)
    return replace(first, layout=Layout(best.layout.kind, ranks)), untried
