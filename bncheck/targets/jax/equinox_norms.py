"""Equinox's LayerNorm, RMSNorm and GroupNorm: each takes one example, and `jax.vmap` the batch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import equinox as eqx
import jax

from bncheck.model import NORMS, Implementation, NormName
from bncheck.targets.common import defaults, kinds
from bncheck.targets.jax import norms
from bncheck.targets.jax.programs import Call
from bncheck.targets.jax.templates import Setting

OWN: dict[type, NormName] = {
    eqx.nn.LayerNorm: "layer",
    eqx.nn.RMSNorm: "rms",
    eqx.nn.GroupNorm: "group",
}


def adapt(target: Any, name: str) -> Implementation:
    """Make an implementation of one of these classes, or of a module of one.

    The class RMSNorm stands for ``use_bias=False``: RMS normalization has no beta.
    """
    made = isinstance(target, type)
    kind = kinds.kind_of(target)
    known = OWN[kind]
    uses = _uses(None if made else target, known)
    groups = 0 if made or known != "group" else int(target.groups)
    ranks = () if made or known == "group" else (len(target.shape) + 1,)
    pure = norms.Pure(
        norm=replace(NORMS[known], groups=groups, shifted="beta" in uses),
        call=_calls(kind, known, uses),
        uses=uses,
        ranks=ranks,
        defaults=defaults.of_signature(kind) if made else defaults.told(target.eps),
    )
    return norms.implementation(pure, name=name, origin=kind)


def _uses(given: Any, known: NormName) -> tuple[str, ...]:
    if given is None:
        return ("gamma",) if known == "rms" else ("gamma", "beta")
    parts = {"gamma": given.weight, "beta": given.bias}
    return tuple(role for role, value in parts.items() if value is not None)


def _calls(kind: Any, known: NormName, uses: tuple[str, ...]) -> Any:
    def for_groups(groups: int) -> Call:
        def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
            if known == "group":
                sizes = {"groups": groups, "channels": x.shape[1]}
                sizes |= {"channelwise_affine": bool(uses)}
            else:
                has = {"use_weight": "gamma" in uses, "use_bias": "beta" in uses}
                sizes = {"shape": x.shape[1:], **has}
            layer = kind(**sizes, eps=setting.eps, dtype=x.dtype)
            for role, part, value in (("gamma", "weight", gamma), ("beta", "bias", beta)):
                if role in uses:
                    layer = eqx.tree_at(lambda made, at=part: getattr(made, at), layer, value)
            return jax.vmap(layer)(x), state

        return call

    return for_groups
