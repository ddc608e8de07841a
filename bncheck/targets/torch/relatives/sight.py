"""One way of reading a stranger's module, and asking the module on a small case read so."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch

from bncheck.errors import RAISED, told
from bncheck.model import Case, Convention, Layer, Norm
from bncheck.model.arrays import flatten, unflatten
from bncheck.model.formats import Array, format_of
from bncheck.targets.common.view import given, viewed
from bncheck.targets.torch.parts import Parts
from bncheck.targets.torch.relatives.adding import with_residual
from bncheck.targets.torch.relatives.building import Module, Way
from bncheck.targets.torch.relatives.layouts import Laid, Layout
from bncheck.targets.torch.tools import Handling, layer_of
from bncheck.truth import oracle
from bncheck.truth.rounding import Algorithms, training_bounds

# far below any variance of `Sight.case`, so that an eps that is built in says little there
EPS = 2.0**-20


@dataclass(frozen=True)
class Sight:
    """A module, read as a norm in a layout.

    shape: of a small case; held, multiple: as in `Domain`; plus_one: gamma is kept as gamma - 1
    strict: see `Handling`; checked: see `Laid`
    off: how far its answers for gamma = 1 are from that norm's; agrees: whether they are within
        the bounds
    """

    way: Way
    norm: Norm
    layout: Layout
    shape: tuple[int, ...]
    held: tuple[int, ...] = ()
    multiple: int = 1
    parts: Parts = field(default_factory=Parts)
    dtype: str = "float64"
    plus_one: bool = False
    strict: bool = False
    checked: bool = False
    off: float = math.inf
    agrees: bool = False

    @property
    def rank(self) -> int:
        """How many axes the module's arrays have."""
        if self.layout.kind != "own":
            return self.layout.ranks[0]
        return len(self.shape) + (self.norm.name == "instance")

    @property
    def handling(self) -> Handling:
        """How its modules are given a case."""
        return Handling(self.parts, strict=self.strict)

    def fresh(self) -> Module:
        """Make one for the small case, with nothing set."""
        return self.module(given(self.case()))

    def module(self, case: Case) -> Module:
        """Make one for a case in the norm's layout, with nothing set."""
        return Laid(self.way.build(case), self.layout, checked=self.checked)

    def native(self, case: Case) -> Layer:
        """Make a layer of a case in the norm's layout."""
        kept = replace(case, gamma=case.gamma - 1) if self.plus_one else case
        module = self.module(case)
        return with_residual(layer_of(module, kept, self.handling), module, self.norm)

    def make(self, case: Case) -> Layer:
        """Make a layer of a case, with the norm's own parameters or a gamma for each set."""
        return viewed(self.norm, self.native)(case)

    def case(self, dtype: str = "", **changes: Any) -> Case:
        """Return a case whose rows and columns are of unlike means, with gamma = 1 and beta = 0."""
        kind = format_of(dtype or self.dtype).dtype
        norm = self.norm.fitted(self.shape)
        count, states = norm.parameters(self.shape), norm.states(self.shape)
        m, sets = math.prod(self.shape) // self.shape[1], self.shape[1]
        rows, columns = np.arange(m)[:, None], np.arange(sets)[None, :]
        # squares: no set is another one moved; multiples of 7 modulo a prime: in no order
        x = 16.0 * ((7 * (rows * sets + columns) % 31) + rows**2 % 97 + 40 * columns**2 % 89 - 50)
        parts: dict[str, Any] = {
            "x": unflatten(x.astype(kind), self.shape),
            "dy": unflatten(x[::-1].astype(kind) / 512, self.shape),
            "gamma": np.ones(count, kind),
            "beta": np.zeros(count, kind),
            "running_mean": np.zeros(states, kind),
            "running_var": np.ones(states, kind),
            "eps": EPS,
            "norm": norm,
        }
        return Case(**{**parts, **changes})

    def errors(self, case: Case, layer: Layer) -> tuple[Array, Array, Array] | None:
        """Return how far y is off, and its bounds in its own dtype and in float32.

        None where it raises, or answers something of another shape.
        """
        try:
            y = flatten(np.asarray(layer.train(case.x), np.float64))
        except RAISED:  # whatever it is, it is not taken as this
            return None
        values, own = oracle.train(case)
        bounds = [
            training_bounds(values, Algorithms.of(d, Convention())).y + own.y
            for d in (case.dtype, "float32")
        ]
        off = np.where(np.isfinite(y), abs(y - values.y), np.inf).astype(np.float64)
        return off, bounds[0].astype(np.float64), bounds[1].astype(np.float64)

    def raised(self, case: Case) -> str:
        """Return what training on a case raises, empty where it answers."""
        try:
            self.make(case).train(case.x)
        except RAISED as error:  # whatever it is, it says that this is not taken
            return f"{type(error).__name__}: {told(error)}".splitlines()[0][:160]
        return ""


def tensor(value: float, like: torch.Tensor) -> torch.Tensor:
    """Return a tensor of that size and dtype that holds one number."""
    return torch.full((like.numel(),), value, dtype=like.dtype, device=like.device)
