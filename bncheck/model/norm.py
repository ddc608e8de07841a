"""The normalizations: which values share statistics, and which share a gamma and a beta.

A *statistic set* is the values that share a mean and a variance. The arrays of a case have one
form for every norm, ``(N, C, *spatial)``: axis 1 counts the C sets, the others the ``m = N
prod(spatial)`` values of each. Batch normalization is then the norm whose users lay their arrays
out just so, and each of whose sets has a gamma. What users of the others have, with s samples
and g parts (groups, channels), ``C = s g``:

    layer, rms    (C, N, *spatial), normalized over all axes but the first
    group         (s, g N, *spatial), in g groups of N channels
    instance      (s, g, N, *spatial), normalized over all axes but the first two

`Norm.laid_out` and `Norm.taken_back` translate; a parameter belongs to what `owner` says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bncheck.errors import UsageError
from bncheck.model.formats import Array

NormName = Literal["batch", "layer", "rms", "group", "instance"]
# What a gamma belongs to: a set; a place in every set; a channel of N; a part.
Owner = Literal["set", "value", "channel", "part"]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Norm:
    """One normalization.

    owner: what each gamma and beta belongs to
    centred: the mean is taken off (otherwise the mean square stands for the variance)
    shifted: there is a beta
    groups: how many parts a sample has, where that is fixed
    samples: how many samples the sets of a case are of; see `fitted`
    """

    name: NormName
    owner: Owner
    centred: bool = True
    shifted: bool = True
    groups: int = 0
    samples: int = 1

    @property
    def called(self) -> str:
        """Its name in full."""
        return f"{'RMS' if self.name == 'rms' else self.name} normalization"

    @property
    def simple(self) -> Norm:
        """The same values normalized together, with a gamma and a beta for each set."""
        return replace(self, owner="set", samples=1)

    @property
    def running(self) -> bool:
        """Whether layers of this kind have running statistics and a mode of inference."""
        return self.name in ("batch", "instance")

    @property
    def of_sets(self) -> bool:
        """Whether each set has its own gamma and beta."""
        return self.owner == "set"

    @property
    def parted(self) -> bool:
        """Whether users have several gammas in a set, so that one for it is the sum of theirs."""
        return self.name in ("layer", "rms", "group")

    @property
    def inside(self) -> bool:
        """Whether gamma stands inside the means of the backward pass, as ``h = gamma dy``.

        Where it is one number for a set, and the norm is centred, batch normalization's own
        formulas have it in front of the bracket.
        """
        return not (self.of_sets and self.centred)

    def fitted(self, shape: Shape) -> Norm:
        """Return it with a number of samples that divides the sets of a case.

        Where nothing fixes it, each divisor of C has its turn as m grows.
        """
        sets = shape[1]
        if self.owner not in ("channel", "part"):
            return self
        if self.groups:
            return replace(self, samples=max(1, sets // self.groups))
        divisors = [d for d in range(1, sets + 1) if sets % d == 0]
        return replace(self, samples=divisors[_values(shape) % len(divisors)])

    def parameters(self, shape: Shape) -> int:
        """How many gammas there are for a case of that shape."""
        parts = shape[1] // self.samples
        counts = {
            "set": shape[1],
            "value": _values(shape),
            "channel": parts * shape[0],
            "part": parts,
        }
        return counts[self.owner]

    def states(self, shape: Shape) -> int:
        """How many running means there are where there are any: for each set, or each part."""
        return shape[1] // self.samples if self.owner == "part" else shape[1]

    def fibre(self, shape: Shape) -> int:
        """How many values share a gamma: what a gradient of one adds up."""
        return math.prod(shape) // self.parameters(shape)

    def spread(self, values: Any, shape: Shape) -> Any:
        """Give each value its parameter: from ``(P,)`` to what broadcasts against ``(m, C)``."""
        if self.owner == "set":
            return values
        if self.owner == "value":
            return values[:, None]
        if self.owner == "part":
            return np.tile(values, self.samples)
        n, parts = shape[0], shape[1] // self.samples
        by_value = np.repeat(values.reshape(parts, n).T, _values(shape) // n, axis=0)
        return np.tile(by_value, (1, self.samples))

    def gathered(self, terms: Any, shape: Shape) -> Any:
        """Add up what shares a parameter, ``(m, C)`` to ``(P,)``: the transpose of `spread`."""
        if self.owner == "set":
            return terms.sum(0)
        if self.owner == "value":
            return terms.sum(1)
        parts = shape[1] // self.samples
        if self.owner == "part":
            return terms.sum(0).reshape(self.samples, parts).sum(0)
        blocks = terms.reshape(shape[0], -1, self.samples, parts)
        return blocks.sum((1, 2)).T.reshape(-1)

    def together(self, values: Array, shape: Shape) -> Array:
        """Put the samples of each running mean together: ``(m, C)`` to ``(p, P)``.

        In inference mode, where the statistics are given, nothing else tells samples apart: it is
        that of batch normalization with the p values of all samples for each of its P channels.
        """
        return values.reshape(-1, self.states(shape))

    def laid_out(self, x: Array) -> Array:
        """Return a case's array as the user of the norm has it; a view where that is possible."""
        if self.name == "batch":
            return x
        if self.name in ("layer", "rms"):
            return x.swapaxes(0, 1)
        n, sets, *spatial = x.shape
        split = x.reshape(n, self.samples, sets // self.samples, *spatial)
        apart = split.transpose(1, 2, 0, *range(3, split.ndim))
        if self.name == "instance":
            return apart
        return apart.reshape(self.samples, -1, *spatial)

    def shape(self, shape: Shape) -> Shape:
        """Return the shape of x as the user has it, of a case of that shape."""
        return self.fitted(shape).laid_out(np.empty(shape, np.int8)).shape

    def taken_back(self, y: Array, shape: Shape) -> Array:
        """Undo `laid_out` for a case of that shape.

        Raises ValueError where y has not the size that it should have.
        """
        if self.name == "batch":
            return y
        n, sets, *spatial = shape
        if self.name in ("layer", "rms"):
            return y.reshape(sets, n, *spatial).swapaxes(0, 1)
        apart = y.reshape(self.samples, sets // self.samples, n, *spatial)
        return apart.transpose(2, 0, 1, *range(3, apart.ndim)).reshape(shape)


def _values(shape: Shape) -> int:
    return shape[0] * math.prod(shape[2:])


BATCH = Norm("batch", "set")
LAYER = Norm("layer", "value")
RMS = Norm("rms", "value", centred=False, shifted=False)
GROUP = Norm("group", "channel")
INSTANCE = Norm("instance", "part")

NORMS = {norm.name: norm for norm in (BATCH, LAYER, RMS, GROUP, INSTANCE)}


def named(name: object, where: str) -> NormName:
    """Return the name of a normalization. Raises UsageError that lists the five.

    where: what has it: an option, or the line of a file
    """
    if isinstance(name, str):
        for norm in NORMS.values():
            if norm.name == name:
                return norm.name
    raise UsageError(f"{where}={name!r}, but should be one of {', '.join(NORMS)}")
