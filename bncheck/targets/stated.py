"""Which normalization a target says it is: ``NORM = "layer"`` in its file, or ``--norm``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from bncheck.errors import UsageError
from bncheck.model import NormName
from bncheck.model.norm import named
from bncheck.targets.common.kinds import kind_of
from bncheck.targets.common.looking import peek


def stated(target: object, name: str) -> NormName | None:
    """Return what a target, or the file that it is in, says by ``NORM``; None where nothing.

    name: what reports call it

    Raises UsageError for a ``NORM`` that is none of the five.
    """
    said = None if isinstance(target, ModuleType) else peek(target, "NORM")
    if said is None:
        said = home(target).get("NORM")
    if said is None:
        return None
    try:
        return named(said, f"{name}: NORM")
    except UsageError as error:
        told = f"{error}; where that is something else there, --norm batch says what it is"
        raise UsageError(told) from None


def home(target: object) -> Mapping[str, Any]:
    """Return the names of the module that a target is, or is in."""
    if isinstance(target, ModuleType):
        return vars(target)
    held = peek(peek(target, "py_func") or peek(target, "func") or target, "__globals__")
    if isinstance(held, dict):
        return held
    module = sys.modules.get(str(peek(kind_of(target), "__module__")))
    return vars(module) if module else {}
