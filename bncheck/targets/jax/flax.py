"""Flax: ``flax.linen.BatchNorm``, the class or an instance with other settings."""

from functools import partial
from typing import Any

import flax.linen as nn
import jax

from bncheck.errors import TargetError
from bncheck.model import Convention, Implementation
from bncheck.model.formats import Array
from bncheck.targets.common import dividing, kinds
from bncheck.targets.jax import flax_layers, flax_norms
from bncheck.targets.jax.templates import Setting


def recognises(target: object) -> bool:
    """Whether the target is a linen module or a class of them."""
    return issubclass(kinds.kind_of(target), nn.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``flax.linen.BatchNorm``, or of its relatives.

    ``promised`` is not needed: the module itself says where its channels are. Raises TargetError
    for any other module, and where channels are more than one axis.
    """
    relative = flax_norms.own(target)
    if relative is not None:
        return flax_norms.adapt(target, name, relative)
    kind = kinds.kind_of(target)
    if not issubclass(kind, nn.BatchNorm):
        told = dividing.refused(partial(_alone, target), ("float32",))
        raise TargetError(
            f"{name} is a {kind.__name__}, but should be a flax.linen.BatchNorm"
            + (f": {told}" if told else "")
        )
    module = target() if isinstance(target, type) else target
    return flax_layers.implementation(
        module, _pure, name=name, kind=kind, genuine=kind is nn.BatchNorm
    )


def _alone(target: Any, x: Array) -> Any:
    """Call a module as it is made: with its own parameters and settings."""
    module = target() if isinstance(target, type) else target
    return module.apply(module.init(jax.random.key(0), x), x)


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
