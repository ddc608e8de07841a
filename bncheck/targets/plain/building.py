"""How a layer of somebody's class is made: what its constructor is given, and what is called."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.errors import TargetError
from bncheck.model import Case
from bncheck.targets.common.array_kinds import Kind
from bncheck.targets.common.calls import by_role, parameters
from bncheck.targets.common.looking import copied, method, names
from bncheck.targets.common.roles import plain, role_of
from bncheck.targets.plain.optimizer import Watching

PER_CHANNEL = ("gamma", "beta", "running_mean", "running_var")
SCALARS = ("eps", "momentum")
ROLES = (*PER_CHANNEL, *SCALARS, "channels", "groups", "shape", "rank", "optimizer")
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)

# methods that are called after the constructor, in this order, where a layer is not ready yet
SETTING_UP = (
    *("setinputshape", "setinputdim", "setshape", "setup", "initialize", "initialise"),
    *("initparams", "initparameters", "initweights", "initialization", "init", "build"),
    *("initializeparameters", "initializeparams", "resetparameters", "resetrunningstats"),
)


@dataclass(frozen=True)
class Builder:
    """Makes bare layers of one class, or copies of one instance.

    given: roles that the constructor takes; sets_up: the setting-up methods are called, too
    """

    target: Any
    name: str
    kind: Kind
    given: frozenset[str]
    sets_up: bool = False

    def __call__(self, case: Case) -> Any:
        """Make a layer; raises TargetError where the constructor needs what nobody can guess."""
        made = self._made(case)
        for called in SETTING_UP if self.sets_up else ():
            for name in names(made):
                if plain(name) == called and (do := method(made, name)) is not None:
                    _called(do, self.parts(case) | {"x": self.kind.into(case.x)})
        return made

    def _made(self, case: Case) -> Any:
        if not makes(self.target):
            return copied(self.target)
        parts = self.parts(case)
        asked = wanted(self.target)
        unknown = _unknown(asked)
        if unknown is None:
            return self.target(**by_role(self.name, asked, parts))
        others = [p for p in asked if p is not unknown]
        sized = {unknown.name: case.channels}
        return self.target(**by_role(self.name, others, parts), **sized)

    def parts(self, case: Case) -> dict[str, Any]:
        """Return what a constructor may ask for, by role; arrays are copies that it may keep."""
        arrays = {role: np.array(getattr(case, role)) for role in PER_CHANNEL}
        return {
            **{role: self.kind.into(array) for role, array in arrays.items()},
            "eps": case.eps,
            "momentum": case.momentum,
            "channels": case.channels,
            "shape": (case.channels,),
            "groups": case.norm.groups,
            "rank": case.x.ndim if self._sized else case.channels,
            "optimizer": Watching(),
        }

    def refuse_guess(self) -> None:
        """Raise TargetError where the constructor was given the channels on a guess."""
        if makes(self.target) and _unknown(asked := wanted(self.target)) is not None:
            by_role(self.name, asked, dict.fromkeys(ROLES))

    @property
    def _sized(self) -> bool:
        """Whether something else than ``num_dims`` says how many channels there are."""
        return bool({"channels", "shape", *PER_CHANNEL} & self.given) or not makes(self.target)


def _unknown(asked: list[Any]) -> Any:
    """Return the one parameter without a name that says it, where nothing else says the channels.

    It is given their number, and whether that is right is seen when the layer is tried.
    """
    roles = {p.name: role_of(p.name, ROLES, argument=True) for p in asked}
    if {"channels", "shape", *PER_CHANNEL} & set(roles.values()):
        return None
    needed = [p for p in asked if p.default is p.empty and p.kind in _NAMED]
    unknown = [p for p in needed if roles[p.name] is None]
    return unknown[0] if len(unknown) == 1 else None


def makes(target: object) -> bool:
    """Whether a target is called to make a layer, rather than being one."""
    return isinstance(target, type)


def builder(target: Any, name: str, kind: Kind) -> Builder:
    """Return what makes a layer of a class, or copies an instance."""
    roles = (*PER_CHANNEL, *SCALARS, "channels", "shape")
    asked = wanted(target) if makes(target) else []
    given = {r for p in asked if (r := role_of(p.name, roles, argument=True)) is not None}
    return Builder(target, name, kind, frozenset(given))


def wanted(target: Any) -> list[Any]:
    """Return a constructor's parameters, but for arrays that have a number as their default."""
    asked = parameters(target)
    return [
        p
        for p in asked
        if not (
            role_of(p.name, PER_CHANNEL, argument=True) and isinstance(p.default, int | float | str)
        )
    ]


def _called(do: Callable[..., Any], given: Mapping[str, Any]) -> None:
    try:
        do(**by_role("", parameters(do), given))
    except TargetError:
        return  # it needs what cannot be guessed: the layer may do without
