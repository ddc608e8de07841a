"""Looking at somebody's object: whatever its properties do, nothing is raised."""

import contextlib
import copy
from typing import Any

from bncheck.errors import RAISED


def peek(thing: object, name: str, otherwise: Any = None) -> Any:
    """Return an attribute, or ``otherwise`` where there is none or asking for it raises."""
    try:
        return getattr(thing, name)
    except KeyboardInterrupt:
        raise
    except BaseException:  # a property may need what is not there yet, or end the program
        return otherwise


def has(thing: object, name: str) -> bool:
    """Whether an object says that it has the attribute, and gives it.

    One that answers to every name does not count: ``dir`` must list it.
    """
    return name in _listed(thing) and peek(thing, name, _NOTHING) is not _NOTHING


def method(thing: object, name: str) -> Any:
    """Return a method that an object really has, else ``None``."""
    found = peek(thing, name) if has(thing, name) else None
    return found if callable(found) else None


def docstring(kind: type) -> str:
    """Return what a class says of itself; a ``__doc__`` of another kind says nothing."""
    found = vars(kind).get("__doc__")
    return found if isinstance(found, str) else ""


def copied(thing: Any) -> Any:
    """Return a deep copy, also of an object that answers to the names that copying asks for.

    Raises what copying raises where there is no other way.
    """
    try:
        return copy.deepcopy(thing)
    except RAISED:
        try:
            made = object.__new__(type(thing))
            own = object.__getattribute__(thing, "__dict__")
            object.__getattribute__(made, "__dict__").update(copy.deepcopy(own))
        except RAISED:
            made = None
        if made is None:
            raise
        return made


def names(thing: object) -> list[str]:
    """Return the names that an object lists, those of Python itself aside."""
    return [n for n in _listed(thing) if not n.startswith("__")]


def _listed(thing: object) -> list[str]:
    """Return the names that ``dir`` lists, or Python's own ``dir`` where somebody's raises."""
    try:
        return dir(thing)
    except KeyboardInterrupt:
        raise
    except BaseException:  # a __dir__ of somebody's own
        kind = type(thing)
        own = {n for k in kind.__mro__ for n in vars(k)}
        with contextlib.suppress(*RAISED):  # it may have slots, or a __dict__ of its own
            own |= set(object.__getattribute__(thing, "__dict__"))
        return sorted(own)


_NOTHING = object()
