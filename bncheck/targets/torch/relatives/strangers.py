"""Layer, RMS, group and instance normalization as somebody wrote it, in modules of torch.

A module is a relative of batch normalization where ``NORM`` in its file, its class's name or a
docstring says so, or where it says nothing and its answers are those of just one relative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch

from bncheck.errors import RAISED, told
from bncheck.model import Ability, Convention, Domain, Implementation, Layer, NormName
from bncheck.targets.common import defaults, kinds
from bncheck.targets.torch.abilities import NO_RULE, unused
from bncheck.targets.torch.relatives import choosing, settings
from bncheck.targets.torch.relatives.saying import claimed
from bncheck.targets.torch.relatives.sight import Sight

HALF = ("float16", "bfloat16")


def relative(target: Any, name: str, norm: NormName | None = None) -> Implementation | None:
    """Make an implementation of a module or its class; None where it is no relative.

    norm: what somebody says that it is, which wins over what it says itself

    Raises TargetError where it says that it is one and takes no array, UsageError for an unknown
    ``NORM``.
    """
    kind = kinds.kind_of(target)
    said = claimed(kind) if norm is None else (norm,)
    if "batch" in said and said[0] == "batch":
        return None
    sight: Sight | None
    untried: tuple[str, ...] = ()
    meant = tuple(n for n in said if n != "batch")
    if not meant:
        if issubclass(kind, torch.nn.modules.batchnorm._BatchNorm):
            return None
        sight = choosing.found(target)
    else:
        sight, untried = choosing.chosen(target, name, meant)
    return None if sight is None else _implementation(sight, target, name, untried)


def _implementation(
    sight: Sight, target: Any, name: str, untried: tuple[str, ...]
) -> Implementation:
    kind = kinds.kind_of(target)
    own = Convention.from_mapping(getattr(kind, "CONVENTION", {}), f"{name}: CONVENTION")
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
        make=sight.make,
        abilities=abilities,
        convention=own,
        domain=domain,
        origin=kinds.known_source(kind),
        defaults=_defaults(sight, target, fixed),
        untried=(*untried, *narrow, *lacking, *unused(kind), *_sizes(sight)),
        warnings=_read(sight),
    )


def _defaults(sight: Sight, target: Any, fixed: float | None) -> dict[str, float]:
    if isinstance(target, type):
        return defaults.of_signature(target) | defaults.told(fixed)
    module = sight.fresh()
    numbers = sight.parts.numbers
    return defaults.told(**{r: at[0].get(module) for r, at in numbers.items()}) | defaults.told(
        fixed
    )


def _read(sight: Sight) -> tuple[str, ...]:
    """Tell how it was read, where that could be otherwise."""
    return ("gain: one-plus, y is multiplied by 1 + gamma",) if sight.plus_one else ()


def _sizes(sight: Sight) -> Iterator[str]:
    """Tell which sizes are not tried, since the module has its own."""
    if sight.way.note:
        yield sight.way.note
    if not any(sight.held):
        return
    fixed = "x".join(str(n) for n in sight.held if n)
    what = {"layer": "values of a set", "rms": "values of a set", "group": "channels of a group"}
    yield f"other sizes: the module has {fixed} {what[sight.norm.name]}; give its class for others"


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
