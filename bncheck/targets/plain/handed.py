"""What a backward pass is handed of what the forward pass returned, by role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bncheck.targets.common.roles import plain, role_of
from bncheck.targets.plain.asked import Asked
from bncheck.targets.plain.course import Group
from bncheck.targets.plain.outputs import Outputs


def handed(outputs: Outputs, group: Group, backward: Asked, got: Any) -> dict[str, Any]:
    """Return the cache, and each part that forward's source has a name for, as ``saved:name``.

    outputs: where y and the statistics are in got
    """
    named = _named(group, got)
    parts = {"cache": outputs.cache(got)} | {f"saved:{name}": v for name, v in named.items()}
    return parts | _cache(backward, named) if len(named) > 2 else parts


def _named(group: Group, got: Any) -> dict[str, Any]:
    if group.forward is None or not isinstance(got, tuple | list):
        return {}
    names = group.returned
    return dict(zip(names, got, strict=False)) if len(names) == len(got) else {}


def _cache(backward: Asked, named: Mapping[str, Any]) -> dict[str, Any]:
    """Find the cache where there is more than y and one other part, by its name on either side.

    As in ``return out, cache, mu, var``: what stands beside it is nothing that backward takes.
    """
    parameter = backward.parameter("cache")
    own = plain(parameter.name) if parameter is not None else ""
    called = [name for name in named if role_of(name, ("cache",)) == "cache"]
    if own in named:
        return {"cache": named[own]}
    return {"cache": named[called[0]]} if len(called) == 1 else {}
