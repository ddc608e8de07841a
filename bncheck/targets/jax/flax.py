"""Flax: ``flax.linen.BatchNorm``, the class or an instance with other settings."""

from dataclasses import replace
from typing import Any

import flax.linen as nn

from bncheck.errors import TargetError
from bncheck.model import Convention, Domain, Implementation
from bncheck.targets.common import defaults
from bncheck.targets.jax import tools
from bncheck.targets.jax.templates import Setting
from bncheck.targets.profiles import PROFILES


def recognises(target: object) -> bool:
    """Whether the target is a linen module or a class of them."""
    kind = target if isinstance(target, type) else type(target)
    return issubclass(kind, nn.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``flax.linen.BatchNorm``.

    ``promised`` is not needed: the module itself says where its channels are. Raises TargetError
    for any other module, and where channels are more than one axis.
    """
    kind = target if isinstance(target, type) else type(target)
    if not issubclass(kind, nn.BatchNorm):
        raise TargetError(f"{name} is a {kind.__name__}, but should be a flax.linen.BatchNorm")
    module = target() if isinstance(target, type) else target
    if not isinstance(module.axis, int):
        raise TargetError(f"{name} has axis={module.axis!r}, but should have one axis of channels")
    own = replace(PROFILES["flax"], channel_axis=module.axis) if kind is nn.BatchNorm else None
    convention, dtypes = tools.at_dtype(own or Convention(channel_axis=module.axis), module.dtype)
    return tools.implementation(
        tools.PureLayer(
            _pure(module),
            module.axis,
            uses=tools.used(gamma=module.use_scale, beta=module.use_bias),
            uniform=kind is nn.BatchNorm,
        ),
        name=name,
        convention=convention,
        domain=Domain(ranks=tools.ranks_with(module.axis), dtypes=dtypes),
        origin=kind,
        defaults=defaults.told(module.epsilon, module.momentum),
    )


def _pure(module: Any) -> Any:
    used = [n for n in ("scale", "bias") if getattr(module, f"use_{n}")]

    def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
        layer = module.clone(
            epsilon=setting.eps, momentum=setting.momentum, use_running_average=None
        )
        parameters = {"scale": gamma, "bias": beta}
        mean, var = state
        y, changed = layer.apply(
            {
                "params": {n: parameters[n] for n in used},
                "batch_stats": {"mean": mean, "var": var},
            },
            x,
            use_running_average=not setting.training,
            mutable=["batch_stats"],
        )
        statistics = changed["batch_stats"]
        return y, (statistics["mean"], statistics["var"])

    return call
