"""The true values of one case, and bounds on somebody's errors in them: plain records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from bncheck.model.arrays import magnitude, narrow_magnitude
from bncheck.model.formats import Array
from bncheck.model.norm import BATCH, Norm


def mean(values: Array) -> Array:
    """Mean over axis 0: `ndarray.mean` takes twice the time on small arrays."""
    return np.asarray(values.sum(0) / values.shape[0])


class _Sizes:
    """Magnitudes that bounds are made of, in float64 where they are told narrow."""

    x: Array
    xhat: Array
    y: Array
    dy: Array
    dx: Array
    narrow: bool

    def _size(self, array: Array) -> Array:
        return narrow_magnitude(array) if self.narrow else magnitude(array)

    @cached_property
    def abs_x(self) -> Array:
        """``|x|``."""
        return self._size(self.x)

    @cached_property
    def abs_xhat(self) -> Array:
        """``|xhat|``."""
        return self._size(self.xhat)

    @cached_property
    def abs_y(self) -> Array:
        """``|y|``."""
        return self._size(self.y)

    @cached_property
    def abs_dy(self) -> Array:
        """``|dy|``."""
        return self._size(self.dy)

    @cached_property
    def abs_dx(self) -> Array:
        """``|dx|``."""
        return self._size(self.dx)


@dataclass(frozen=True, eq=False)
class Training(_Sizes):
    """Everything that batch normalization in training mode computes, in one wide dtype.

    x, dy, centered, xhat, y, bracket, dx: ``(m, C)``; the others ``(C,)``; eps: a scalar.
    With ``c = x - mean`` (centered), ``w = var + eps`` and ``inv = 1/sqrt(w)``:
    ``xhat = c inv``, ``y = gamma xhat + beta``, ``q = mean(dy xhat)``,
    ``bracket = dy - mean(dy) - xhat q``, ``dx = gamma inv bracket`` (Ioffe & Szegedy 2015,
    Algorithm 1 and section 3, the six displayed equations collected).

    norm, shape: what normalization, and the shape of its case. Where gamma belongs to something
    else than a set, gamma and beta broadcast against ``(m, C)``, dgamma and dbeta are ``(P,)``,
    and with ``h = gamma dy`` it is ``q = mean(h xhat)``, ``bracket = h - [mean(h)] - xhat q`` and
    ``dx = inv bracket``; without centring mean is 0, var the mean square and [mean(h)] left out.

    narrow: bounds are told in float64, see `bncheck.truth.rounding.narrow`
    """

    x: Array
    dy: Array
    gamma: Array
    beta: Array
    eps: Any
    mean: Array
    var: Array
    inv: Array
    centered: Array
    xhat: Array
    y: Array
    dy_mean: Array
    q: Array
    bracket: Array
    dx: Array
    dgamma: Array
    dbeta: Array
    norm: Norm = BATCH
    shape: tuple[int, ...] = ()
    narrow: bool = False

    @cached_property
    def abs_d(self) -> Array:
        """``|x - mean|``."""
        return self._size(self.centered)

    @cached_property
    def abs_bracket(self) -> Array:
        """``|bracket|``."""
        return self._size(self.bracket)

    @cached_property
    def of_x(self) -> tuple[Array, Array]:
        """Mean and maximum of ``|x|``, each ``(C,)``."""
        return mean(self.abs_x), self.abs_x.max(0)

    @cached_property
    def of_d(self) -> tuple[Array, Array]:
        """Mean and maximum of ``|x - mean|``, each ``(C,)``."""
        return mean(self.abs_d), self.abs_d.max(0)

    @cached_property
    def narrowed(self) -> Training:
        """The same with sizes and what is not of rows in float64, each rounded once."""
        small = ("gamma", "beta", "mean", "var", "inv", "dy_mean", "q", "dgamma", "dbeta")
        given = {name: getattr(self, name).astype(np.float64) for name in small}
        return replace(self, narrow=True, eps=np.float64(self.eps), **given)

    def gathered(self, terms: Array) -> Array:
        """Add ``(m, C)`` up over what shares a parameter: ``(C,)``, or ``(P,)`` of a relative."""
        return np.asarray(self.norm.gathered(terms, self.shape))


class _Gradients:
    """The gradients of bounds, which are evaluated together, where one of them is read."""

    gradients: Callable[[], tuple[Array, Array, Array]]

    @cached_property
    def _evaluated(self) -> tuple[Array, Array, Array]:
        return self.gradients()

    @property
    def dx(self) -> Array:
        """Bound on dx, ``(m, C)``."""
        return self._evaluated[0]

    @property
    def dgamma(self) -> Array:
        """Bound on dgamma, ``(C,)``."""
        return self._evaluated[1]

    @property
    def dbeta(self) -> Array:
        """Bound on dbeta, ``(C,)``."""
        return self._evaluated[2]


@dataclass(frozen=True, eq=False)
class TrainingBounds(_Gradients):
    """Bounds on absolute errors, shaped like the values; ``inf``: no promise.

    mean, var, inv and xhat are bounded as they stand in the arithmetic format; y and dx as they
    are stored, dgamma and dbeta in the format of the parameters. gradients: gives the bounds of
    dx, dgamma and dbeta, which are evaluated where they are read: most cases ask for y alone.
    clamped: in which channels they are not superlinear in the unit roundoff, where that is known
    """

    mean: Array
    var: Array
    inv: Array
    xhat: Array
    y: Array
    gradients: Callable[[], tuple[Array, Array, Array]]
    clamped: Array | None = None

    @property
    def superlinear(self) -> bool:
        """Whether the bounds for c times the unit roundoff, c < 1, are at most c times these."""
        return self.clamped is not None and not self.clamped.any()


@dataclass(frozen=True, eq=False)
class Inference(_Sizes):
    """Batch normalization in inference mode: ``xhat = (x - running_mean) inv`` and so on.

    x, dy, xhat, y, dx: ``(m, C)``; the others ``(C,)``; eps: a scalar; all in one wide dtype.
    Of instance normalization, whose samples share running statistics, the samples are put
    together: `Norm.together`.
    """

    x: Array
    dy: Array
    gamma: Array
    beta: Array
    running_mean: Array
    running_var: Array
    eps: Any
    inv: Array
    xhat: Array
    y: Array
    dx: Array
    dgamma: Array
    dbeta: Array
    narrow: bool = False

    @cached_property
    def abs_d(self) -> Array:
        """``|x - running_mean|``."""
        return self._size(self.x - self.running_mean)

    @cached_property
    def abs_mean(self) -> Array:
        """``|running_mean|``, ``(C,)``."""
        return self._size(self.running_mean)

    @cached_property
    def narrowed(self) -> Inference:
        """The same with sizes and what is not of rows in float64, each rounded once."""
        small = ("gamma", "beta", "running_var", "inv", "dgamma", "dbeta")
        given = {name: getattr(self, name).astype(np.float64) for name in small}
        return replace(self, narrow=True, eps=np.float64(self.eps), **given)


@dataclass(frozen=True, eq=False)
class InferenceBounds(_Gradients):
    """Bounds on absolute errors of the outputs in inference mode; ``inf``: no promise.

    gradients: as in `TrainingBounds`
    """

    y: Array
    gradients: Callable[[], tuple[Array, Array, Array]]


@dataclass(frozen=True, eq=False)
class Scaled:
    """Bounds of either mode multiplied by a factor, each where it is read.

    dtype: of the products; what bounds float64 may lie below its smallest number
    """

    bounds: TrainingBounds | InferenceBounds
    factor: float
    dtype: np.dtype[Any]

    def __getattr__(self, name: str) -> Array:
        """Return one of the bounds; what is none of them is looked for nowhere else."""
        if name not in _NAMES:
            raise AttributeError(name)
        return np.asarray(getattr(self.bounds, name), self.dtype) * self.factor


_NAMES = frozenset({"mean", "var", "inv", "xhat", "y", "dx", "dgamma", "dbeta"})
