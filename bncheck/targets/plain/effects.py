"""Recognizing the parts of a layer by what they do: one is set, and what moves is looked at.

Names come first; a name whose part does nothing loses to another place that does what the role
is for. Where nothing does, the name stands, so that a part without effect is found by the laws.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np

from bncheck.errors import RAISED
from bncheck.model import Case
from bncheck.model.formats import Array
from bncheck.targets.common import array_kinds, probing
from bncheck.targets.common.calls import Switch, guesses
from bncheck.targets.common.looking import peek
from bncheck.targets.common.places import Slot, candidates, places
from bncheck.targets.common.roles import WEAK
from bncheck.targets.plain.building import PER_CHANNEL, SCALARS
from bncheck.targets.plain.instance import Living, layer_of
from bncheck.targets.plain.plan import Plan, fits, is_number
from bncheck.targets.plain.planning import dtypes, shapes, ways_to_infer

TRIED = (0.25, 0.375)
Mode = Literal["training", "inference"]
Effect = Literal["shift", "scale"]


def recognised(plan: Plan, case: Case) -> Plan:
    """Return the plan with each role's slot the one that has its effect."""
    plan = replace(plan, switch=_switch(plan, case))
    bare = replace(plan, slots={r: s for r, s in plan.slots.items() if r in SCALARS})
    after = _after(bare, case)
    everywhere = [p.slot for p in places(after.layer) if fits(p.value, case.channels)]
    slots: dict[str, Slot] = dict(bare.slots)
    free = [s for s in everywhere if not any(s in _candidates(after, r) for r in PER_CHANNEL)]
    for role, effect in (("gamma", "scale"), ("beta", "shift")):

        def works(slot: Slot, wanted: str = effect) -> bool:
            return _effect(bare, case, slot, "training") == wanted

        _choose(slots, role, _named(bare, case, after, role), _others(free, slots), works)
    _running(bare, case, slots, after, free)
    plan = replace(plan, slots=slots)
    for role in SCALARS:
        plan = _scalar(plan, role, case)
    made = Living(replace(plan, slots={}), case).layer
    return replace(plan, shapes=shapes(made, plan.slots), dtypes=dtypes(made, plan.slots))


def _after(plan: Plan, case: Case) -> Living:
    living = Living(plan, case)
    if plan.training:
        living.train(case.x)
    return living


def _candidates(living: Living, role: str) -> list[Slot]:
    channels = living.case.channels
    return candidates(living.layer, role, lambda v: fits(v, channels))


def _named(plan: Plan, case: Case, after: Living, role: str) -> list[Slot]:
    """Return the slots that are called as the role is, and can be set.

    ``mean`` and ``var`` are the running statistics only of a layer that never looks at its batch.
    """
    found = _candidates(after, role)
    if not found and role in WEAK and not _looks(plan, case):
        inside = places(after.layer)
        found = [p.slot for p in inside if p.name in WEAK[role] and fits(p.value, case.channels)]
    return [slot for slot in found if _sets(plan, case, slot, getattr(case, role))]


def _looks(plan: Plan, case: Case) -> bool:
    """Whether y depends on the batch, as far as can be told."""
    if not plan.training:
        return False
    try:
        return _depends(plan, case, "training")
    except RAISED:  # whatever it is, nothing is told by it
        return True


def _sets(plan: Plan, case: Case, slot: Slot, value: Any) -> bool:
    """Whether a slot takes a value; a property may refuse it."""
    try:
        Living(plan, case).put(slot, value)
    except RAISED:  # whatever it is, it cannot be set
        return False
    return True


def _others(everywhere: Iterable[Slot], slots: dict[str, Slot]) -> list[Slot]:
    return [slot for slot in everywhere if slot not in slots.values()]


def _choose(
    slots: dict[str, Slot],
    role: str,
    named: list[Slot],
    others: list[Slot],
    works: Callable[[Slot], bool],
) -> None:
    """Put in the first slot that works; the best name where none does."""
    if len(named) == 1 and not others:
        slots[role] = named[0]
        return
    found = next((slot for slot in (*named, *others) if works(slot)), None)
    chosen = found or (named[0] if named else None)
    if chosen is not None:
        slots[role] = chosen


def _running(
    plan: Plan, case: Case, slots: dict[str, Slot], after: Living, free: list[Slot]
) -> None:
    """Find the running statistics: inference moves with them, training does not."""
    infers = plan.switch is not None or not plan.training

    def acts(slot: Slot) -> Effect | None:
        if not infers:
            return None
        if plan.training and _effect(plan, case, slot, "training") is not None:
            return None
        return _effect(plan, case, slot, "inference")

    for role, effect in (("running_mean", "shift"), ("running_var", "scale")):

        def works(slot: Slot, wanted: str = effect) -> bool:
            return acts(slot) == wanted

        others = _others(free, slots) if plan.training else []
        _choose(slots, role, _named(plan, case, after, role), others, works)
    if not infers and not {"running_mean", "running_var"} <= set(slots):
        _by_updates(plan, case, slots, free)


def _by_updates(plan: Plan, case: Case, slots: dict[str, Slot], free: list[Slot]) -> None:
    """Find statistics that no inference uses: a step mixes what was there with the batch's."""
    axes = (0, *range(2, case.x.ndim))
    for role, batch in (("running_mean", case.x.mean(axes)), ("running_var", case.x.var(axes))):
        for slot in [] if role in slots else _others(free, slots):
            weight = _weight(plan, case, slot, batch)
            if weight is not None and 0 < weight < 1:
                slots[role] = slot
                break


