"""How layers that strangers wrote are made: their constructors, their settings, their dtype."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from bncheck.targets.common import kinds
from bncheck.targets.common.calls import by_role, parameters
from bncheck.targets.common.roles import role_of

# constants of a layer that cases vary
SCALARS = ("eps", "momentum")


def builder(target: Any, name: str) -> tuple[Callable[..., Any], frozenset[str]]:
    """Return what makes and builds a layer, and the settings that the constructor takes."""
    kind = kinds.kind_of(target)
    wanted = parameters(kind)
    named = {role: p.name for p in wanted if (role := role_of(p.name, SCALARS)) is not None}

    def build(eps: float, momentum: float | None, dtype: str, shape: tuple[int, ...]) -> Any:
        values = {"eps": eps, "momentum": momentum}
        settings = {argument: values[role] for role, argument in named.items()}
        if isinstance(target, type):
            extra = {"channels": shape[-1], "shape": shape[-1:], "rank": len(shape)}
            layer = _made(kind, by_role(name, wanted, values | extra), dtype)
        else:
            layer = _made(kind, {**target.get_config(), **settings}, dtype)
        if not layer.built:
            layer(np.zeros(shape, dtype), training=False)  # this builds what is nested, too
        return layer

    return build, frozenset(named)


def _made(kind: Any, arguments: Mapping[str, Any], dtype: str) -> Any:
    """Call the constructor with a dtype, or set it after where it does not take one."""
    others = {k: v for k, v in arguments.items() if k != "dtype"}
    try:
        return kind(**others, dtype=dtype)
    except TypeError:
        layer = kind(**others)
        layer.dtype_policy = keras.DTypePolicy(dtype)
        return layer
