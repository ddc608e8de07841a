"""Anybody's batch normalization: what it can do, what it can be given, what it promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from bncheck.model.case import Case
from bncheck.model.convention import Convention
from bncheck.model.layer import Layer
from bncheck.model.norm import BATCH, Norm

Ability = Literal[
    "backward",  # Layer.backward after train
    "eval",  # Layer.eval
    "eval_backward",  # Layer.backward after eval
    "eval_backward_trained",  # the same where a training step came before; a fresh layer may raise
    "running",  # Layer.state, changed by train
    "jvp",
    "double_backward",
    "cumulative",  # momentum=None means the arithmetic mean of all batches
    "state_before_step",  # running statistics at the start can be set from the case
    "adding",  # a residual is added to the output
    "residual",  # a residual is added to x, and the sum is normalized and handed back
    "residual_backward",  # gradients of that
]


@dataclass(frozen=True)
class Domain:
    """What an implementation can be given. What is fixed cannot be varied, and is said so.

    ranks: ranks of x it takes; channels: their number where it is fixed
    activation: what is fused behind the layer, by its name; None where nothing is
    multiple: what the number of channels must be a multiple of; shape: the only one it takes
    dtypes: names of the storage dtypes to try; takes: of those that may be asked for besides
    fixed_eps, fixed_momentum: the value, where it cannot be set
    least_eps, most_eps: the smallest and largest eps that is taken; momentum_ends: whether a
        momentum of 0 or 1 is
    only_cumulative: running statistics are the mean of all batches: a momentum cannot be set
    affine: gamma and beta can be set (otherwise they are 1 and 0)
    strided: takes arrays that are not contiguous as such (otherwise it is given copies)
    training: has a training mode; otherwise only what is said about inference is tried
    few_shapes: every new shape is expensive, as where it is compiled for; cases then have the
        shapes of a small pool (see `bncheck.cases.few_shapes`)
    norm: which normalization it is; ranks and shapes are those of cases, see `bncheck.model.norm`
    held: leading sizes of cases that are fixed, 0 where one is free: ``(64,)`` for a layer whose
        sets have 64 values
    plus_one: gamma is kept as ``gamma - 1``, so only gammas for which that is exact can be set
    """

    ranks: tuple[int, ...] = (2, 3, 4, 5)
    channels: int | None = None
    dtypes: tuple[str, ...] = ("float32", "float64")
    fixed_eps: float | None = None
    fixed_momentum: float | None = None
    least_eps: float | None = None
    most_eps: float | None = None
    momentum_ends: bool = True
    only_cumulative: bool = False
    affine: bool = True
    strided: bool = True
    training: bool = True
    few_shapes: bool = False
    takes: tuple[str, ...] = ()
    multiple: int = 1
    activation: str | None = None
    shape: tuple[int, ...] | None = None
    norm: Norm = BATCH
    held: tuple[int, ...] = ()
    plus_one: bool = False

    def admits(self, shape: tuple[int, ...]) -> bool:
        """Whether x may have that shape."""
        return (
            self.holding(shape) == shape
            and len(shape) in self.ranks
            and self.channels in (None, shape[1])
            and shape[1] % self.multiple == 0
            and self.shape in (None, shape)
        )

    def holding(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape with the sizes that are fixed put in."""
        held = (*self.held, *(0,) * len(shape))[: len(shape)]
        return tuple(fixed or size for fixed, size in zip(held, shape, strict=True))

    def takes_gamma(self, gamma: Any, storage: Any) -> bool:
        """Whether gamma can be set to these values as they are in a dtype of NumPy.

        Where ``gamma - 1`` is kept, it has to be exact: then ``1 + (gamma - 1)`` is, too.
        """
        if not self.plus_one:
            return True
        wide = np.asarray(gamma, storage).astype(np.longdouble)
        less = wide - 1
        kept = less.astype(storage).astype(np.longdouble)
        # beyond longdouble's own precision the difference itself was rounded
        return bool(np.all((kept == less) & (kept + 1 == wide)))

    def limit(self, shape: tuple[int, ...]) -> str:
        """Say why x may not have a shape, by the key of ``CONVENTION``; nothing where it may."""
        if self.admits(shape):
            return ""
        if self.shape is not None:
            return f"its shape is {self.shape}"
        if len(shape) not in self.ranks:
            return f"its ranks are {', '.join(map(str, self.ranks))}"
        if self.holding(shape) != shape:
            return f"its sizes are those of {self.holding(shape)}"
        if self.channels not in (None, shape[1]):
            return f"its channels are {self.channels}"
        return f"its channels_multiple_of is {self.multiple}"

    def example(self, m: int, channels: int = 1) -> tuple[int, ...]:
        """Return a shape that is taken: with m values per channel and so many channels if it may.

        Where one shape only is taken, it is that one.
        """
        if self.shape is not None:
            return self.shape
        return self.holding((m, self.width(channels), *(1,) * (self.ranks[0] - 2)))

    def width(self, channels: int) -> int:
        """Return the number of channels nearest above that may be given."""
        return self.channels or -(-channels // self.multiple) * self.multiple

    def limited(self, promised: Convention) -> Domain:
        """Return it with the limits that are promised."""
        return replace(
            self,
            **(self._sizes(promised) if self.norm.name == "batch" else self._held(promised)),
            activation=promised.activation or self.activation,
            # a mask is laid in a larger batch of our own
            strided=self.strided and not promised.contiguous and not promised.mask,
            training=self.training and promised.training is not False,
        )

    def _sizes(self, promised: Convention) -> dict[str, Any]:
        shape = promised.shape
        channels = promised.channels if shape is None else shape[1]
        return {
            "ranks": self.ranks if shape is None else (len(shape),),
            "channels": self.channels if channels is None else channels,
            "multiple": promised.channels_multiple_of or self.multiple,
            "shape": shape or self.shape,
        }

    def _held(self, promised: Convention) -> dict[str, Any]:
        """Hold the sizes of a relative's cases that come of so many channels, or values of a row.

        The values of a row are all on one axis of its cases. A number of groups that may be
        chosen leaves its channels free.
        """
        channels, groups = promised.channels, self.norm.groups
        if channels is None or self.held:
            return {}
        if self.norm.owner == "value":
            return {"held": (channels, 0, 1, 1, 1)}
        if self.norm.name == "instance":
            return {"norm": replace(self.norm, groups=channels), "multiple": channels}
        return {"held": (channels // groups,)} if groups and channels % groups == 0 else {}

    @property
    def sets_momentum(self) -> bool:
        """Whether any momentum can be given."""
        return self.fixed_momentum is None and not self.only_cumulative

    def momentum(self, wanted: float | None) -> float | None:
        """Return the momentum that it is given where ``wanted`` is."""
        if self.only_cumulative:
            return None
        if self.fixed_momentum is not None:
            return self.fixed_momentum
        return 0.5 if wanted in (0, 1) and not self.momentum_ends else wanted

    def eps(self, wanted: float) -> float:
        """Return the eps that it is given where ``wanted`` is: the nearest that is taken."""
        if self.fixed_eps is not None:
            return self.fixed_eps
        most = wanted if self.most_eps is None else min(wanted, self.most_eps)
        return most if self.least_eps is None else max(most, self.least_eps)


@dataclass(frozen=True)
class Implementation:
    """Anybody's batch normalization, made ready to be asked.

    name: what reports call it; make: builds a fresh layer whose parameters, eps, momentum and
    running statistics are those of the case; origin: ``file:line`` where it is known
    places: where its passes are, as {"backward": "bn_backward, line 31"}, where that is known
    defaults: eps and momentum as the layer has them where nobody sets them, where that is known
    measured: keys of the convention that the adapter found out; its author promised the others
    untried: what the target has or claims and cannot be asked for, a sentence each, as in
        "inference: no running statistics were found" or "rank 4: it raised ValueError: ..."
    warnings: what is told beside the verdict, a sentence each
    alternatives: further backward passes that the target offers: their names, and what makes a
        layer that asks them; laws about gradients are measured on each, and the worst counts
    modeless: backward is given no mode, so that it may be meant for training alone
    masks: cases are handed over among positions that a mask leaves out
    weights: digests of its own scale, bias, mean and variance, where it came with some; equal ones
        are the same numbers in float32
    shows: what it is beside its name, in the words of known findings that are about all such, as
        about every graph of a kind
    """

    name: str
    make: Callable[[Case], Layer]
    abilities: frozenset[Ability] = frozenset()
    convention: Convention = field(default_factory=Convention)
    domain: Domain = field(default_factory=Domain)
    origin: str = ""
    defaults: Mapping[str, float] = field(default_factory=dict)
    measured: frozenset[str] = frozenset()
    untried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, Callable[[Case], Layer]], ...] = ()
    masks: bool = False
    modeless: bool = False
    places: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
