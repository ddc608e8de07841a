"""Looking at one layer, before and after its first batch: which methods it has, and its parts."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncheck.errors import RAISED, TargetError, in_words
from bncheck.model import BATCH, Case, Norm
from bncheck.targets.common import array_kinds, probing
from bncheck.targets.common.calls import Switch, switches
from bncheck.targets.common.kinds import kind_of
from bncheck.targets.common.looking import method, names, peek
from bncheck.targets.common.places import Slot, candidates, places
from bncheck.targets.common.roles import plain
from bncheck.targets.plain.asked import Asked, read
from bncheck.targets.plain.building import PER_CHANNEL, SCALARS, builder
from bncheck.targets.plain.instance import FORWARD_ROLES, Living
from bncheck.targets.plain.plan import Plan, fits, is_number

# how people call the method that normalizes, the likeliest first
FORWARDS = (
    *("forward", "forwardpass", "fprop", "fwd", "feedforward", "forwardpropagation"),
    *("forwardprop", "forwardpropagate", "propagate", "forwardtrain", "trainforward", "call"),
    *("__call__", "apply", "fittransform", "normalize", "normalise", "batchnorm", "compute"),
    *("run", "process", "transform", "infer", "inference", "predict"),
)
BACKWARDS = re.compile(
    "(?:backward|backwardpass|backwardprop|backwardpropagation|backwardpropagate|backprop"
    "|backpropagation|backpropagate|bprop|bwd|back|gradient|gradients|grad|computegradients?"
    r"|computegrads?|vjp)(?:alt|alternative|simple|simplified|naive|fast|compact|slow|\w?\d)?"
)
RANKS = (2, 4, 3, 5)


@dataclass(frozen=True)
class Looked:
    """A plan and the case on which it was seen to train; ``None`` where it was not."""

    plan: Plan
    case: Case | None
    reason: BaseException | None


def forwards(kind: type) -> list[str]:
    """Return the methods of a class that might be its forward pass, the likeliest first."""
    has = {
        plain(n) if not n.startswith("__") else n: n for n in reversed([*names(kind), *_call(kind)])
    }
    return [has[name] for name in FORWARDS if name in has and callable(peek(kind, has[name]))]


def _call(kind: type) -> list[str]:
    own = any("__call__" in vars(k) for k in kind.__mro__)
    return ["__call__"] if own else []


def backwards(layer: object) -> tuple[str, ...]:
    """Return the methods of a layer that might be its backward passes, the likeliest first."""
    found = [n for n in names(layer) if BACKWARDS.fullmatch(plain(n)) and method(layer, n)]
    public = [n for n in found if not n.startswith("_")]
    return tuple(sorted(public, key=lambda n: (not plain(n).startswith("backward"), len(n))))


def planned(target: Any, name: str, channels: int, axis: int, norm: Norm = BATCH) -> Looked:
    """Find a way to make a layer and train it on one batch, and where its parts are by name.

    norm: what the cases are of that it is tried on, with gamma along axis 1

    Raises TargetError where it cannot be built.
    """
    first: Looked | None = None
    for plan in _ways(target, name, axis):
        looked = _looked(plan, channels, norm)
        if looked.case is not None:
            return looked
        first = first or looked
    if first is None:
        raise TargetError(f"{name} has no method forward(x)")
    return first


def home(target: Any) -> dict[str, Any]:
    """Return the names of the module that a class or an instance's class is in."""
    kind = kind_of(target)
    module = sys.modules.get(str(peek(kind, "__module__")))
    return vars(module) if module else {}


def _ways(target: Any, name: str, axis: int) -> Iterator[Plan]:
    kind = kind_of(target)
    for sets_up in (False, True):
        for array in array_kinds.used_by(home(target)):
            bare = replace(builder(target, name, array), sets_up=sets_up)
            for forward in forwards(kind):
                yield Plan(bare, forward, axis=axis)


