"""Making a stranger's module for a case: of its class by the constructor, or as a copy."""

from __future__ import annotations

import copy
import itertools
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from inspect import Parameter
from typing import Any

import torch

from bncheck.model import Case
from bncheck.targets.common import counted
from bncheck.targets.common.calls import parameters
from bncheck.targets.common.roles import plain, role_of
from bncheck.targets.torch import making

Module = Any
Build = Callable[[Case], Module]
# values of a set: of more a verdict would take too long
MOST = 4096
# numbers of groups that are tried in turn, where the constructor is not told one
_USUAL = (32, 16, 8, 4, 2, 1, 3)
_GROUPS = ("numgroups", "groups", "ngroups", "group", "g", "ngroup", "groupcount")
_AFFINE = ("affine", "elementwiseaffine")
_NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class Way:
    """One way of making a module.

    sizes: those that a module which is given has fixed, as its parameters or its file say:
        candidates for the number of its values or channels, and of groups; empty: any
    shape: of a set, where the module says it
    whole: a tuple of sizes is passed, one for each axis that is normalized over
    note: what is to be told about the way
    """

    build: Build
    given: frozenset[str] = frozenset()
    sizes: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()
    whole: bool = False
    note: str = ""

    @property
    def fixed(self) -> bool:
        """Whether it is one module, whose sizes cannot be chosen."""
        return bool(self.sizes)


def ways(target: Any, *, groups: bool) -> Iterator[Way]:
    """Yield the ways of making modules of a class, or copies of an instance."""
    if not isinstance(target, type):
        yield _held(lambda _case: copy.deepcopy(target), target, ())
        return
    init = getattr(sys.modules.get(target.__module__), "get_init_inputs", None)
    if init is not None:
        made = making.maker(target, target.__name__)
        like: Any = None
        way = _held(made.build, made.build(like), made.example)
        if math.prod(way.shape) <= MOST:
            yield way
            return
        note = f"its own size {way.shape}: a set of more than {MOST} values is not tried"
        usual = _of_class(target, groups=groups)
        yield from (replace(w, note=note) for w in usual if w.whole)
        return
    yield from _of_class(target, groups=groups)


def _held(build: Build, module: Module, example: tuple[int, ...]) -> Way:
    """Describe a module whose sizes are what they are."""
    kept = itertools.chain(module.parameters(), module.buffers())
    counts = [t.numel() for t in kept if t.is_floating_point() and t.dim()]
    channels = [v for _, v in _numbers(module, role="channels")]
    kinds = [type(part) for part in module.modules()]
    said = tuple(held_groups(module)) or counted.named(*kinds)
    groups = said or counted.written(*kinds)
    shapes = [
        tuple(v) if isinstance(v, tuple | list | torch.Size) else (v,)
        for m in module.modules()
        for k, v in vars(m).items()
        if role_of(k, ["shape"])
    ]
    shape = next((s for s in shapes if all(isinstance(n, int) for n in s)), ())
    shape = shape or _of_weight(module, example)
    told = [*counts, *channels, *(shape if len(shape) == 1 else ()), *example[1:2], *example[-1:]]
    return Way(build, sizes=tuple(dict.fromkeys(told)) or (8,), groups=groups, shape=shape)


def held_groups(module: Module) -> Iterator[int]:
    """Yield the numbers of groups that a module says it has."""
    yield from (count for _, count in _numbers(module, names=_GROUPS))


def _of_weight(module: Module, example: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a module's weight, where it has several axes, those that x ends with."""
    shapes = (tuple(p.shape) for p in module.parameters() if p.is_floating_point())
    several = (s for s in shapes if sum(n > 1 for n in s) > 1)
    return next((s for s in several if not example or example[-len(s) :] == s), ())


def _numbers(
    module: Module, role: str = "", names: tuple[str, ...] = ()
) -> Iterator[tuple[str, int]]:
    for part in module.modules():
        for name, value in vars(part).items():
            meant = role_of(name, [role]) if role else plain(name) in names
            if meant and type(value) is int:
                yield name, value


def _of_class(kind: Any, *, groups: bool) -> Iterator[Way]:
    wanted = parameters(kind)
    given = frozenset(r for p in wanted if (r := role_of(p.name, ("eps", "momentum"))))
    told = any(plain(p.name) in _GROUPS for p in wanted)
    usual: tuple[int, ...] = ()
    if groups and not told:
        written = (n for n in counted.written(kind) if n not in _USUAL)
        usual = counted.named(kind) or (*_USUAL, *written)
    shape = next((p.name for p in wanted if role_of(p.name, ("shape",))), "")
    single = f"{shape} of several axes: the class is given one number" if shape else ""
    sizes: list[tuple[Callable[[tuple[int, ...]], Any], bool]]
    sizes = [(lambda s: s[0], False), (tuple, True), (list, True)]
    for size, whole in sizes:

        def build(case: Case, size: Callable[..., Any] = size, whole: bool = whole) -> Module:
            shape = case.x.shape[1:] if whole else case.x.shape[1:2]
            return kind(**_arguments(wanted, case, size(shape), groups=groups))

        yield Way(build, given=given, groups=usual, whole=whole, note="" if whole else single)


def _arguments(wanted: list[Parameter], case: Case, size: Any, *, groups: bool) -> dict[str, Any]:
    """Return what a constructor is called with; what is unknown and must be passed is left out."""
    passed: dict[str, Any] = {}
    sized = False
    for p in (p for p in wanted if p.kind in _NAMED):
        name, must = plain(p.name), p.default is Parameter.empty
        if (role := role_of(p.name, ("eps", "momentum"))) is not None:
            passed[p.name] = getattr(case, role)
        elif groups and name in _GROUPS:
            passed[p.name] = case.norm.groups
        elif not sized and (must or role_of(p.name, ("channels", "shape"))):
            passed[p.name], sized = size, True
        elif name in _AFFINE:
            passed[p.name] = True
    return passed
