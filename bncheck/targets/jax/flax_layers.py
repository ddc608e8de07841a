"""What the two APIs of Flax share: how a ``BatchNorm`` says what it does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax.numpy as jnp

from bncheck.errors import TargetError
from bncheck.model import Convention, Domain, Implementation
from bncheck.model.formats import format_of
from bncheck.targets.common import defaults
from bncheck.targets.common.axes import ranks_with
from bncheck.targets.jax import tools
from bncheck.targets.jax.programs import Call
from bncheck.targets.profiles import PROFILES


def implementation(
    module: Any,
    pure: Callable[[Any], Call],
    *,
    name: str,
    kind: type,
    genuine: bool,
    channels: int | None = None,
) -> Implementation:
    """Make an implementation of a module, whose settings have the same names in both APIs.

    pure: makes the pure function of a module; genuine: whether the class is Flax's own, which
    promises Flax's convention; channels: their number where it is fixed. Raises TargetError where
    channels are more than one axis.
    """
    if not isinstance(module.axis, int):
        raise TargetError(f"{name} has axis={module.axis!r}, but should have one axis of channels")
    own = replace(PROFILES["flax"] if genuine else Convention(), channel_axis=module.axis)
    convention, dtypes = at_dtype(own, module.dtype)
    return tools.implementation(
        tools.PureLayer(
            pure(module),
            module.axis,
            uses=tools.used(gamma=module.use_scale, beta=module.use_bias),
            uniform=genuine,
        ),
        name=name,
        convention=convention,
        domain=Domain(ranks=ranks_with(module.axis), channels=channels, dtypes=dtypes),
        origin=kind,
        defaults=defaults.told(module.epsilon, module.momentum),
    )


def at_dtype(convention: Convention, dtype: Any) -> tuple[Convention, tuple[str, ...]]:
    """Return the convention and dtypes of a layer made for one dtype, or for any (None).

    Flax: "the dtype of the result (default: infer from input and params)". Without one, results
    are as wide as the parameters, and half precision is not meant. With one, parameters and
    running statistics stay float32, and so do sums; but the parts of dx are added in x's dtype,
    as automatic differentiation does it, so that no wider accumulation is promised.
    """
    if dtype is None:
        return convention, Domain.dtypes
    storage = format_of(jnp.dtype(dtype))
    if storage.dtype.itemsize < 4:
        convention = replace(convention, parameters="float32", accumulates=storage.name)  # type: ignore[arg-type] # the name of a format
    return convention, (storage.name,)
