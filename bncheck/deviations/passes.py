"""One pass through a layer, which the stages of a `Reference` read and fill in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bncheck.model import Case, Convention, Domain, Layer
from bncheck.model.formats import Array

NOTHING = np.zeros((0, 0))


def _nothing() -> Array:
    return NOTHING


Stage = Callable[["Pass"], Array]


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


@dataclass(frozen=True)
class View:
    """How a layer takes an array for another one, with the same entries in other places.

    there: of ``(N, C, *spatial)``; back: what came out, and an array of the shape it is to have
    """

    there: Callable[[Array], Array]
    back: Callable[[Array, Array], Array]


AS_IT_IS = View(lambda array: array, lambda made, like: made)


@dataclass(frozen=True)
class Reference:
    """The rules of a layer: its stages. Right ones are in `bncheck.deviations.stages`.

    wrap: last of all, what is put around the finished layer; view: what that sees of arrays
    convention, domain: what the layer promises and can be given
    narrow_only: whether a deviation shows in the half formats only, by rounding to them
    """

    read: Callable[[Array], Array]
    read_cotangent: Callable[[Array, Array], Array]
    accumulator: Callable[[np.dtype[Any]], np.dtype[Any]]
    total: Callable[[Array, Pass], Array]
    count: Callable[[Pass], float]
    mean: Stage
    variance: Stage
    inverse: Stage
    normalize: Stage
    affine: Stage
    finish: Stage
    recall: Callable[[Pass], tuple[Array, Array]]
    weight: Callable[[Pass], float]
    bessel: Callable[[Pass], float]
    update_mean: Stage
    update_variance: Stage
    inference_update: Callable[[Pass], tuple[Array, Array]]
    saved: Callable[[Pass], Pass]
    backward_count: Callable[[Pass], float]
    mean_term: Stage
    variance_term: Stage
    dgamma: Stage
    dbeta: Stage
    dx: Stage
    inference_dx: Stage
    jvp: Stage
    double_backward: Callable[[Pass], tuple[Array, Array, Array]]
    accumulate: Callable[[Array, Array], Array]
    wrap: Callable[[Layer, Case], Layer]
    view: View
    convention: Convention
    domain: Domain
    narrow_only: bool


def filled(p: Pass, **stages: Any) -> Pass:
    """Fill in stages: what `replace` does, without setting each of the other fields again.

    A pass has seven of these, and a diagnosis has thousands of passes.
    """
    made = object.__new__(Pass)
    made.__dict__.update(p.__dict__, **stages)
    return made


def in_float16(values: Array) -> Array:
    """Round to float16, and come back."""
    return values.astype(np.float16).astype(values.dtype)


def stored(values: Array, p: Pass) -> Array:
    """Round to the dtype of x, and come back."""
    return values.astype(p.given.dtype).astype(values.dtype)
