"""Flax: ``flax.nnx.BatchNorm``, the class or an instance with other settings."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flax import nnx

from bncheck.errors import TargetError
from bncheck.model import Convention, Domain, Implementation
from bncheck.targets.common import defaults
from bncheck.targets.jax import tools
from bncheck.targets.jax.templates import Setting
from bncheck.targets.profiles import PROFILES


def recognises(target: object) -> bool:
    """Whether the target is an nnx module or a class of them."""
    kind = target if isinstance(target, type) else type(target)
    return issubclass(kind, nnx.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``flax.nnx.BatchNorm``.

    ``promised`` is not needed: the module itself says where its channels are. Raises TargetError
    for any other module, and where channels are more than one axis.
    """
    kind = target if isinstance(target, type) else type(target)
    if not issubclass(kind, nnx.BatchNorm):
        raise TargetError(f"{name} is a {kind.__name__}, but should be a flax.nnx.BatchNorm")
    made = isinstance(target, type)
    module = target(3, rngs=nnx.Rngs(0)) if made else target
    if not isinstance(module.axis, int):
        raise TargetError(f"{name} has axis={module.axis!r}, but should have one axis of channels")
    own = replace(PROFILES["flax"], channel_axis=module.axis) if kind is nnx.BatchNorm else None
    convention, dtypes = tools.at_dtype(own or Convention(channel_axis=module.axis), module.dtype)
    return tools.implementation(
        tools.PureLayer(
            _pure(module),
            module.axis,
            uses=tools.used(gamma=module.use_scale, beta=module.use_bias),
            uniform=kind is nnx.BatchNorm,
        ),
        name=name,
        convention=convention,
        domain=Domain(
            ranks=tools.ranks_with(module.axis),
            channels=None if made else module.num_features,
            dtypes=dtypes,
        ),
        origin=kind,
        defaults=defaults.told(module.epsilon, module.momentum),
    )


def _pure(module: nnx.BatchNorm) -> Callable[..., tuple[Any, Any]]:
    graph, parts = nnx.split(module)

    def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
        layer = nnx.merge(graph, parts)  # a new one: the module given stays as it is
        layer.num_features = x.shape[-1 if layer.axis < 0 else layer.axis]
        layer.epsilon, layer.momentum = setting.eps, setting.momentum
        named = {"scale": gamma, "bias": beta, "mean": state[0], "var": state[1]}
        for part, value in named.items():
            if getattr(layer, part) is not None:
                setattr(layer, part, type(getattr(layer, part))(value))
        y = layer(x, use_running_average=not setting.training)
        return y, (layer.mean[...], layer.var[...])

    return call
