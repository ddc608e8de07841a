"""Modules that somebody wrote: what they have is found by names, confirmed by what it does.

What a module lacks, or raises for, is no ability of it, and is said; it is never refused for that.
"""

from dataclasses import replace
from typing import Any

from bncheck.model import Convention, Domain, Implementation
from bncheck.targets.common import defaults, kinds, probing, promises
from bncheck.targets.torch.abilities import answered, missing, unused
from bncheck.targets.torch.finding import looked_at
from bncheck.targets.torch.found import Found
from bncheck.targets.torch.placing import dtypes, is_normalization, left_dtypes, placed, strided
from bncheck.targets.torch.settings import settings
from bncheck.targets.torch.tools import Handling

HALF = ("float16", "bfloat16")


def implementation(target: Any, name: str, promised: Convention) -> tuple[Implementation, Handling]:
    """Make an implementation of a module or its class, and say how it is handled.

    Raises TargetError where it takes no array, or nothing about it is batch normalization.
    """
    kind = kinds.kind_of(target)
    # as it is written in the class: somebody's __getattr__ may answer anything
    own = promises.said(target, name)
    axis = own.channel_axis if promised.channel_axis is None else promised.channel_axis
    found = placed(looked_at(target, kind, name), kind, name, axis)
    is_normalization(found, name)
    found, domain, weighs = settings(found)
    found, abilities = answered(found, domain)
    if own.ranks:
        found = replace(found, ranks=own.ranks)
    untried = (*found.untried, *missing(found), *unused(kind))
    if refused := strided(found):
        untried = (*untried, f"arrays that are not contiguous: it raised {refused}")
    known = weighs if own.momentum_weighs is None else None
    turned = axis is None and found.handling.axis != 1
    usual = _defaults(target, found, domain)
    made = Implementation(
        name=name,
        make=found.make,
        abilities=abilities,
        convention=replace(
            own,
            channel_axis=found.handling.axis if turned else own.channel_axis,
            momentum_weighs=own.momentum_weighs or known,
        ),
        domain=replace(
            domain,
            ranks=found.ranks,
            channels=found.maker.channels,
            dtypes=own.dtypes or dtypes(found),
            takes=HALF,
            affine=found.handling.affine,
            strided=not refused,
            training=not found.frozen,
        ),
        origin=kinds.known_source(kind),
        defaults=usual,
        measured=frozenset(
            [*["momentum_weighs"] * (known is not None), *["channel_axis"] * turned]
        ),
        untried=untried + left_dtypes(found, own),
        warnings=(
            *found.warnings,
            *(
                probing.forgets(found.probing, found.ranks[0], found.channels, usual["momentum"])
                if "momentum" in usual and "running" in abilities and domain.sets_momentum
                else ()
            ),
        ),
    )
    return made, found.handling


def _defaults(target: Any, found: Found, domain: Domain) -> dict[str, float]:
    fixed = defaults.told(domain.fixed_eps, domain.fixed_momentum)
    if isinstance(target, type):
        return fixed | defaults.of_signature(target)
    there = found.handling.parts.numbers
    return fixed | defaults.told(**{role: places[0].get(target) for role, places in there.items()})
