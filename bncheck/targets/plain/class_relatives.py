"""Plain classes of layer, RMS, group and instance normalization, in the style of homework.

A class is one where ``NORM``, ``--norm``, its name or a docstring says so. Its methods and parts
are found as those of batch normalization are (`planning`, `effects`), on arrays that have gamma
along axis 1, along the last one, or along axis 0 where gamma is a column. The way that is taken is
the first in which entries of y depend on those of their statistic set, and on no others, else the
first that answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bncheck.errors import RAISED, TargetError
from bncheck.model import NORMS, Case, Convention, Domain, Implementation, Norm, NormName
from bncheck.targets.common import counted, defaults, probing, promises, ranks
from bncheck.targets.common.claiming import Claim, claimed
from bncheck.targets.common.kinds import kind_of, known_source
from bncheck.targets.common.looking import peek
from bncheck.targets.common.looks_like import EACH, differing
from bncheck.targets.common.places import Slot, candidates
from bncheck.targets.common.places import places as inside
from bncheck.targets.common.roles import role_of
from bncheck.targets.common.view import viewed
from bncheck.targets.plain import effects
from bncheck.targets.plain.answering import built_in_eps, depends
from bncheck.targets.plain.asked import places
from bncheck.targets.plain.building import makes, wanted
from bncheck.targets.plain.counts import GROUPS
from bncheck.targets.plain.instance import layer_of
from bncheck.targets.plain.plan import Plan
from bncheck.targets.plain.planning import channels_of, planned
from bncheck.targets.plain.tried import seen
from bncheck.targets.plain.turned import turned

_ROWS = ("layer", "rms")


def relative(target: Any, name: str, norm: NormName | None) -> Implementation | None:
    """Make an implementation of a class or an instance; None where it does not say to be one.

    Raises TargetError where it takes no array as what it says that it is.
    """
    claim = claimed(kind_of(target)) if norm is None else Claim((norm,), "NORM, or --norm")
    if not (claim.norms and claim.plain):
        return None
    own = promises.said(target, name)
    counted.divided(own, name)
    ways: list[_Way] = []
    raised: Mapping[int, str] = {}
    for tried in _ways(target, name, own, claim):
        ways += [tried] if tried.answering else []
        raised = raised or tried.raised
        if tried.right:
            return replace(tried, by=claim.by).implementation(target, own)
    if "group" in claim.norms:
        _divided(target, name)
    if ways:
        return replace(ways[0], by=claim.by).implementation(target, own)
    reason = next(iter(raised.values()), "it could not be made")
    raise TargetError(
        f"{name} is {claim.norms[0]} normalization by {claim.by}, but takes no array as one: "
        f"{reason}; give a function without arguments that makes it, or the right --norm"
    )


@dataclass(frozen=True)
class _Way:
    """One way to handle a class.

    channels: the size that a layer which is given has; answering, right: ranks at which it answers,
    and at which y depends on what it should; raised: why others are not tried; by: what says which
    normalization it is
    """

    plan: Plan
    norm: Norm
    channels: int | None
    answering: tuple[int, ...]
    right: tuple[int, ...]
    raised: Mapping[int, str]
    by: str = ""

    def implementation(self, target: Any, own: Convention) -> Implementation:
        plan = self.plan
        taken = self.right or self.answering
        case = _case(taken[0], self.norm, self.channels)
        known = seen(plan, case)
        make = partial(layer_of, plan, backward=known.main)
        domain = self.domain(taken, own)
        if not plan.sets("eps"):
            domain = replace(domain, fixed_eps=built_in_eps(make, case))
        home = known_source(kind_of(target))
        usual = defaults.of_signature(target) if makes(target) else {}
        if not makes(target) and "eps" in plan.slots:
            usual = defaults.told(plan.slots["eps"].get(target))
        untried = [told for told in known.untried if not told.startswith("inference")]
        made = Implementation(
            name=plan.name,
            make=viewed(domain.norm, turned(make)),
            abilities=known.abilities & {"backward"},
            convention=own,
            domain=domain,
            origin=home,
            places=places([peek(kind_of(target), n) for n in plan.backwards], home),
            defaults=defaults.told(domain.fixed_eps) | usual,
            untried=(*ranks.Found((), self.raised, {}).untried(), *untried),
            alternatives=tuple(
                (called, viewed(domain.norm, turned(other))) for called, other in known.alternatives
            ),
            modeless=bool(plan.backwards),
        )
        if self.channels is not None:  # it cannot be given the arrays that tell norms apart
            return made
        return replace(made, warnings=differing(make, domain, taken, self.by))

    def domain(self, taken: tuple[int, ...], own: Convention) -> Domain:
        """Say what it can be given; the sizes of a layer that is given are its own."""
        plan, norm, size = self.plan, self.norm, self.channels or 0
        norm = replace(norm, shifted=plan.sets("beta"))
        rows, multiple = norm.name in _ROWS, norm.groups or 1
        held: tuple[int, ...] = ()
        if norm.name == "instance":
            norm, multiple = replace(norm, groups=size), size or 1
        elif size:
            held = (size, 0) if rows else (size // norm.groups,)
        if rows and size:
            taken = (2,)
        return Domain(
            ranks=own.ranks or tuple(rank - (norm.name == "instance") for rank in taken),
            dtypes=own.dtypes or Domain.dtypes,
            affine=plan.sets("gamma"),
            few_shapes=plan.kind.name == "JAX",
            norm=norm,
            multiple=multiple,
            held=held,
        )


def _ways(target: Any, name: str, own: Convention, claim: Claim) -> Iterator[_Way]:
    """Yield the ways to handle it, those with gamma where it usually is first."""
    channels = None if makes(target) else channels_of(target)
    for norm in _norms(target, own, claim):
        rows = norm.name in _ROWS
        axes = (-1, 1) if rows else (1, -1)
        for axis in axes if own.channel_axis is None else (own.channel_axis,):
            way = _way(target, name, own, norm, channels, axis)
            if way is None:
                continue
            if way.plan.column and rows and own.channel_axis is None:
                turned_round = _way(target, name, own, norm, channels, 0, (2,))
                if turned_round is not None:
                    yield turned_round
            yield way


def _norms(target: Any, own: Convention, claim: Claim) -> Iterator[Norm]:
    """Yield what may be meant: with each number of groups, where no argument says one."""
    for norm in (NORMS[name] for name in claim.norms):
        asked = [role_of(p.name, ("groups",)) for p in wanted(target)] if makes(target) else []
        if norm.name != "group" or (any(asked) and not own.groups):
            yield norm
            continue
        held = [] if makes(target) else [s.get(target) for s in _numbers(target)]
        kind = kind_of(target)
        said = (own.groups,) if own.groups else (*held, *counted.named(kind))
        for count in dict.fromkeys(said or (*GROUPS, *counted.written(kind))):
            yield replace(norm, groups=count)


def _numbers(layer: object) -> list[Slot]:
    """Return where an instance may keep its number of groups; ``g`` is called so as well."""

    def whole(value: object) -> bool:
        return type(value) is int and value > 0

    named = candidates(layer, "groups", whole)
    return [*named, *(p.slot for p in inside(layer) if p.name == "g" and whole(p.value))]


def _divided(target: Any, name: str) -> None:
    """Raise TargetError where an instance keeps groups that do not divide its channels."""
    channels = None if makes(target) else channels_of(target)
    if channels is None:
        return
    for slot in _numbers(target):
        if channels % (count := slot.get(target)):
            told = counted.undivided(count, channels)
            raise TargetError(f"{name} has {slot} = {count}, but {told}")
    for count in counted.named(kind_of(target)):
        if channels % count:
            raise TargetError(f"{name}: {counted.undivided(count, channels)}")


def _case(rank: int, norm: Norm, channels: int | None) -> Case:
    """Return a small case as the class takes it, with gamma along axis 1."""
    groups = norm.groups or 3
    count = channels or (groups * EACH if norm.name == "group" else 3)
    told = groups if norm.name == "group" else count
    return probing.case(rank, count, norm=replace(norm, groups=told))


def _way(
    target: Any,
    name: str,
    own: Convention,
    norm: Norm,
    channels: int | None,
    axis: int,
    among: tuple[int, ...] = (),
) -> _Way | None:
    first = _case(2, norm, channels)
    if norm.name == "group" and first.channels % first.norm.groups:
        return None
    looked = planned(target, name, first.channels, axis, first.norm)
    if looked.case is None:
        why = {} if looked.reason is None else {2: f"it raised {ranks.raised(looked.reason)}"}
        return _Way(looked.plan, norm, channels, (), (), why)
    plan = effects.recognised(looked.plan, looked.case)
    answering, right, raised = [], [], {}
    usual = own.ranks or ((3, 4, 5) if norm.name == "instance" else ranks.ALL)
    for rank in among or usual:
        case = _case(rank, norm, channels)
        try:
            done = depends(partial(layer_of, plan), case)
        except RAISED as error:  # whatever it is, it says that this rank is not taken
            raised[rank] = f"it raised {ranks.raised(error)}"
            continue
        answering.append(rank)
        right += [rank] * done
    if right:  # what answers elsewhere may be code for arrays of these ranks alone
        told = "y is normalized over other axes, as by code for others"
        raised |= {rank: told for rank in answering if rank not in right}
    return _Way(plan, norm, channels, tuple(answering), tuple(right), raised)
