"""A ``torch.autograd.Function`` of layer or RMS normalization by itself, as a module around it."""

from __future__ import annotations

from typing import Any

import torch

from bncheck.errors import TargetError
from bncheck.targets.common.roles import role_of
from bncheck.targets.torch.applying import signature_of

_ROLES = ("x", "gamma", "beta", "eps", "shape")


def applied(kind: Any, name: str) -> type:
    """Return a class of modules that apply it, of the same name and with the same docstring.

    Raises TargetError for an argument of ``forward`` that has no default and says nothing.
    """
    roles: list[str] = []
    for parameter in signature_of(kind).parameters.values():
        role = role_of(parameter.name, _ROLES, argument=True)
        if role is None and parameter.default is not parameter.empty:
            break  # what follows can only be left out
        if role is None:
            raise TargetError(
                f"{name} needs the argument {parameter.name!r}, which bncheck cannot guess; give "
                "a module around it"
            )
        roles.append(role)
    body = {"__doc__": kind.__doc__, "__module__": kind.__module__, "of": kind, "roles": roles}
    return type(kind.__name__, (_Applied,), body)


class _Applied(torch.nn.Module):
    of: Any
    roles: list[str]

    def __init__(self, size: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        for role, name, value in (("gamma", "weight", 1.0), ("beta", "bias", 0.0)):
            if role in self.roles:
                setattr(self, name, torch.nn.Parameter(torch.full((size,), value)))

    def forward(self, x: torch.Tensor) -> Any:
        there = {"x": x, "eps": self.eps, "shape": x.shape[-1:]}
        there |= {"gamma": getattr(self, "weight", None), "beta": getattr(self, "bias", None)}
        return self.of.apply(*(there[role] for role in self.roles))
