"""Every deviation as a target that can be named: ``bncheck.deviations.targets:missing_gamma``.

A worker loads its target by name, which is how deviations that end or block their process are
tried, and how anybody can see what the report of a certain mistake looks like.
"""

from __future__ import annotations

import re

from bncheck.deviations import BY_NAME
from bncheck.model import Implementation


def attribute(name: str) -> str:
    """Return a deviation's name as an attribute of this module: ``eps_missing``."""
    return re.sub(r"\W", "_", name)


_BY_ATTRIBUTE = {attribute(name): deviation for name, deviation in BY_NAME.items()}


def __getattr__(name: str) -> Implementation:
    """Make the implementation that deviates so. Raises AttributeError for another name."""
    if name not in _BY_ATTRIBUTE:
        raise AttributeError(f"there is no deviation {name!r}")
    return _BY_ATTRIBUTE[name].apply()


def __dir__() -> list[str]:
    """Names of all targets, for messages that suggest the nearest."""
    return sorted(_BY_ATTRIBUTE)
