"""Looking at somebody's object: whatever its properties do, nothing is raised."""

import copy
from typing import Any

from bncheck.errors import RAISED


def peek(thing: object, name: str, otherwise: Any = None) -> Any:
    """Return an attribute, or ``otherwise`` where there is none or asking for it raises."""
    try:
        return getattr(thing, name)
    except RAISED:  # a property may need what is not there yet
        return otherwise


def has(thing: object, name: str) -> bool:
    """Whether an object says that it has the attribute, and gives it.

    One that answers to every name does not count: ``dir`` must list it.
    """
    try:
        listed = name in dir(thing)
    except RAISED:  # a __dir__ of somebody's own
        return False
    return listed and peek(thing, name, _NOTHING) is not _NOTHING


def method(thing: object, name: str) -> Any:
    """Return a method that an object really has, else ``None``."""
    found = peek(thing, name) if has(thing, name) else None
    return found if callable(found) else None


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
    try:
        return [n for n in dir(thing) if not n.startswith("__")]
    except RAISED:  # a __dir__ of somebody's own
        return []


_NOTHING = object()
