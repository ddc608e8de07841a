"""Layer, RMS, group and instance normalization as somebody wrote it, in modules of torch.

A module is a relative of batch normalization where ``NORM`` in its file or class, ``--norm``, its
class's name, a docstring or an argument says so (`bncheck.targets.common.claiming`); its answers
tell axes, eps and gain alone. One that says nothing is judged as batch normalization.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.errors import RAISED, TargetError, told
from bncheck.model import NORMS, Ability, Case, Convention, Domain, Implementation, Layer, NormName
from bncheck.model.formats import Array
from bncheck.targets.common import defaults, kinds, promises
from bncheck.targets.common.claiming import Claim, claimed, none_of_them
from bncheck.targets.common.looks_like import differing
from bncheck.targets.torch import compiled
from bncheck.targets.torch.abilities import NO_RULE, unused
from bncheck.targets.torch.relatives import choosing, settings
from bncheck.targets.torch.relatives.adding import TRIED
from bncheck.targets.torch.relatives.layouts import residual_of
from bncheck.targets.torch.relatives.sight import Sight

HALF = ("float16", "bfloat16")


def relative(target: Any, name: str, norm: NormName | None = None) -> Implementation | None:
    """Make an implementation of a module or its class; None where it says to be no relative.

    norm: what somebody says that it is, which wins over what it says itself

    Raises TargetError where it says that it is one and takes no array.
    """
    inside = compiled.inside(target, name)
    kind = kinds.kind_of(target if inside is None else inside)
    claim = claimed(kind) if norm is None else Claim((norm,), "NORM, or --norm")
    if not claim.norms:
        if norm is None and (differs := none_of_them(kind)):
            raise TargetError(
                f"{name} says that it is none of {', '.join(NORMS)} normalization: {differs}; "
                "where it is one all the same, --norm says which"
            )
        return None
    if inside is not None:
        raise TargetError(
            f"{name} is compiled, and a {claim.norms[0]} normalization by {claim.by}, which is "
            "taken only as it is written: give the module that torch.compile was given"
        )
    # as it is written in the class: somebody's __getattr__ may answer anything
    own = promises.said(target, name)
    found = choosing.chosen(target, name, claim, own.ranks or ())
    return None if found is None else _implementation(found, target, name, own, claim)


def _implementation(
    found: tuple[Sight, tuple[str, ...]], target: Any, name: str, own: Convention, claim: Claim
) -> Implementation:
    kind = kinds.kind_of(target)
    sight, untried = found
    if own.gain is not None:  # what is promised is what it is judged by
        sight = replace(sight, plus_one=own.gain == "one-plus")
    there = sight.parts
    affine, shifted = there.has("gamma"), there.has("beta")
    sight = replace(sight, norm=replace(sight.norm, shifted=shifted))
    sight, fixed = settings.settled(sight)
    ranks = (2,) if sight.layout.kind != "own" else sight.layout.ranks
    dtypes, narrow = settings.dtypes(sight, fixed)
    domain = Domain(
        ranks=tuple(sorted(ranks)),
        dtypes=own.dtypes or dtypes,
        takes=HALF,
        affine=affine,
        fixed_eps=fixed,
        multiple=sight.multiple,
        norm=sight.norm,
        held=sight.held,
        plus_one=sight.plus_one,
    )
    abilities, lacking = _answered(sight)
    return Implementation(
        name=name,
        make=replace(sight, checked=True).make,
        abilities=abilities,
        convention=replace(own, gain="one-plus") if sight.plus_one else own,
        domain=domain,
        origin=kinds.known_source(kind),
        defaults=_defaults(sight, target, fixed),
        untried=(*untried, *narrow, *lacking, *unused(kind), *_sizes(sight)),
        warnings=_differing(sight, domain, claim.by),
        measured=frozenset({"gain"} if sight.plus_one and own.gain is None else ()),
    )


def _defaults(sight: Sight, target: Any, fixed: float | None) -> dict[str, float]:
    if isinstance(target, type):
        return defaults.of_signature(target) | defaults.told(fixed)
    module = sight.fresh()
    numbers = sight.parts.numbers
    return defaults.told(**{r: at[0].get(module) for r, at in numbers.items()}) | defaults.told(
        fixed
    )


def _differing(sight: Sight, domain: Domain, by: str) -> tuple[str, ...]:
    """Tell what a module is that is not what it says, where it takes the arrays that show it."""
    if sight.agrees or sight.way.fixed or sight.norm.name == "instance":
        return ()
    rows = sight.norm.name in ("layer", "rms")

    def there(x: Array) -> Array:
        return np.ascontiguousarray(np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])) if rows else x

    def make(case: Case) -> Layer:
        layer = sight.native(replace(case, x=there(case.x), dy=there(case.dy)))

        def train(x: Array) -> Array:
            y = layer.train(there(x))
            moved = (x.shape[0], *x.shape[2:], x.shape[1])
            return np.moveaxis(y.reshape(moved), -1, 1) if rows else y

        return Layer(train=train)

    return differing(make, domain, (2, 3, 4), by)


def _sizes(sight: Sight) -> Iterator[str]:
    """Tell which sizes are not tried, since the module has its own."""
    if sight.way.note:
        yield sight.way.note
    if residual_of(sight.fresh().inner) is not None and sight.norm.name not in TRIED:
        yield (
            "residuals whose sum with x is rounded: it is given two halves of x, so that whether "
            "the sum is rounded before it is normalized is not seen"
        )
    yield from _odd(sight)
    if not any(sight.held):
        return
    fixed = "x".join(str(n) for n in sight.held if n)
    what = {"layer": "values of a set", "rms": "values of a set", "group": "channels of a group"}
    yield f"other sizes: the module has {fixed} {what[sight.norm.name]}; give its class for others"


def _odd(sight: Sight) -> Iterator[str]:
    """Tell which parameters have another size than gamma and beta; they stay as they are."""
    case = sight.case()
    count = case.norm.parameters(case.x.shape)
    for name, held in sight.fresh().inner.named_parameters():
        if held.is_floating_point() and held.numel() != count:
            shape = tuple(held.shape)
            yield (
                f"{name}: it has shape {shape} where gamma and beta have {count} values, "
                "and is left as it is"
            )


def _answered(sight: Sight) -> tuple[frozenset[Ability], tuple[str, ...]]:
    """Ask once for each thing; what has no rule is no ability, and what raises is told."""
    strict = replace(sight, strict=True)
    case = sight.case()
    x, dy = case.x, case.dy
    asks: dict[Ability, Callable[[Layer], Any]] = {
        "backward": lambda m: (m.train(x), m.backward and m.backward(dy)),
        "jvp": lambda m: m.jvp and m.jvp(x, dy),
    }
    if sight.parts.has("gamma"):
        asks["double_backward"] = lambda m: m.double_backward and m.double_backward(x, dy, x)
    if strict.make(case).residual is not None:
        asks["residual"] = lambda m: m.residual and m.residual(x, dy)
        asks["residual_backward"] = lambda m: (
            m.residual and m.residual(x, dy),
            m.residual_backward and m.residual_backward(dy, x),
        )
    there: set[Ability] = set()
    lacking: list[str] = []
    for ability, ask in asks.items():
        try:
            ask(strict.make(case))
        except NotImplementedError as error:
            if ability == "backward":
                lacking.append(f"gradients: {told(error)}")
            continue
        except RAISED as error:
            if ability != "backward":
                if not any(text in told(error) for text in NO_RULE):
                    lacking.append(f"{ability}: it raised {type(error).__name__}: {told(error)}")
                continue  # of a first derivative, it is for the laws to find
        there.add(ability)
    if sight.handling.running:
        there |= {"eval", "eval_backward", "running", "state_before_step"}
    return frozenset(there), tuple(text.splitlines()[0][:160] for text in lacking)
