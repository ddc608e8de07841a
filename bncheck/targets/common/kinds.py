"""The class of a target: what it is, what it should be, and where its source stands."""

import inspect
from typing import Any

from bncheck.errors import TargetError


def kind_of(target: object) -> type[Any]:
    """Return the class itself where the target is one, else the class of the instance."""
    return target if isinstance(target, type) else type(target)


def expected(target: object, base: type, name: str, accepted: str) -> type[Any]:
    """Return the class of a target, or raise TargetError where it is not derived from ``base``.

    name: what reports call the target; accepted: what it should be, with its article
    """
    kind = kind_of(target)
    if not issubclass(kind, base):
        raise TargetError(f"{name} is a {kind.__name__}, but should be {accepted}")
    return kind


def source(code: Any) -> str:
    """Return file and line of a class or function; raises OSError or TypeError without one."""
    return f"{inspect.getsourcefile(code)}:{inspect.getsourcelines(code)[1]}"


def known_source(code: Any) -> str:
    """Return file and line of a class or function, empty where nobody knows them."""
    try:
        return source(code)
    except (OSError, TypeError):
        return ""
