"""What a target that is given as an object is checked as: by its name, or as it is.

What has a name that another process can import goes to the worker by that name, and may crash or
hang there. All else, such as a class of a notebook, runs in this process, without protection.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from bncheck.blaming import described
from bncheck.errors import RAISED, BncheckError, TargetError, UsageError
from bncheck.model import Implementation
from bncheck.targets import adapt
from bncheck.targets.common import looking
from bncheck.terminal import brief

# what people pass by mistake: no class, function or layer is one of these
_PLAIN = (type(None), bool, int, float, complex, bytes, list, tuple, dict, set, frozenset)


def target_of(
    given: object, profile: str | None = None, norm: str | None = None
) -> str | Implementation:
    """Return the name to load in a worker, or an implementation that lives in this process.

    given: a name or path as on the command line, a module, a class, an instance, a function (one
    that needs no arguments is called to make a layer, any other is a forward pass), or an
    `Implementation`; profile, norm: as in `bncheck.verify`

    Raises UsageError for what is none of these, TargetError where no adapter takes it.
    """
    kind = type(given)  # asked of the type: an object may lie about its class, or raise
    if issubclass(kind, Implementation | str):
        return given  # type: ignore[return-value] # it is one of them
    if issubclass(kind, os.PathLike):
        return os.fspath(given)  # type: ignore[call-overload, no-any-return] # it is a path
    refuse(given)
    name = importable(given)
    return name if name else _adapted(given, profile, norm)


def is_plain(given: object) -> bool:
    """Whether it is what people pass by mistake: a number, a list of targets, None ..."""
    return issubclass(type(given), _PLAIN)


def refuse(given: object) -> None:
    """Raise UsageError for what can be no target."""
    if is_plain(given):
        raise UsageError(
            f"target={brief(given)}, but should be a name such as 'file.py' or 'module:NAME', a "
            "class, an instance, a function, a module or a bncheck.Implementation"
        )


def _adapted(given: object, profile: str | None, norm: str | None) -> Implementation:
    name = called(given)
    try:
        return adapt(given, name=name, profile=profile, norm=norm)
    except BncheckError:
        raise
    except RAISED as error:
        raise TargetError(f"{name} raised {described(error)} when it was looked at") from error


def importable(given: object) -> str:
    """Return a name by which another process imports this very object; empty if there is none."""
    if issubclass(type(given), ModuleType):
        return given.__name__ if _is_found(given) else ""  # type: ignore[attr-defined, arg-type] # it is a module
    module, path = looking.peek(given, "__module__"), looking.peek(given, "__qualname__")
    if not (type(module) is str and type(path) is str and path.isidentifier()):
        return ""
    home = sys.modules.get(module)
    if home is None or _at(home, path) is not given:
        return ""
    if not _is_found(home):
        return ""
    # by the shortest public name, as its documentation has it: torch.nn, not torch.nn.modules
    parents = (module.rsplit(".", up)[0] for up in range(module.count("."), -1, -1))
    public = (p for p in parents if _at(sys.modules.get(p), path) is given)
    return f"{next(public, module)}:{path}"


def called(given: object) -> str:
    """Return what reports call an object that has no importable name."""
    for name in ("__qualname__", "__name__"):
        told = looking.peek(given, name)
        if type(told) is str and told:
            return told.removeprefix("<locals>.").rpartition("<locals>.")[2]
    return f"a {type(given).__qualname__}"


def _at(home: ModuleType | None, name: str) -> Any:
    try:
        return vars(home).get(name) if home is not None else None
    except RAISED:
        return None


def _is_found(module: ModuleType) -> bool:
    """Whether another process would import this module by its name, and from the same place.

    A module that was loaded from a file by itself is not where imports look for its name.
    """
    name, origin = module.__name__, getattr(module, "__file__", None)
    if name == "__main__" or sys.modules.get(name) is not module or not isinstance(origin, str):
        return False
    found = _searched(name)
    return found is not None and os.path.realpath(found) == os.path.realpath(origin)


def _searched(name: str) -> str | None:
    """Where a fresh process finds a module; `importlib.util.find_spec` tells what is loaded."""
    path: list[str] | None = None
    spec: ModuleSpec | None = None
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        spec = _spec(".".join(parts[:depth]), path)
        if spec is None:
            return None
        path = list(spec.submodule_search_locations or ())
    return spec.origin if spec is not None else None


def _spec(name: str, path: list[str] | None) -> ModuleSpec | None:
    for finder in sys.meta_path:
        try:
            spec = finder.find_spec(name, path)
        except RAISED:  # somebody's hook
            continue
        if spec is not None:
            return spec
    return None
