"""PyTorch's own LayerNorm, RMSNorm, GroupNorm and InstanceNorm1d, 2d, 3d.

A module that is given is made anew for each case, of its class and with its settings, since the
sizes that it was made for are those of its parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from bncheck.model import NORMS, Ability, Case, Domain, Implementation, Layer, NormName
from bncheck.targets.common import defaults, kinds
from bncheck.targets.common.view import viewed
from bncheck.targets.torch.parts import Parts, Place
from bncheck.targets.torch.tools import Handling, device_of, layer_of

Module = Any
Build = Callable[[Case], Module]
HALF = ("float16", "bfloat16")

# The norm of each, and the ranks of the cases that it takes: see `bncheck.model.norm`.
OWN: dict[type, tuple[NormName, tuple[int, ...]]] = {
    torch.nn.LayerNorm: ("layer", (2, 3, 4, 5)),
    torch.nn.RMSNorm: ("rms", (2, 3, 4, 5)),
    torch.nn.GroupNorm: ("group", (2, 3, 4, 5)),
    torch.nn.InstanceNorm1d: ("instance", (2,)),
    torch.nn.InstanceNorm2d: ("instance", (3,)),
    torch.nn.InstanceNorm3d: ("instance", (4,)),
}
_ROLES = {
    "gamma": "weight",
    "beta": "bias",
    "running_mean": "running_mean",
    "running_var": "running_var",
}


def adapt(target: Any, name: str) -> Implementation:
    """Make an implementation of one of these classes, or of a module of one."""
    kind = kinds.kind_of(target)
    given = None if isinstance(target, type) else target
    build, parts = _build(kind, given), _parts(kind, given)
    handling = Handling(parts, own=True)
    known, ranks = OWN[kind]
    groups = getattr(given, "num_groups", 0) if known == "group" else 0
    norm = replace(NORMS[known], shifted=parts.has("beta"), groups=groups)

    def make(case: Case) -> Layer:
        return layer_of(build(case), case, handling)

    return Implementation(
        name=name,
        make=viewed(norm, make),
        abilities=_abilities(handling),
        domain=Domain(
            ranks=ranks,
            takes=HALF,
            affine=parts.has("gamma"),
            multiple=groups or 1,
            norm=norm,
        ),
        origin=kinds.source(kind),
        defaults=defaults.told(*_settings(given)),
    )


def _settings(given: Module | None) -> tuple[float | None, float | None]:
    return getattr(given, "eps", None), getattr(given, "momentum", None)


def _abilities(handling: Handling) -> frozenset[Ability]:
    running: tuple[Ability, ...] = ("eval", "eval_backward", "running", "state_before_step")
    always: tuple[Ability, ...] = ("backward", "jvp")
    second: tuple[Ability, ...] = ("double_backward",) if handling.parts.has("gamma") else ()
    return frozenset((*always, *second, *(running if handling.running else ())))


def _build(kind: Any, given: Module | None) -> Build:
    """Return what makes a module of that class for a case in the layout of its user."""
    device = torch.get_default_device() if given is None else device_of(given)
    has_gamma = given is None or given.weight is not None
    has_beta = given is None or getattr(given, "bias", None) is not None

    def rows(case: Case) -> Module:
        sizes = {"normalized_shape": case.x.shape[1:], "elementwise_affine": has_gamma}
        bias = {"bias": has_beta} if kind is torch.nn.LayerNorm else {}
        return kind(**sizes, **bias, eps=case.eps, device=device)

    def groups(case: Case) -> Module:
        sizes = {"num_groups": case.norm.groups, "num_channels": case.x.shape[1]}
        module = kind(**sizes, eps=case.eps, affine=has_gamma, device=device)
        if has_gamma and not has_beta:
            module.bias = None
        return module

    def instances(case: Case) -> Module:
        tracks = given is None or given.track_running_stats
        return kind(
            case.x.shape[1],
            eps=case.eps,
            momentum=case.momentum,
            affine=has_gamma,
            track_running_stats=tracks,
            device=device,
        )

    return {"group": groups, "instance": instances}.get(OWN[kind][0], rows)


def _parts(kind: Any, given: Module | None) -> Parts:
    """Return where the parts of such a module are."""
    if given is None:
        # an instance normalization that a class is to be judged by has all of them
        names = {torch.nn.RMSNorm: ("gamma",), torch.nn.LayerNorm: ("gamma", "beta")}
        names |= {torch.nn.GroupNorm: ("gamma", "beta")}
        there = names.get(kind, tuple(_ROLES))
    else:
        there = tuple(r for r, n in _ROLES.items() if getattr(given, n, None) is not None)
    return Parts({role: (Place("", _ROLES[role]),) for role in there})
