"""PyTorch's functions of the relatives: ``torch.nn.functional:layer_norm`` and so on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from bncheck.model import NORMS, Ability, Case, Convention, Domain, Implementation, Layer, NormName
from bncheck.targets.common.view import viewed
from bncheck.targets.torch.parts import Parts, Place
from bncheck.targets.torch.tools import Handling, layer_of

HALF = ("float16", "bfloat16")
_ROWS = (2, 3, 4, 5)
# the norm of each, and the ranks of the cases that it takes: see `bncheck.model.norm`
OWN: dict[Callable[..., Any], tuple[NormName, tuple[int, ...]]] = {
    functional.layer_norm: ("layer", _ROWS),
    functional.rms_norm: ("rms", _ROWS),
    functional.group_norm: ("group", _ROWS),
    functional.instance_norm: ("instance", (2, 3, 4)),
}


def adapt(function: Callable[..., Any], name: str) -> Implementation:
    """Make an implementation of one of these functions, which are given all that they take."""
    known, ranks = OWN[function]
    norm = NORMS[known]
    roles = {"gamma": "weight", "beta": "bias"} if norm.shifted else {"gamma": "weight"}
    if norm.running:
        roles |= {"running_mean": "running_mean", "running_var": "running_var"}
    handling = Handling(Parts({role: (Place("", at),) for role, at in roles.items()}), own=True)
    running: tuple[Ability, ...] = ("eval", "eval_backward", "running", "state_before_step")

    def make(case: Case) -> Layer:
        return layer_of(_Function(known, case), case, handling)

    return Implementation(
        name=name,
        make=viewed(norm, make),
        abilities=frozenset(
            ("backward", "jvp", "double_backward", *(running if norm.running else ()))
        ),
        convention=Convention(),
        domain=Domain(ranks=ranks, takes=HALF, norm=norm),
        # rms_norm's own eps is that of the dtype
        defaults={} if known == "rms" else {"eps": 1e-5},
    )


class _Function(torch.nn.Module):
    """A function with its arguments kept, as a module."""

    weight: torch.Tensor
    bias: torch.Tensor
    running_mean: torch.Tensor
    running_var: torch.Tensor

    def __init__(self, known: NormName, case: Case) -> None:
        super().__init__()
        self._known, self._case = known, case
        for name in ("weight", "bias"):
            setattr(self, name, torch.nn.Parameter(torch.empty(0)))
        for name in ("running_mean", "running_var"):
            self.register_buffer(name, torch.empty(0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        eps, sizes = self._case.eps, x.shape[1:]
        if self._known == "group":
            groups = self._case.norm.groups
            return functional.group_norm(x, groups, self.weight, self.bias, eps)
        if self._known == "instance":
            return functional.instance_norm(
                x,
                self.running_mean,
                self.running_var,
                self.weight,
                self.bias,
                use_input_stats=self.training,
                momentum=self._case.momentum if self._case.momentum is not None else 0.1,
                eps=eps,
            )
        weight = self.weight.reshape(sizes)
        if self._known == "rms":
            return functional.rms_norm(x, sizes, weight, eps)
        return functional.layer_norm(x, sizes, weight, self.bias.reshape(sizes), eps)