def _looked(bare: Plan, channels: int, norm: Norm) -> Looked:
    # of two axes nothing is left to instance normalization that would tell anything
    among = [rank for rank in RANKS if rank > 2 or norm.name != "instance"]
    cases = [probing.case(rank, channels, norm=norm) for rank in among]
    try:
        layer = bare.build(cases[0])
    except TargetError:
        raise
    except RAISED as error:
        raise TargetError(
            f"{bare.name} could not be made for {channels} channels: {in_words(error, 300)}"
        ) from error
    if not any(fits(place.value, channels) for place in places(layer)):
        bare.build.refuse_guess()
    before = named(layer, channels)
    plan = replace(bare, backwards=backwards(layer), slots=_settable(bare, before, cases[0]))
    forward = peek(layer, bare.forward)
    if not callable(forward):
        return Looked(plan, None, TypeError(f"{bare.forward} cannot be had"))
    plan = replace(plan, shapes=shapes(layer, plan.slots), takes=_taken(bare.forward, forward))
    reason: BaseException | None = None
    for case in cases:
        for way in (None, *switches(layer, forward)):
            try:
                living = Living(replace(plan, switch=way), case)
                living.train(case.x)
            except RAISED as error:  # this rank is not taken; the caller tells which are
                reason = reason or error
                continue
            after = named(living.layer, channels)
            lazy = not set(after) <= set(before)
            kind = _kind_of(living, plan)
            build = replace(plan.build, kind=kind)
            plan = replace(plan, build=build, slots=after, lazy=lazy, switch=way)
            plan = replace(plan, slots=_settable(plan, after, case))
            return Looked(replace(plan, shapes=shapes(living.layer, plan.slots)), case, None)
    return Looked(plan, None, reason)


def _taken(name: str, forward: Any) -> frozenset[str]:
    """Return the roles of what a case sets that the forward pass is given as arguments."""
    asked = read(name, forward, FORWARD_ROLES, "x")
    settable = (*PER_CHANNEL, *SCALARS)
    return frozenset(r for r in settable if isinstance(asked, Asked) and asked.takes(r))


def _kind_of(living: Living, plan: Plan) -> array_kinds.Kind:
    """Return the kind of the layer's parts where these were made of NumPy's by themselves."""
    held = (array_kinds.of(slot.get(living.layer)) for slot in plan.slots.values())
    other = next((k for k in held if k is not None and k is not array_kinds.NUMPY), None)
    return plan.kind if other is None or plan.kind is not array_kinds.NUMPY else other


def named(layer: object, channels: int) -> dict[str, Slot]:
    """Return the slots that are called as the roles are, the best name of each."""
    found = {role: candidates(layer, role, lambda v: fits(v, channels)) for role in PER_CHANNEL}
    found |= {role: candidates(layer, role, is_number) for role in SCALARS}
    return {role: slots[0] for role, slots in found.items() if slots}


def _settable(plan: Plan, slots: dict[str, Slot], case: Case) -> dict[str, Slot]:
    """Return the slots that take a value; a property may refuse to be set."""
    kept = {}
    for role, slot in slots.items():
        try:
            living = Living(replace(plan, slots={}), case)
            value = {"eps": 0.25, "momentum": 0.375}.get(role, getattr(case, role))
            living.put(slot, value)
        except RAISED:  # whatever it is, it cannot be set
            continue
        kept[role] = slot
    return kept


def shapes(layer: object, slots: Mapping[str, Slot]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the parts as the class makes them."""
    return {r: array_kinds.shape_of(slots[r].get(layer)) for r in PER_CHANNEL if r in slots}


def dtypes(layer: object, slots: Mapping[str, Slot]) -> dict[str, str]:
    """Return the names of the dtypes of the parts as the class makes them, where NumPy has them."""
    held = {r: array_kinds.values(slots[r].get(layer)) for r in PER_CHANNEL if r in slots}
    return {r: value.dtype.name for r, value in held.items() if isinstance(value, np.ndarray)}


def channels_of(layer: object) -> int | None:
    """Return the number of channels of an instance, ``None`` where it has no arrays yet."""
    for role in PER_CHANNEL:
        for slot in candidates(
            layer, role, lambda v: array_kinds.is_array(v) or isinstance(v, list)
        ):
            size = int(np.prod(array_kinds.shape_of(slot.get(layer))))
            if size > 0 and fits(slot.get(layer), size):
                return size
    return None


def ways_to_infer(plan: Plan, case: Case) -> Sequence[Switch]:
    """Return the ways in which the layer might be switched, the best first."""
    layer = Living(plan, case).layer
    return switches(layer, peek(layer, plan.forward) or (lambda: None))
