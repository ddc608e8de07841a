"""Keras's LayerNormalization, RMSNormalization and GroupNormalization, on any of its backends.

A layer that is given is made anew for each case, with its settings, since its sizes and its axes
are those of its weights.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras

from bncheck.errors import TargetError
from bncheck.model import NORMS, Ability, Case, Domain, Implementation, Layer, NormName
from bncheck.targets.common import defaults, kinds
from bncheck.targets.common.view import viewed
from bncheck.targets.keras.backends import chosen
from bncheck.targets.keras.handling import Handling, Living

OWN: dict[type, NormName] = {
    keras.layers.LayerNormalization: "layer",
    keras.layers.RMSNormalization: "rms",
    keras.layers.GroupNormalization: "group",
}
RANKS = (2, 3, 4, 5)


def adapt(target: Any, name: str) -> Implementation:
    """Make an implementation of one of these classes, or of a layer of one.

    Raises TargetError for a layer over axes that are not the last ones, and for
    ``rms_scaling=True``, which divides by a variance.
    """
    made = isinstance(target, type)
    kind = kinds.kind_of(target)
    known = OWN[kind]
    template = target() if made else target
    if getattr(template, "rms_scaling", False):
        raise TargetError(
            f"{name} has rms_scaling=True, which scales by the variance about the mean and is "
            "deprecated; check a keras.layers.RMSNormalization"
        )
    roles = _roles(template, known)
    # Keras counts groups of one channel as instance normalization: there they are not made fewer
    groups = 0 if made or known != "group" else int(template.groups)
    if groups < 0:
        raise TargetError(f"{name} has groups={groups}, but should have a number of groups")
    ranks = _ranks(template, known, name, made=made)
    norm = replace(NORMS[known], groups=groups, shifted="beta" in roles)
    backend = chosen()
    backend.prepare()

    def make(case: Case) -> Layer:
        handling = _handling(template, known, roles, case)
        return Living(handling, case, backend).layer()

    abilities: tuple[Ability, ...] = ("backward",) if backend.differentiates else ()
    return Implementation(
        name=name,
        make=viewed(norm, make),
        abilities=frozenset(abilities),
        domain=Domain(
            ranks=ranks,
            affine="gamma" in roles,
            strided=backend.strided,
            few_shapes=backend.few_shapes,
            multiple=groups or 1,
            norm=norm,
        ),
        origin=kinds.source(kind),
        defaults=defaults.told(template.epsilon),
    )


def _roles(template: Any, known: NormName) -> tuple[str, ...]:
    """Return the roles of the weights, in the order in which Keras makes them."""
    if known == "rms":
        return ("gamma",)
    return ("gamma",) * bool(template.scale) + ("beta",) * bool(template.center)


def _ranks(template: Any, known: NormName, name: str, *, made: bool) -> tuple[int, ...]:
    axis = template.axis
    axes = (axis,) if isinstance(axis, int) else tuple(sorted(axis))
    if known == "group":
        if axes in ((-1,), (1,)):
            return RANKS
        raise TargetError(f"{name} has axis={axis!r}, but should have channels on axis -1 or 1")
    if made:
        return RANKS
    if axes == tuple(range(-len(axes), 0)) and len(axes) < len(RANKS) + 1:
        return (len(axes) + 1,)
    raise TargetError(f"{name} has axis={axis!r}, but should have the last axes, such as (-2, -1)")


def _handling(template: Any, known: NormName, roles: tuple[str, ...], case: Case) -> Handling:
    """Return how the layer of a case, in the layout of its user, is made."""
    others = {"axis": template.axis if known == "group" else list(range(1, case.x.ndim))}
    if known == "group":
        others["groups"] = case.norm.groups

    def build(eps: float, momentum: float | None, dtype: str, shape: tuple[int, ...]) -> Any:
        del momentum
        settings = {**others, "epsilon": eps, "dtype": dtype}
        layer = type(template).from_config({**template.get_config(), **settings})
        layer.build(shape)
        return layer

    axis = int(template.axis) if known == "group" else 1
    weights = {role: number for number, role in enumerate(roles)}
    return Handling(build, frozenset({"eps"}), axis=axis, weights=weights)
