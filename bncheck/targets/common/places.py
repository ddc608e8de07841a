"""Where a layer keeps its parts: attributes, items of dicts and lists, objects of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from bncheck.targets.common import array_kinds
from bncheck.targets.common.looking import names, peek
from bncheck.targets.common.roles import gradient_names, plain, rank_of

# how deep a part may lie, as in ``layer.params["bn1"].gamma.data``, and how many are looked at
DEEPEST = 4
MOST = 500
HELD = ("data", "value", "values", "array", "val")
GRADIENT = ("grad", "gradient")


@dataclass(frozen=True)
class Slot:
    """A place in a layer: the attribute names, and in a tuple of one the keys, that lead to it."""

    path: tuple[str | tuple[Any], ...]

    def get(self, layer: object) -> Any:
        """Return what is there; raises what looking raises where nothing is."""
        return self._walk(layer, self.path)

    def set(self, layer: object, value: object) -> None:
        """Put a value there; raises AttributeError for a read-only property."""
        holder: Any = self._walk(layer, self.path[:-1])
        last = self.path[-1]
        if isinstance(last, tuple):
            holder[last[0]] = value
        else:
            setattr(holder, last, value)

    def __str__(self) -> str:
        """Return it as one would write it after the layer's name."""
        steps = (f"[{s[0]!r}]" if isinstance(s, tuple) else f".{s}" for s in self.path)
        return "".join(steps).removeprefix(".")

    @staticmethod
    def _walk(layer: Any, path: tuple[str | tuple[Any], ...]) -> Any:
        for step in path:
            layer = layer[step[0]] if isinstance(step, tuple) else getattr(layer, step)
        return layer


@dataclass(frozen=True)
class Place:
    """One slot, the plain name that tells what is in it, and what was there."""

    name: str
    slot: Slot
    value: Any


def places(layer: object) -> list[Place]:
    """Return the places in a layer, those that are least deep first."""
    found: list[Place] = []
    seen = {id(layer)}
    level = list(_inside(layer, Place("", Slot(()), layer)))
    for _ in range(DEEPEST):
        found.extend(level)
        deeper: list[Place] = []
        for place in level:
            if id(place.value) not in seen and _opens(layer, place.value):
                seen.add(id(place.value))
                deeper.extend(_inside(place.value, place))
        level = deeper[:MOST]
    return found


def candidates(
    layer: object, role: str, fits: Callable[[Any], bool], *, gradient: bool = False
) -> list[Slot]:
    """Return the slots whose name stands for a role and whose value fits, the best name first."""
    ranked = []
    for number, place in enumerate(places(layer)):
        if gradient:
            forms = gradient_names(role)
            rank = forms.index(place.name) if place.name in forms else None
        else:
            rank = rank_of(place.name, role)
        if rank is not None and fits(place.value):
            ranked.append(((rank, number), place.slot))
    return [slot for _, slot in sorted(ranked, key=lambda pair: pair[0])]


def find(
    layer: object, role: str, fits: Callable[[Any], bool], *, gradient: bool = False
) -> Slot | None:
    """Return the first of `candidates`."""
    return next(iter(candidates(layer, role, fits, gradient=gradient)), None)


def _opens(layer: object, value: object) -> bool:
    """Whether to look for parts inside a value: dicts, lists, and objects of the layer's file."""
    if isinstance(value, dict | list | SimpleNamespace):
        return len(value) <= MOST if isinstance(value, dict | list) else True
    if array_kinds.is_array(value) or isinstance(value, type) or callable(value):
        return array_kinds.is_own(value)
    return type(value).__module__ == type(layer).__module__


def _inside(value: object, place: Place) -> Iterator[Place]:
    path, name = place.slot.path, place.name
    if isinstance(value, dict):
        # grads["gamma"] is a gradient, params["gamma"] is not
        before = "d" if "grad" in name else ""
        for key, held in value.items():
            if isinstance(key, str):
                yield Place(before + plain(key), Slot((*path, (key,))), held)
    elif isinstance(value, list):
        for key, held in enumerate(value):
            if not isinstance(held, int | float):
                yield Place("", Slot((*path, (key,))), held)
    else:
        for attribute in names(value):
            held, called = peek(value, attribute), plain(attribute)
            if not isinstance(held, type) and not _is_method(held):
                if path and called in HELD:
                    called = name if not array_kinds.is_own(value) else ""
                elif path and called in GRADIENT:
                    called = f"d{name}"
                yield Place(called, Slot((*path, attribute)), held)


def _is_method(value: object) -> bool:
    return callable(value) and peek(value, "__self__") is not None
