"""Looking at somebody's object: whatever its properties do, nothing is raised."""

from typing import Any


def peek(thing: object, name: str, otherwise: Any = None) -> Any:
    """Return an attribute, or ``otherwise`` where there is none or asking for it raises."""
    try:
        return getattr(thing, name)
    except Exception:  # a property may need what is not there yet
        return otherwise


def has(thing: object, name: str) -> bool:
    """Whether an object says that it has the attribute, and gives it.

    One that answers to every name does not count: ``dir`` must list it.
    """
    try:
        listed = name in dir(thing)
    except Exception:  # a __dir__ of somebody's own
        return False
    return listed and peek(thing, name, _NOTHING) is not _NOTHING


def method(thing: object, name: str) -> Any:
    """Return a method that an object really has, else ``None``."""
    found = peek(thing, name) if has(thing, name) else None
    return found if callable(found) else None


def names(thing: object) -> list[str]:
    """Return the names that an object lists, those of Python itself aside."""
    try:
        return [n for n in dir(thing) if not n.startswith("__")]
    except Exception:  # a __dir__ of somebody's own
        return []


_NOTHING = object()
