"""Code to paste for what bncheck cannot call by itself: two lines, with dots to be filled in."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from bncheck.errors import PASTE
from bncheck.targets.common.calls import parameters
from bncheck.targets.common.roles import role_of

_ROLES = ("x", "gamma", "beta", "eps")
_LISTED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def wrapper(module: str, name: str, body: str, besides: str = "") -> tuple[str, str, str]:
    """Return the last lines of a message: what to do, an import, and a function around it.

    module: where it is, as Python calls it; besides: what else is imported before
    """
    # a file is imported under a private name, which ends with its own
    home = re.sub(r"^_bncheck_target_\d+_", "", module)
    return (
        PASTE,
        f"{besides}from {home} import {name}",
        f"def forward(x, gamma, beta, eps): {body}",
    )


def call(name: str, function: Callable[..., Any]) -> str:
    """Return a call of a function, with dots where it is not known what an argument is.

    What has a default and no known role is left out.
    """
    given: list[str] = []
    for place, parameter in enumerate(parameters(function)):
        if parameter.kind in _LISTED:
            continue
        role = role_of(parameter.name, _ROLES, argument=True)
        if role is None and parameter.default is not parameter.empty:
            continue
        named = parameter.kind is parameter.KEYWORD_ONLY or place > len(given)
        given.append(f"{parameter.name}={role or '...'}" if named else role or "...")
    return f"{name}({', '.join(given)})"
