"""Shapes that a target raises on, where they are those that a key of ``CONVENTION`` leaves out.

Whether that is meant only its author knows, so it is told once, with the line that says so. Small
batches are asked for with many numbers of channels, and of every rank; a key is named only where it
tells every batch that raised from every one that did not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bncheck.cases import Recipe
from bncheck.diagnosis.evidence import Ask, asked
from bncheck.diagnosis.failures import Subject
from bncheck.diagnosis.panel import GENERAL, within
from bncheck.model import Domain
from bncheck.model.arrays import samples
from bncheck.model.keys import spelled

_CHANNELS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 24, 32, 48, 64, 128, 256)
_MULTIPLES = (2, 3, 4, 8, 16, 32, 64, 128)
_PLANES = {2: ((),), 3: ((1,), (4,)), 4: ((1, 1), (2, 4)), 5: ((1, 1, 1), (2, 2, 2))}
# answers that are no refusal, but not what was asked for
_ANSWERED = ("shape", "type")
_RANK_5 = "raises-at-rank-5"

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Refused:
    """What the shapes have in common that raise.

    key, value: the promise that leaves them out, if there is one
    admits: whether it answers on a shape
    deviation: the deviation that does just this, if there is one
    """

    where: str
    admits: Callable[[Shape], bool]
    key: str = ""
    value: Any = None
    deviation: str = ""

    @property
    def told(self) -> str:
        """Say it, with the line to write."""
        told = f"it raises where {self.where}, not elsewhere"
        line = f'CONVENTION = {{"{self.key}": {spelled(self.value)}}}'
        return f"{told}; if that is meant, write {line}" if self.key else told

    def left(self, domain: Domain) -> Domain:
        """Return the domain without the shapes that raise, as far as a domain can say that."""
        if self.key == "ranks":
            return replace(domain, ranks=tuple(self.value))
        names = {"channels": "channels", "channels_multiple_of": "multiple"}
        changes: dict[str, Any] = {names[k]: self.value for k in names if k == self.key}
        return replace(domain, **changes)


def refused(subject: Subject, dtype: str, ask: Ask, *, inference: bool) -> Refused | None:
    """Find what tells the shapes that raise, in a mode, from those that do not.

    None for the relatives: sizes of a case are not those that their users would write about.
    """
    domain = subject.domain
    if domain.shape is not None or domain.few_shapes or domain.norm.name != "batch":
        return None
    script = "infer" if inference else "train"

    def raises(shape: Shape) -> bool | None:
        recipe = _recipe(shape, subject, dtype)
        if recipe is None:
            return None
        # one value per channel is not asked for where the target is known to refuse it
        answered = next(iter(asked(recipe, ask, (script,))), None)
        kind = None if answered is None else answered.answer.raised
        return None if kind is None or kind in _ANSWERED else bool(kind)

    for rank in domain.ranks:
        seen = _seen(raises, [(4, c, *_PLANES[rank][-1]) for c in _CHANNELS])
        if False in seen.values():
            return (
                _channels(seen)
                or _ranks(domain, seen, raises)
                or _one_value(seen, raises, inference=inference)
            )
    return None


def _recipe(shape: Shape, subject: Subject, dtype: str) -> Recipe | None:
    base = replace(GENERAL[0], shape=shape)
    made = within(base, subject.domain, dtype, subject.parameters.get(dtype, dtype))
    return made if made is not None and made.shape == shape else None


def _seen(raises: Any, shapes: Sequence[Shape]) -> dict[Shape, bool]:
    return {s: told for s in shapes if (told := raises(s)) is not None}


def _channels(seen: Mapping[Shape, bool]) -> Refused | None:
    taken = {shape[1] for shape, bad in seen.items() if not bad}
    if all(not bad for bad in seen.values()):
        return None
    if len(taken) == 1:
        (only,) = taken
        where = f"the number of channels is not {only}"
        return Refused(where, lambda shape: shape[1] == only, "channels", only)
    for k in _MULTIPLES:
        if all(bad == (shape[1] % k != 0) for shape, bad in seen.items()):
            where = f"the number of channels is no multiple of {k}"
            return Refused(where, partial(_is_multiple, k), "channels_multiple_of", k)
    return None


def _is_multiple(k: int, shape: Shape) -> bool:
    return shape[1] % k == 0


def _ranks(domain: Domain, seen: Mapping[Shape, bool], raises: Any) -> Refused | None:
    if any(seen.values()):
        return None
    channels = max(shape[1] for shape in seen)
    told = {r: set(_of_rank(r, channels, raises)) for r in domain.ranks}
    # a rank that answers sometimes is not refused
    taken = [rank for rank, bad in told.items() if bad == {False}]
    never = [rank for rank, bad in told.items() if bad == {True}]
    if not never or len(taken) + len(never) < len(told):
        return None
    where = f"x has rank {' or '.join(map(str, never))}"
    name = _RANK_5 if never == [5] else ""
    return Refused(where, lambda shape: len(shape) not in never, "ranks", taken, name)


def _one_value(seen: Mapping[Shape, bool], raises: Any, *, inference: bool) -> Refused | None:
    """One value per channel: there is a promise about it for training, and none for inference."""
    rank = len(next(iter(seen)))
    if any(seen.values()):
        return None
    several = [(n, c, *_PLANES[rank][0]) for n in (2, 3) for c in (1, 4)]
    one = [(1, *shape[1:2], *(1,) * (rank - 2)) for shape in seen]
    if any(_seen(raises, several).values()) or set(_seen(raises, one).values()) != {True}:
        return None
    where = "there is one value per channel"
    key = "" if inference else "one_value"
    return Refused(where, lambda shape: samples(shape) > 1, key, "raises")


def _of_rank(rank: int, channels: int, raises: Any) -> Iterator[bool]:
    shapes = [(n, c, *plane) for plane in _PLANES[rank] for n in (2, 4) for c in (1, 3, channels)]
    return iter(_seen(raises, shapes).values())