def _weight(plan: Plan, case: Case, slot: Slot, batch: Array) -> float | None:
    """Measure by how much a step moves a slot towards the batch's statistic, if it does."""
    try:
        living = Living(plan, case)
        before = np.array(array_kinds.values(slot.get(living.layer)), np.float64).reshape(-1)
        living.train(case.x)
        after = np.array(array_kinds.values(slot.get(living.layer)), np.float64).reshape(-1)
    except RAISED:  # whatever it is, nothing is told by it
        return None
    weights = (after - before) / (batch - before)
    # a hundredth, also of Bessel's factor aside: only which part this is, is told by it
    return float(weights[0]) if np.ptp(weights) < 0.01 * abs(weights[0]) else None


def _effect(plan: Plan, case: Case, slot: Slot, mode: Mode) -> Effect | None:
    """Say what setting a slot does to y: shift all values of a channel alike, or more than that."""
    try:
        first, second = (_answer(plan, case, slot, add, mode) for add in (0.0, 1.0))
    except RAISED:  # whatever it is, the slot is not for setting
        return None
    if not np.all(np.isfinite(first) & np.isfinite(second)):
        return None
    moved = np.moveaxis(second - first, 1, -1).reshape(-1, case.channels)
    if not np.any(moved):
        return None
    spread = np.ptp(moved, axis=0)
    # a millionth of y's own spread: which part this is, is told by it, and nothing is judged
    return "shift" if np.all(spread <= 1e-6 * (1 + np.abs(moved).max())) else "scale"


def _answer(plan: Plan, case: Case, slot: Slot, add: float, mode: Mode) -> Array:
    living = Living(plan, case)
    if plan.lazy is False and plan.training and mode == "inference":
        living.train(case.x)  # so that what a first batch makes is there
    held = np.array(array_kinds.values(slot.get(living.layer)), np.float64)
    # different for each channel, and positive as a variance is
    steps = 1.5 + np.arange(held.size).reshape(held.shape) / 4 + add
    living.put(slot, steps)
    y = living.train(case.x) if mode == "training" else living.eval(case.x)
    return np.array(y, np.float64)


def _switch(plan: Plan, case: Case) -> Switch | None:
    """Return the first way into inference that is seen to work, else the first that runs."""
    runs: Switch | None = None
    ways = list(ways_to_infer(plan, case))
    layer = Living(replace(plan, switch=None), case).layer
    for way in (*ways, *guesses(layer, peek(layer, plan.forward) or (lambda: None))):
        try:
            apart = not _depends(replace(plan, switch=way), case, "inference")
            trains = _depends(replace(plan, switch=way), case, "training")
        except RAISED:  # such as the wrong word for the mode
            continue
        if apart and trains:
            return way
        runs = runs or (way if way in ways else None)
    return runs or plan.switch


def _depends(plan: Plan, case: Case, mode: Mode) -> bool:
    """Whether y of one sample depends on the others of the batch."""
    x = case.x.copy()
    x[1:] = 64.0 - x[1:]
    answers = []
    for given in (case.x, x):
        living = Living(plan, case)
        if mode == "inference":
            living.train(case.x)
            answers.append(np.array(living.eval(given))[:1])
        else:
            answers.append(np.array(living.train(given))[:1])
    return not np.array_equal(answers[0], answers[1])


def only_infers(plan: Plan, case: Case) -> bool:
    """Whether y never depends on the batch, and no call changes the running statistics."""
    if not plan.runs:
        return False
    try:
        living = Living(plan, case)
        before = living.state()
        living.train(case.x)
        after = living.state()
        same = np.array_equal(before.mean, after.mean) and np.array_equal(before.var, after.var)
        return same and not _depends(plan, case, "training")
    except RAISED:  # whatever it is, it is no such layer
        return False


def _scalar(plan: Plan, role: str, case: Case) -> Plan:
    """Keep the slot of eps or momentum that does something when it is set.

    Not so a constant that the class refers to by its own name, which is then measured. An
    argument that does nothing is kept: whoever takes an eps promises to use it.
    """
    without = replace(plan, slots={r: s for r, s in plan.slots.items() if r != role})
    if not plan.training or (role == "momentum" and not plan.runs):
        return plan
    layer = _after(without, case).layer
    named = [s for s in candidates(layer, role, is_number) if _sets(without, case, s, 0.25)]
    for slot in named:
        first, second = _measured(plan, role, slot, case)
        if first is None or first != second:
            return replace(plan, slots={**plan.slots, role: slot})
    if role in plan.build.given:
        return plan
    fractions = [p.slot for p in places(layer) if is_number(p.value) and 0 < p.value < 1]
    for slot in _others(fractions, dict(plan.slots)):
        if _sets(without, case, slot, 0.25) and _measured(plan, role, slot, case) == TRIED:
            return replace(plan, slots={**plan.slots, role: slot})
    return without


def _measured(plan: Plan, role: str, slot: Slot, case: Case) -> tuple[Any, Any]:
    """Return what is measured where the slot is set to each of the numbers in `TRIED`."""
    trying = partial(layer_of, replace(plan, slots={**plan.slots, role: slot}))
    rank, channels = case.x.ndim, case.channels
    if role == "eps":
        first, second = (probing.eps(trying, rank, channels, value) for value in TRIED)
        return first, second
    found = [probing.momentum(trying, rank, channels, value) for value in TRIED]
    values = [None if pair is None else _set_to(pair) for pair in found]
    return values[0], values[1]


def _set_to(pair: tuple[float, str]) -> float:
    """Undo that a fraction is called the weight of the new value wherever it may be."""
    return next((v for v in TRIED if pair[0] in (v, 1 - v)), pair[0])
