"""Flax's LayerNorm, RMSNorm, GroupNorm and InstanceNorm, of linen and of nnx.

Settings have the same names in both APIs. A layer over several axes of features is one whose
``reduction_axes`` and ``feature_axes`` are the same; channels of the others are the last axis.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import flax.linen as nn
from flax import nnx

from bncheck.errors import TargetError
from bncheck.model import NORMS, Convention, Implementation, NormName
from bncheck.targets.common import defaults, kinds
from bncheck.targets.jax import norms
from bncheck.targets.jax.flax_layers import at_dtype
from bncheck.targets.jax.programs import Call
from bncheck.targets.jax.templates import Setting

LINEN: dict[type, NormName] = {
    nn.LayerNorm: "layer",
    nn.RMSNorm: "rms",
    nn.GroupNorm: "group",
    nn.InstanceNorm: "instance",
}
NNX: dict[type, NormName] = {
    nnx.LayerNorm: "layer",
    nnx.RMSNorm: "rms",
    nnx.GroupNorm: "group",
    nnx.InstanceNorm: "instance",
}
KNOWN = LINEN | NNX
_PARTS = {"gamma": "scale", "beta": "bias"}


def own(target: object) -> type | None:
    """Return Flax's class that a target is of, None where it is none of these."""
    kind = kinds.kind_of(target)
    return next((base for base in KNOWN if issubclass(kind, base)), None)


def adapt(target: Any, name: str, base: type) -> Implementation:
    """Make an implementation of one of these classes or of a module of one.

    Raises TargetError where the axes are not those of the normalization, or statistics are shared
    between devices.
    """
    made = isinstance(target, type)
    kind, known = kinds.kind_of(target), KNOWN[base]
    module = _module(kind, base, known) if made else target
    groups = 0 if made or known != "group" else int(module.num_groups or 0)
    if not made and known == "group" and not groups:
        raise TargetError(
            f"{name} has group_size={module.group_size}, but should have num_groups, so that it "
            "can be tried with other numbers of channels"
        )
    uses = tuple(r for r, part in _PARTS.items() if getattr(module, f"use_{part}", False))
    convention, dtypes = at_dtype(Convention(), module.dtype)
    pure = norms.Pure(
        norm=replace(NORMS[known], groups=groups),
        call=_linen(module, known) if base in LINEN else _nnx(module, known),
        uses=uses,
        axis=-1,
        ranks=_ranks(module, known, name, made=made and base in LINEN),
        dtypes=dtypes,
        genuine=kind is base,
        defaults=defaults.told(module.epsilon),
        convention=convention,
    )
    return norms.implementation(pure, name=name, origin=kind)


def _module(kind: Any, base: type, known: NormName) -> Any:
    groups = {"num_groups": 1} if known == "group" else {}
    if base in LINEN:
        return kind(**groups)
    return kind(1, rngs=nnx.Rngs(0), **groups)


def _ranks(module: Any, known: NormName, name: str, *, made: bool) -> tuple[int, ...]:
    """Return the ranks of cases: those that the axes of a module are all but the first of."""
    if getattr(module, "axis_name", None) is not None:
        raise TargetError(
            f"{name} has axis_name={module.axis_name!r}, but should have none: it is tried on one "
            "device"
        )
    if made or known in ("group", "instance"):
        axes = getattr(module, "reduction_axes", None) if known == "group" else None
        features = getattr(module, "feature_axes", -1) if known == "instance" else -1
        if axes is None and _several(features) == (-1,):
            return ()
        told = f"reduction_axes={axes!r}" if known == "group" else f"feature_axes={features!r}"
        raise TargetError(f"{name} has {told}, but should have the channels last, as by default")
    reduced, features = _several(module.reduction_axes), _several(module.feature_axes)
    if reduced == features and reduced == tuple(range(-len(reduced), 0)) and len(reduced) < 5:
        return (len(reduced) + 1,)
    raise TargetError(
        f"{name} has reduction_axes={module.reduction_axes!r} and feature_axes="
        f"{module.feature_axes!r}, but both should be the same last axes, such as (-2, -1)"
    )


def _several(axes: Any) -> tuple[int, ...]:
    return (axes,) if isinstance(axes, int) else tuple(sorted(axes))


def _over(x: Any) -> tuple[int, ...]:
    return tuple(range(1, x.ndim))


def _linen(module: Any, known: NormName) -> Any:
    used = [part for part in _PARTS.values() if getattr(module, f"use_{part}", False)]
    rows = known in ("layer", "rms")

    def for_groups(groups: int) -> Call:
        def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
            settings: dict[str, Any] = {"epsilon": setting.eps}
            if rows:
                settings |= {"reduction_axes": _over(x), "feature_axes": _over(x)}
            elif groups:
                settings |= {"num_groups": groups}
            parameters = {"scale": gamma, "bias": beta}
            given = {"params": {part: parameters[part] for part in used}}
            return module.clone(**settings).apply(given, x), state

        return call

    return for_groups


def _nnx(module: Any, known: NormName) -> Any:
    graph, parts = nnx.split(module)

    def for_groups(groups: int) -> Call:
        def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
            layer = nnx.merge(graph, parts)  # a new one: the module given stays as it is
            layer.epsilon = setting.eps
            if known in ("layer", "rms"):
                layer.reduction_axes = layer.feature_axes = _over(x)
            elif groups:
                layer.num_groups, layer.group_size = groups, x.shape[-1] // groups
            for part, value in (("scale", gamma), ("bias", beta)):
                held = getattr(layer, part, None)
                if held is not None:
                    setattr(layer, part, type(held)(value))
            return layer(x), state

        return call

    return for_groups
