"""Which normalization a target says it is: ``NORM = "layer"`` in its file, or ``--norm``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from bncheck.errors import UsageError
from bncheck.model import NORMS, NormName
from bncheck.targets.common.kinds import kind_of
from bncheck.targets.common.looking import peek
from bncheck.terminal import brief


def checked(norm: object, where: str) -> NormName:
    """Return the name of a normalization. Raises UsageError that lists the five."""
    if not isinstance(norm, str) or norm not in NORMS:
        raise UsageError(f"{where}={brief(norm)}, but should be one of {', '.join(NORMS)}")
    return norm  # type: ignore[return-value] # it is a key of that table


def stated(target: object, name: str) -> NormName | None:
    """Return what a target, or the file that it is in, says by ``NORM``; None where nothing.

    name: what reports call it

    Raises UsageError for a ``NORM`` that is none of the five.
    """
    said = None if isinstance(target, ModuleType) else peek(target, "NORM")
    if said is None:
        said = home(target).get("NORM")
    return None if said is None else checked(said, f"{name}: NORM")


def home(target: object) -> Mapping[str, Any]:
    """Return the names of the module that a target is, or is in."""
    if isinstance(target, ModuleType):
        return vars(target)
    held = peek(peek(target, "py_func") or peek(target, "func") or target, "__globals__")
    if isinstance(held, dict):
        return held
    module = sys.modules.get(str(peek(kind_of(target), "__module__")))
    return vars(module) if module else {}
