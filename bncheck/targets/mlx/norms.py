"""MLX's LayerNorm, RMSNorm, GroupNorm and InstanceNorm, on the CPU.

The first two are over the last axis; the others have channels last. A group of GroupNorm is every
``num_groups``-th channel, save where ``pytorch_compatible=True``: there it is channels in a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np

from bncheck.model import NORMS, Case, Domain, Gradients, Implementation, Layer, NormName
from bncheck.model.arrays import in_c_order
from bncheck.model.formats import Array
from bncheck.targets.common import answers, defaults, kinds, living
from bncheck.targets.common.view import viewed

OWN: dict[type, NormName] = {
    nn.LayerNorm: "layer",
    nn.RMSNorm: "rms",
    nn.GroupNorm: "group",
    nn.InstanceNorm: "instance",
}
# of cases: over one axis, and with up to three axes of space
RANKS: dict[NormName, tuple[int, ...]] = {
    "layer": (2,),
    "rms": (2,),
    "group": (2, 3, 4),
    "instance": (2, 3),
}


def adapt(target: Any, name: str) -> Implementation:
    """Make an implementation of one of these classes, or of a module of one."""
    given = None if isinstance(target, type) else target
    kind = kinds.kind_of(target)
    known = OWN[kind]
    roles = _roles(given, known)
    groups = int(given.num_groups) if given is not None and known == "group" else 0
    norm = replace(NORMS[known], groups=groups, shifted="beta" in roles)
    rows = bool(getattr(given, "pytorch_compatible", False))

    def make(case: Case) -> Layer:
        return _Living(_build(kind, known, roles, case, rows=rows), case, roles, rows=rows).layer()

    return Implementation(
        name=name,
        make=viewed(norm, make),
        abilities=frozenset({"backward"}),
        # MLX has no strides, and computes in float32
        domain=Domain(
            ranks=RANKS[known],
            dtypes=("float32",),
            affine="gamma" in roles,
            strided=False,
            multiple=groups or 1,
            norm=norm,
        ),
        origin=kinds.source(kind),
        defaults=defaults.of_signature(kind) if given is None else defaults.told(given.eps),
    )


def _roles(given: Any, known: NormName) -> tuple[str, ...]:
    if given is None:
        return ("gamma",) if known == "rms" else ("gamma", "beta")
    parts = {"gamma": "weight", "beta": "bias"}
    return tuple(role for role, part in parts.items() if part in given)


def _build(kind: Any, known: NormName, roles: tuple[str, ...], case: Case, *, rows: bool) -> Any:
    mx.set_default_device(mx.cpu)
    channels, affine = case.x.shape[1], bool(roles)
    if known == "rms":
        return kind(channels, eps=case.eps)
    if known == "layer":
        return kind(channels, eps=case.eps, affine=affine, bias="beta" in roles)
    if known == "instance":
        return kind(channels, eps=case.eps, affine=affine)
    groups = case.norm.groups
    return kind(groups, channels, eps=case.eps, affine=affine, pytorch_compatible=rows)


class _Living:
    """One module with the parts of a case."""

    def __init__(self, module: Any, case: Case, roles: tuple[str, ...], *, rows: bool) -> None:
        self.module, self.roles = module, roles
        channels = np.arange(case.x.shape[1])
        woven = case.norm.name == "group" and not rows
        # where each of the framework's channels is in the case, whose groups are in a row
        self.order = channels.reshape(case.norm.groups, -1).T.reshape(-1) if woven else channels
        values = {"gamma": case.gamma, "beta": case.beta}
        self.parameters = [mx.array(values[role][self.order]) for role in roles]
        self.latest: tuple[Callable[..., Any], list[Any]] | None = None

    def layer(self) -> Layer:
        return Layer(train=self.train, backward=self.backward)

    def train(self, x: Array) -> Array:
        def pure(at: Any, *parameters: Any) -> Any:
            for role, value in zip(self.roles, parameters, strict=True):
                setattr(self.module, {"gamma": "weight", "beta": "bias"}[role], value)
            return self.module(at)

        point = [self._there(x), *self.parameters]
        y = self._back(pure(*point))
        self.latest = pure, point
        return answers.array("the layer", y, x)

    def backward(self, dy: Array) -> Gradients:
        function, point = living.latest(self.latest)
        _, (dx, *others) = mx.vjp(function, point, [self._there(dy)])
        names = {"gamma": "dgamma", "beta": "dbeta"}
        found = {
            names[role]: np.array(gradient)[np.argsort(self.order)]
            for role, gradient in zip(self.roles, others, strict=True)
        }
        return Gradients(self._back(dx), **found)

    def _there(self, array: Array) -> Any:
        return mx.array(in_c_order(np.moveaxis(array[:, self.order], 1, -1)))

    def _back(self, array: Any) -> Array:
        moved = np.moveaxis(np.array(array), -1, 1)
        return np.array(moved[:, np.argsort(self.order)], order="C")
