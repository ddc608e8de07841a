"""Plain classes in the style of course homework: no framework, no agreed interface.

A layer is built (`building`), its methods and parts are found by the names people use
(`planning`) and by what they do (`effects`), and what cannot be set is measured (`probing`) and
said in the domain. Nothing about a class is assumed that was not found on an instance of it.
"""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bncheck.errors import RAISED, TargetError
from bncheck.model import Convention, Domain, Implementation, NormName
from bncheck.targets.common import defaults, dividing, probing, promises, ranks
from bncheck.targets.common.kinds import kind_of, known_source
from bncheck.targets.common.looking import peek
from bncheck.targets.common.places import Slot
from bncheck.targets.plain import class_relatives, effects
from bncheck.targets.plain.asked import places, source_of
from bncheck.targets.plain.building import PER_CHANNEL, makes
from bncheck.targets.plain.instance import layer_of
from bncheck.targets.plain.plan import Plan
from bncheck.targets.plain.planning import channels_of, forwards, planned
from bncheck.targets.plain.refusal import refusal
from bncheck.targets.plain.tried import seen


def recognises(target: object) -> bool:
    """Whether the target is a class or instance with a method that may be its forward pass."""
    kind = kind_of(target)
    return kind.__module__ != "builtins" and bool(forwards(kind))


