"""Haiku's LayerNorm, RMSNorm, GroupNorm and InstanceNorm, with all their parameters.

The first two are made over all axes but the first; the others have channels last.
"""

from __future__ import annotations

from typing import Any

import haiku as hk

from bncheck.model import NORMS, Implementation, NormName
from bncheck.targets.common import defaults
from bncheck.targets.jax import norms
from bncheck.targets.jax.programs import Call
from bncheck.targets.jax.templates import Setting

NAME = "layer"
# instance normalization is derived from layer normalization, so it is asked for first
KNOWN: dict[type, NormName] = {
    hk.InstanceNorm: "instance",
    hk.LayerNorm: "layer",
    hk.RMSNorm: "rms",
    hk.GroupNorm: "group",
}


def own(target: Any) -> type | None:
    """Return haiku's class that a class is derived from, None where it is none of these."""
    return next((base for base in KNOWN if issubclass(target, base)), None)


def adapt(target: Any, name: str, base: type) -> Implementation:
    """Make an implementation of one of these classes, or of one derived from it."""
    known = KNOWN[base]
    pure = norms.Pure(
        norm=NORMS[known],
        call=_calls(target, known),
        uses=("gamma",) if known == "rms" else ("gamma", "beta"),
        axis=-1,
        genuine=target is base,
        defaults=defaults.of_signature(target),
    )
    return norms.implementation(pure, name=name, origin=target)


def _calls(kind: Any, known: NormName) -> Any:
    def for_groups(groups: int) -> Call:
        def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
            axes = tuple(range(1, x.ndim))
            settings: dict[str, Any] = {"create_scale": True, "eps": setting.eps, "name": NAME}
            if known != "rms":
                settings["create_offset"] = True
            if known in ("layer", "rms"):
                settings |= {"axis": axes, "param_axis": axes}
            elif groups:
                settings["groups"] = groups
            # haiku keeps parameters of several axes with an axis of 1 for the samples
            several = known in ("layer", "rms") and x.ndim > 2
            shape = (1, *x.shape[1:]) if several else gamma.shape
            parts = {"scale": gamma, "offset": beta}
            if known == "rms":
                del parts["offset"]
            given = {NAME: {part: value.reshape(shape) for part, value in parts.items()}}
            layer = hk.transform(lambda x: kind(**settings)(x))
            return layer.apply(given, None, x), state

        return call

    return for_groups
