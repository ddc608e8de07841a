"""Sorting what a backward pass returned into dx, dgamma and dbeta."""

from collections.abc import Mapping
from typing import Any

from bncheck.targets.common.roles import NAMES, plain


def sorted_out(got: Any, *, shifted: bool = True) -> tuple[Any, Any, Any]:
    """Return dx, dgamma and dbeta; ``None`` for what is elsewhere.

    shifted: there is a beta; otherwise two arrays are dx and dgamma
    """
    if isinstance(got, dict):
        return item(got, "x"), item(got, "gamma"), item(got, "beta")
    if isinstance(got, tuple | list):
        if len(got) == 3:
            return got[0], got[1], got[2]
        if len(got) == 2 and isinstance(got[1], dict):
            return got[0], item(got[1], "gamma"), item(got[1], "beta")
        if len(got) == 2 and isinstance(got[1], tuple | list) and len(got[1]) == 2:
            return got[0], got[1][0], got[1][1]
        if len(got) == 2 and not shifted:
            return got[0], got[1], None
    return got, None, None


def item(held: Mapping[str, Any], role: str) -> Any:
    """Return the item of a dict whose key is a name of the role, or of its gradient."""
    names = (*NAMES[role], *(f"d{n}" for n in NAMES[role]), *(f"grad{n}" for n in NAMES[role]))
    return next((v for k, v in held.items() if plain(str(k)) in names), None)
