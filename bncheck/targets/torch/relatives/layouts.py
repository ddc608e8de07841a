"""How a module has its arrays, where that is another way than a norm's own.

Layer and RMS normalization have rows of values, ``(rows, n)``, in a case. A module may take more
leading axes, or have the values on axis 1, as images have their channels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from inspect import Parameter
from typing import Any, Literal

import torch

from bncheck.targets.common.calls import parameters
from bncheck.targets.common.roles import role_of

Kind = Literal["own", "last", "first"]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """Where a module has the values of a set: as the norm has them, last, or on axis 1.

    ranks: that the module takes; each has its turn
    """

    kind: Kind = "own"
    ranks: tuple[int, ...] = ()

    def shape(self, shape: Shape) -> Shape:
        """Return the shape of what the module is given for an array of the norm."""
        if self.kind == "own":
            return shape
        rows, n = shape
        rank = self.ranks[n % len(self.ranks)]
        lead = split(rows, rank - 1)
        return (*lead, n) if self.kind == "last" else (lead[0], n, *lead[1:])

    def there(self, x: torch.Tensor) -> torch.Tensor:
        """Return a view of the norm's array as the module has it."""
        if self.kind == "own":
            return x
        shape = self.shape(tuple(x.shape))
        if self.kind == "last":
            return x.reshape(shape)
        return x.reshape(shape[0], *shape[2:], shape[1]).movedim(-1, 1)

    def back(self, y: Any, shape: Shape) -> Any:
        """Undo `there`; what has another shape than it should is left as it is."""
        if not isinstance(y, torch.Tensor) or tuple(y.shape) != self.shape(shape):
            return y
        return (y.movedim(1, -1) if self.kind == "first" else y).reshape(shape)

    def __str__(self) -> str:
        """Say which axes are normalized over."""
        return {"own": "", "last": "the last axis", "first": "axis 1"}[self.kind]


def split(rows: int, parts: int) -> Shape:
    """Return so many factors of a number, as near to one another as whole numbers are."""
    if parts == 1:
        return (rows,)
    near = next(d for d in range(max(1, math.isqrt(rows)), 0, -1) if rows % d == 0) if rows else 0
    rest = rows // near if near else 1
    return (*split(near, parts - 1), rest)


class Laid(torch.nn.Module):
    """A module that is given the arrays of a norm, in its own layout.

    One that is given ``(x, residual)``, and normalizes their sum, is given a half of x as each:
    their sum is x whatever it is rounded to. Where the halves are not exact, the residual is 0. An
    argument that may be left out is so where the first axis of x is odd. checked: the sum that it
    hands back has to be x.
    """

    def __init__(self, inner: torch.nn.Module, layout: Layout, *, checked: bool = False) -> None:
        """Hold the module; its parts are in ``inner``."""
        super().__init__()
        self.inner = inner
        self.layout, self._checked = layout, checked
        self.residual = residual_of(inner)

    def forward(self, x: torch.Tensor) -> Any:
        """Call it; of several answers the first is y."""
        given = self.layout.there(x)
        y = self._added(given) if self._adds(given) else self.inner(given)
        if isinstance(y, tuple | list) and y and isinstance(y[0], torch.Tensor):
            y = y[0]
        return self.layout.back(y, tuple(x.shape))

    def _adds(self, x: torch.Tensor) -> bool:
        needed = self.residual is not None and self.residual.default is Parameter.empty
        return needed or (self.residual is not None and x.shape[0] % 2 == 0)

    def _added(self, x: torch.Tensor) -> Any:
        half = x * 0.5
        exact = bool((half.detach() + half.detach() == x.detach()).all())
        pair = (half, x * 0.5) if exact else (x * 1, torch.zeros_like(x))
        y = self.inner(*pair)
        several = self._checked and isinstance(y, tuple | list) and len(y) > 1
        if several and isinstance(y[1], torch.Tensor):
            wrong = y[1].shape != x.shape or not bool((y[1].detach() == x.detach()).all())
            if wrong and bool(x.detach().isfinite().all()):
                raise ValueError("the second answer of forward(x, residual) is not x + residual")
        return y


def residual_of(module: torch.nn.Module) -> Parameter | None:
    """Return the second argument of its forward pass, where that is a residual."""
    second = parameters(module.forward)[1:2]
    return next((p for p in second if role_of(p.name, ("residual",)) is not None), None)
