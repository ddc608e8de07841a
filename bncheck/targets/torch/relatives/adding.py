"""The residual form of a module: ``forward(x, residual)``, which normalizes their sum."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from bncheck.model import Layer, Norm
from bncheck.model.formats import Array
from bncheck.targets.common import answers
from bncheck.targets.common.living import latest
from bncheck.targets.torch.relatives.layouts import Laid
from bncheck.targets.torch.tensors import from_torch, to_torch
from bncheck.targets.torch.tools import device_of, one_thread

# the norms of laws N11 and N12
TRIED = ("layer", "rms")


def with_residual(layer: Layer, module: Laid, norm: Norm) -> Layer:
    """Return a layer of a module with its residual form, where it has one."""
    if module.residual is None or norm.name not in TRIED:
        return layer
    added = _Added(module)
    return replace(
        layer,
        residual=one_thread(added.forward),
        residual_backward=one_thread(added.backward),
    )


class _Added:
    """The residual form of one module, and its latest call."""

    def __init__(self, module: Laid) -> None:
        self.module = module
        self.latest: tuple[tuple[torch.Tensor, ...], tuple[Any, ...]] | None = None

    def forward(self, x: Array, residual: Array) -> tuple[Array, Array | None]:
        """Return y, and the sum where it is handed back."""
        self.module.train()
        device = device_of(self.module)
        points = tuple(to_torch(a, device).clone().requires_grad_() for a in (x, residual))
        # a module may write to what it is given, which a leaf does not let it
        given = (self.module.layout.there(point.clone()) for point in points)
        got = self.module.inner(*given)
        both = got[:2] if isinstance(got, tuple | list) and got else (got,)
        found = tuple(self.module.layout.back(part, tuple(x.shape)) for part in both)
        self.latest = points, found
        y, *rest = (answers.array("forward with a residual", _plain(part), x) for part in found)
        return y, rest[0] if rest else None

    def backward(self, dy: Array, by_sum: Array) -> tuple[Array, Array]:
        """Return the gradients of the latest call by x and by the residual."""
        points, found = latest(self.latest)
        there = [to_torch(a, points[0].device) for a in (dy, by_sum)]
        pairs = [(y, t.to(y.dtype)) for y, t in zip(found, there, strict=False) if y.requires_grad]
        if not pairs:
            raise NotImplementedError("the output is not connected to anything by autograd")
        outputs, cotangents = zip(*pairs, strict=True)
        dx, dresidual = torch.autograd.grad(
            outputs, points, cotangents, retain_graph=True, materialize_grads=True
        )
        return from_torch(dx), from_torch(dresidual)


def _plain(part: Any) -> Any:
    return from_torch(part) if isinstance(part, torch.Tensor) else part