def relative(target: Any, name: str, norm: NormName | None = None) -> Implementation | None:
    """Make an implementation of a class of another normalization, None where it is none.

    norm: what it is said to be, by ``NORM`` or ``--norm``; None: what its name or docstring says
    """
    return class_relatives.relative(target, name, norm)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a plain class or instance.

    ``promised.channel_axis``, or that of the class's own ``CONVENTION``, says where its channels
    are; otherwise axis 1 is tried first and the last axis second, and axis 0 where gamma is a
    column. ``CONVENTION["ranks"]`` says which ranks it is meant for; otherwise those that it takes.

    Raises TargetError where it cannot be built or takes no array of any rank.
    """
    own = promises.said(target, name)
    axis = own.channel_axis if promised.channel_axis is None else promised.channel_axis
    channels = None if makes(target) else channels_of(target)
    claimed = _claims(target)
    placed = _placed(target, name, channels or 3, axis, own.ranks or (), tuple(claimed))
    taken = _meant(name, placed.found.taken, own.ranks)
    case = probing.case(taken[0], channels or 3)
    known = seen(placed.plan, case)
    plan = placed.plan
    domain = Domain(
        ranks=taken,
        channels=channels,
        dtypes=own.dtypes or Domain.dtypes,
        affine=plan.sets("gamma", "beta"),
        training=plan.training,
        few_shapes=plan.kind.name == "JAX",
    )
    said, abilities = own, known.abilities
    make = partial(layer_of, plan, backward=known.main)
    if not plan.sets("eps") and plan.training:
        domain = replace(domain, fixed_eps=probing.eps(make, taken[0], case.channels))
    if "running" in abilities and not plan.sets("momentum"):
        found = probing.momentum(make, taken[0], case.channels)
        if probing.cumulative(make, taken[0], case.channels):
            abilities |= {"cumulative"}
            domain = replace(domain, only_cumulative=True)
        elif found is not None:
            domain = replace(domain, fixed_momentum=found[0])
            own = replace(own, momentum_weighs=own.momentum_weighs or found[1])
    usual = _defaults(target, plan, domain)
    forgets: tuple[str, ...] = ()
    if "running" in abilities and domain.sets_momentum:
        forgets = probing.forgets(make, taken[0], case.channels, usual.get("momentum"))
    home = known_source(kind_of(target))
    divides = (
        dividing.warned(make, taken[0], case.channels, domain.dtypes[-1]) if plan.training else ()
    )
    return Implementation(
        name=name,
        make=make,
        abilities=abilities,
        convention=replace(own, channel_axis=plan.axis),
        domain=domain,
        origin=home,
        places=places([peek(kind_of(target), name) for name in plan.backwards], home),
        measured=frozenset(_found(own, said, axis)),
        defaults=usual,
        untried=(*placed.found.untried(), *known.untried),
        warnings=(*placed.found.warnings(claimed), *forgets, *divides),
        alternatives=known.alternatives,
        modeless=bool(plan.backwards),
    )


def _claims(target: Any) -> dict[int, str]:
    """Say which ranks the class claims by its names, docstrings and code."""
    kind = kind_of(target)
    methods = [peek(kind, name) for name in (*forwards(kind)[:1], "__init__")]
    module = inspect.getmodule(kind)
    texts = ranks.docs(kind, *methods, *([module] if module and _alone(module) else []))
    return ranks.claims([kind.__name__], texts, [source_of(kind)])


def _alone(module: Any) -> bool:
    """Whether a module has one layer only, so that its docstring is about that."""
    classes = [v for v in vars(module).values() if isinstance(v, type)]
    layers = [c for c in classes if c.__module__ == module.__name__ and recognises(c)]
    return len(layers) == 1


def _defaults(target: Any, plan: Plan, domain: Domain) -> dict[str, float]:
    """Find eps and momentum: of a class by its constructor, of an instance by what it has."""
    fixed = defaults.told(domain.fixed_eps, domain.fixed_momentum)
    if makes(target):
        return fixed | defaults.of_signature(target)
    slots = {role: plan.slots[role] for role in ("eps", "momentum") if role in plan.slots}
    return fixed | defaults.told(**{role: _held(slot, target) for role, slot in slots.items()})


def _held(slot: Slot, layer: object) -> Any:
    try:
        return slot.get(layer)
    except RAISED:  # a property may need what a first batch brings
        return None


def _found(own: Convention, said: Convention, axis: int | None) -> Iterator[str]:
    """Yield what the class did not say itself."""
    if axis is None:
        yield "channel_axis"
    if own.momentum_weighs != said.momentum_weighs:
        yield "momentum_weighs"


@dataclass(frozen=True)
class _Placed:
    plan: Plan
    found: ranks.Found


def _placed(
    target: Any,
    name: str,
    channels: int,
    axis: int | None,
    promised: tuple[int, ...],
    claimed: tuple[int, ...],
) -> _Placed:
    """Find where the channels are, and the ranks that are taken with them there."""
    kept = (*promised, *claimed)
    chosen = _of_axis(target, name, channels, 1 if axis is None else axis, kept)
    if axis is None and chosen.plan.column:
        turned = _of_axis(target, name, channels, 0, kept, among=(2,))
        if _normalises(turned.plan, 2, channels):
            return turned
    if axis is None and max(chosen.found.taken, default=2) == 2:
        last = _of_axis(target, name, channels, -1, kept)
        seen = [r for r in ranks.ALL if r > 2 and _normalises(last.plan, r, channels)]
        claims = [r for r in claimed if r in last.found.taken and r not in chosen.found.taken]
        if seen or (claims and last.plan.slots.keys() & set(PER_CHANNEL)):
            two = [2] if 2 in chosen.found.taken else []
            taken = tuple(sorted({*two, *seen, *claims}))
            return _Placed(last.plan, replace(last.found, taken=taken))
    if not chosen.found.taken:
        rank, reason = next(iter(chosen.found.raised.items()))
        raise TargetError(refusal(target, name, chosen.plan, probing.case(rank, channels), reason))
    return chosen


def _of_axis(
    target: Any,
    name: str,
    channels: int,
    axis: int,
    claimed: tuple[int, ...],
    among: tuple[int, ...] = ranks.ALL,
) -> _Placed:
    looked = planned(target, name, channels, axis)
    plan = looked.plan
    if looked.case is not None:
        plan = effects.recognised(plan, looked.case)
        if effects.only_infers(plan, looked.case):
            plan = effects.recognised(replace(plan, training=False), looked.case)
    found = ranks.tried(
        partial(layer_of, plan),
        channels,
        claimed=claimed,
        among=among,
        trains=plan.training,
        first=axis == 1,
    )
    return _Placed(plan, found)


def _normalises(plan: Plan, rank: int, channels: int) -> bool:
    """Whether entries of y are seen to depend on those of their channel, and on no others."""
    if not plan.training:
        return False
    return ranks.reduced(partial(layer_of, plan), rank, channels) == frozenset(range(rank)) - {1}


def _meant(name: str, taken: tuple[int, ...], promised: tuple[int, ...] | None) -> tuple[int, ...]:
    if promised is None:
        return taken
    missing = [rank for rank in promised if rank not in taken]
    if missing:
        raise TargetError(
            f"{name} promises ranks {list(promised)}, but takes no array of rank {missing[0]}"
        )
    return promised
