"""Arguments that only a promise gives a meaning: a mask of what counts, and what is added."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace

from bncheck.errors import TargetError
from bncheck.model import Convention
from bncheck.targets.plain.asked import Asked
from bncheck.targets.plain.course import Group

_KEYS = {"mask": "mask", "residual": "adds"}
_MEANS = {
    "mask": "which positions count, 1 where they do",
    "residual": "an array shaped like x that is added to the output",
}


def as_promised(found: Mapping[str, Group], own: Convention, name: str) -> dict[str, Group]:
    """Return the groups with a mask or a residual only where it is promised.

    Raises TargetError where a forward pass needs one that is not promised, with the promise to
    write, or takes none that is.
    """
    return {key: _group(each, own, name) for key, each in found.items()}


def _group(group: Group, own: Convention, name: str) -> Group:
    forward = group.forward or group.infer
    for role, key in _KEYS.items():
        promised = bool(getattr(own, key))
        if forward is not None and promised and not forward.takes(role):
            raise TargetError(
                f"{name}: CONVENTION promises {key!r}, but {forward.name} takes no argument that "
                f"is called {role}: {inspect.signature(forward.function)}; "
                "call it so, or leave the promise out"
            )
        if not promised:
            group = _without(group, role, name)
    return group


def _without(group: Group, role: str, name: str) -> Group:
    return replace(
        group,
        forward=_left(group.forward, role, name),
        infer=_left(group.infer, role, name),
        backwards=tuple(a for b in group.backwards if (a := _left(b, role, name)) is not None),
        infer_backward=_left(group.infer_backward, role, name),
        update=_left(group.update, role, name),
    )


def _left(asked: Asked | None, role: str, name: str) -> Asked | None:
    """Leave the argument to its default."""
    parameter = None if asked is None else asked.parameter(role)
    if asked is None or parameter is None:
        return asked
    if parameter.default is inspect.Parameter.empty:
        raise TargetError(
            f"{name}: {asked.name} needs the argument {parameter.name!r}; if it is {_MEANS[role]}, "
            f'say so in the file: CONVENTION = {{"{_KEYS[role]}": True}}'
        )
    return asked.without(role)
