"""eps and momentum as a layer has them where nobody sets them."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bncheck.targets.common.roles import role_of


def told(eps: Any = None, momentum: Any = None) -> dict[str, float]:
    """Return those that are numbers, by name."""
    given = {"eps": eps, "momentum": momentum}
    return {name: float(value) for name, value in given.items() if _is_number(value)}


def of_signature(function: Callable[..., Any]) -> dict[str, float]:
    """Return those that are defaults of arguments, whatever these are called there.

    >>> def layer(x, epsilon=0.001, decay_rate=0.9): ...
    >>> of_signature(layer)
    {'eps': 0.001, 'momentum': 0.9}
    """
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # a compiled function that does not say
        return {}
    found = {role_of(name, ("eps", "momentum")): p.default for name, p in parameters.items()}
    return told(found.get("eps"), found.get("momentum"))


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float | np.floating)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )
