"""A correct batch normalization as data: a record of stages, each of which can be replaced.

A deviation replaces one or two stages by a wrapper of what stood there, so that deviations can
be applied one after the other, in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bncheck.deviations import stages
from bncheck.formats import Array
from bncheck.model import Case, Convention, Domain, Layer
from bncheck.promises import ARITHMETIC

NOTHING = np.zeros((0, 0))


def _nothing() -> Array:
    return NOTHING


TORCH = Convention(
    momentum_weighs="new",
    running_var="unbiased",
    debiased=False,
    one_value="beta",
    empty_batch="empty",
    output="centered",
    variance="stable",
    gradients="fresh",
    arithmetic=ARITHMETIC,
)


@dataclass(frozen=True, eq=False)
class Pass:
    """One pass through the layer, filled in stage by stage.

    given: x as it was handed over, ``(N, C, *spatial)``; x, xhat, y, dy, w: ``(C, m)``
    gamma, beta, all means and variances: ``(C, 1)``, or ``(C, m)`` where a deviation keeps more
    steps: training passes made before; previous: the pass before this one, if there was one
    next_mean, next_var: the running statistics after this pass
    """

    rules: Reference
    case: Case
    given: Array
    training: bool
    eps: float
    momentum: float | None
    steps: int
    gamma: Array
    beta: Array
    running_mean: Array
    running_var: Array
    x: Array
    previous: Pass | None = None
    mean: Array = field(default_factory=_nothing)
    var: Array = field(default_factory=_nothing)
    next_mean: Array = field(default_factory=_nothing)
    next_var: Array = field(default_factory=_nothing)
    inverse: Array = field(default_factory=_nothing)
    xhat: Array = field(default_factory=_nothing)
    y: Array = field(default_factory=_nothing)
    dy: Array = field(default_factory=_nothing)
    w: Array = field(default_factory=_nothing)

    @property
    def m(self) -> int:
        """Values per channel."""
        return int(self.x.shape[1])

    @property
    def half(self) -> bool:
        """Whether x is stored in a 16-bit format."""
        return bool(self.given.dtype.itemsize == 2)

    def by_sample(self, values: Array) -> Array:
        """``(C, m)`` as ``(C, N, positions)``."""
        n = self.given.shape[0]
        return values.reshape(values.shape[0], n, values.shape[1] // max(n, 1))


Stage = Callable[[Pass], Array]


@dataclass(frozen=True)
class Reference:
    """The rules of a layer; the defaults are right. `bncheck.deviations.stages` says each.

    wrap: last of all, what is put around the finished layer
    convention, domain: what the layer promises and can be given
    narrow_only: whether a deviation shows in the half formats only, by rounding to them
    """

    read: Callable[[Array], Array] = stages.read
    read_cotangent: Callable[[Array, Array], Array] = field(default=lambda dy, x: dy)
    accumulator: Callable[[np.dtype[Any]], np.dtype[Any]] = stages.accumulator
    total: Callable[[Array, Pass], Array] = stages.total
    count: Callable[[Pass], float] = stages.count
    mean: Stage = stages.mean
    variance: Stage = stages.variance
    inverse: Stage = stages.inverse
    normalize: Stage = stages.normalize
    affine: Stage = stages.affine
    finish: Stage = stages.finish
    recall: Callable[[Pass], tuple[Array, Array]] = stages.recall
    weight: Callable[[Pass], float] = stages.weight
    bessel: Callable[[Pass], float] = stages.bessel
    update_mean: Stage = stages.update_mean
    update_variance: Stage = stages.update_variance
    inference_update: Callable[[Pass], tuple[Array, Array]] = stages.inference_update
    saved: Callable[[Pass], Pass] = stages.saved
    backward_count: Callable[[Pass], float] = stages.backward_count
    mean_term: Stage = stages.mean_term
    variance_term: Stage = stages.variance_term
    dgamma: Stage = stages.dgamma
    dbeta: Stage = stages.dbeta
    dx: Stage = stages.dx
    inference_dx: Stage = stages.inference_dx
    jvp: Stage = stages.jvp
    double_backward: Callable[[Pass], tuple[Array, Array, Array]] = stages.double_backward
    accumulate: Callable[[Array, Array], Array] = stages.accumulate
    wrap: Callable[[Layer, Case], Layer] = field(default=lambda layer, case: layer)
    convention: Convention = TORCH
    domain: Domain = field(default_factory=Domain)
    narrow_only: bool = False


Change = Callable[[Reference], Reference]

REFERENCE = Reference()


def accumulating(rules: Reference) -> Reference:
    """Add parameter gradients up over backward passes: a legitimate convention."""
    return replace(
        rules,
        accumulate=lambda before, new: before + new,
        convention=replace(rules.convention, gradients="accumulated"),
    )


def debiased_weight(p: Pass) -> float:
    """Weight of the new batch in averages that are corrected for a start at 0.

    Kingma & Ba 2015 (Adam), section 3: with a the weight of a new batch and d = 1 - a, what is
    kept is h_t = d h_(t-1) + a new, h_0 = 0, and what is used is h_t / (1 - d^t). With
    h_(t-1) = (1 - d^(t-1)) used_(t-1),

        used_t = (d (1 - d^(t-1)) used_(t-1) + a new) / (1 - d^t) = (1 - w) used_(t-1) + w new,
        w = a / (1 - d^t),    as 1 - d^t - a = d - d^t.

    A cumulative average needs no correction. With a = 0 it is 0 / 0.
    """
    if p.momentum is None:
        return stages.weight(p)
    a = np.float64(new_weight(p))
    with np.errstate(all="ignore"):
        return float(a / (1 - (1 - a) ** (p.steps + 1)))


def new_weight(p: Pass) -> float:
    """Weight of a new batch by the momentum of the case and the convention of the rules."""
    if p.momentum is None or p.rules.convention.momentum_weighs != "old":
        return stages.weight(p)
    return 1 - p.momentum


def filled(p: Pass, **stages: Any) -> Pass:
    """Fill in stages: what `replace` does, without setting each of the other fields again.

    A pass has seven of these, and a diagnosis has thousands of passes.
    """
    made = object.__new__(Pass)
    made.__dict__.update(p.__dict__, **stages)
    return made


def stored(values: Array, p: Pass) -> Array:
    """Round to the dtype of x, and come back."""
    return values.astype(p.given.dtype).astype(values.dtype)


def forward(p: Pass) -> Pass:
    """Run the forward stages: statistics, running statistics, xhat, y."""
    rules = p.rules
    if p.training:
        p = filled(p, mean=rules.mean(p))
        p = filled(p, var=rules.variance(p))
        p = filled(p, next_mean=rules.update_mean(p), next_var=rules.update_variance(p))
    else:
        mean, var = rules.recall(p)
        p = filled(p, mean=mean, var=var)
        next_mean, next_var = rules.inference_update(p)
        p = filled(p, next_mean=next_mean, next_var=next_var)
    return output(p)


def output(p: Pass) -> Pass:
    """Run the stages that follow the statistics: inverse deviation, xhat, y."""
    p = filled(p, inverse=p.rules.inverse(p))
    p = filled(p, xhat=p.rules.normalize(p))
    p = filled(p, y=p.rules.affine(p))
    return filled(p, y=p.rules.finish(p))


def renormalized(p: Pass, **changes: Any) -> Pass:
    """Change what a backward pass has saved, and redo the inverse deviation and xhat."""
    p = filled(p, **changes)
    p = filled(p, inverse=p.rules.inverse(p))
    return filled(p, xhat=p.rules.normalize(p))
