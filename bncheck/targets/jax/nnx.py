"""Flax: ``flax.nnx.BatchNorm``, the class or an instance with other settings."""

from collections.abc import Callable
from typing import Any

from flax import nnx

from bncheck.model import Convention, Implementation
from bncheck.targets.common import kinds
from bncheck.targets.jax import flax_layers, flax_norms
from bncheck.targets.jax.templates import Setting


def recognises(target: object) -> bool:
    """Whether the target is an nnx module or a class of them."""
    return issubclass(kinds.kind_of(target), nnx.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``flax.nnx.BatchNorm``, or of its relatives.

    ``promised`` is not needed: the module itself says where its channels are. Raises TargetError
    for any other module, and where channels are more than one axis.
    """
    relative = flax_norms.own(target)
    if relative is not None:
        return flax_norms.adapt(target, name, relative)
    kind = kinds.expected(target, nnx.BatchNorm, name, "a flax.nnx.BatchNorm")
    made = isinstance(target, type)
    module = target(3, rngs=nnx.Rngs(0)) if made else target
    return flax_layers.implementation(
        module,
        _pure,
        name=name,
        kind=kind,
        genuine=kind is nnx.BatchNorm,
        channels=None if made else module.num_features,
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
