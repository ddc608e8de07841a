"""Haiku: ``haiku.BatchNorm``, with scale and offset.

Each running statistic is kept three times: a sum that starts at 0 (``hidden``), the number of
steps (``counter``), and their debiased quotient (``average``; Kingma & Ba 2015, Adam, section 3).
Inference uses the last, which can be loaded; training forms it anew from the other two. So a
case's running statistics are what inference sees before the first step.
"""

from collections.abc import Callable
from typing import Any

import haiku as hk
import jax.numpy as jnp

from bncheck.model import Convention, Domain, Implementation
from bncheck.targets.common import defaults, kinds
from bncheck.targets.jax import haiku_norms, tools
from bncheck.targets.jax.templates import Setting
from bncheck.targets.profiles import PROFILES

NAME = "layer"
AVERAGES = tuple(f"{NAME}/~/{part}_ema" for part in ("mean", "var"))


def recognises(target: object) -> bool:
    """Whether the target is a class of haiku modules; instances live inside a transform only."""
    return isinstance(target, type) and issubclass(target, hk.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``haiku.BatchNorm``, a relative, or a class derived from it.

    It is called as ``(create_scale=True, create_offset=True, decay_rate=momentum, eps=eps)``,
    with channels last. ``promised`` is not needed. Raises TargetError for any other module.
    """
    relative = haiku_norms.own(target)
    if relative is not None:
        return haiku_norms.adapt(target, name, relative)
    kinds.expected(target, hk.BatchNorm, name, "a haiku.BatchNorm")
    own = PROFILES["haiku"] if target is hk.BatchNorm else Convention(channel_axis=-1)
    return tools.implementation(
        tools.PureLayer(
            _pure(target), -1, start=_start, read=_read, uniform=target is hk.BatchNorm
        ),
        name=name,
        convention=own,
        domain=Domain(),
        origin=target,
        defaults=defaults.of_signature(target),
    )


def _start(mean: Any, var: Any) -> dict[str, Any]:
    zero = jnp.zeros_like(mean)
    count = jnp.zeros((), jnp.int32)
    return {
        key: {"counter": count, "hidden": zero, "average": average}
        for key, average in zip(AVERAGES, (mean, var), strict=True)
    }


def _read(state: dict[str, Any]) -> tuple[Any, Any]:
    mean, var = (state[key]["average"].reshape(-1) for key in AVERAGES)
    return mean, var


def _pure(kind: Any) -> Callable[..., tuple[Any, Any]]:
    def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
        def layer(x: Any) -> Any:
            made = kind(
                create_scale=True,
                create_offset=True,
                decay_rate=setting.momentum,
                eps=setting.eps,
                name=NAME,
            )
            return made(x, is_training=setting.training)

        shape = (1,) * (x.ndim - 1) + x.shape[-1:]
        parameters = {NAME: {"scale": gamma.reshape(shape), "offset": beta.reshape(shape)}}
        kept = {
            key: {part: a.reshape(shape) if a.ndim else a for part, a in parts.items()}
            for key, parts in state.items()
        }
        return hk.transform_with_state(layer).apply(parameters, kept, None, x)

    return call
