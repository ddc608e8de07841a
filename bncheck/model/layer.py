"""One living layer and what it answers. A missing ability is ``None``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bncheck.model.formats import Array


@dataclass(frozen=True)
class Gradients:
    """Vector-Jacobian products: ``dx`` shaped like x, ``dgamma`` and ``dbeta`` ``(C,)``."""

    dx: Array
    dgamma: Array | None = None
    dbeta: Array | None = None


@dataclass(frozen=True)
class State:
    """Running statistics, each ``(C,)``."""

    mean: Array
    var: Array


@dataclass(frozen=True)
class Layer:
    """One living batch-norm layer.

    train: x -> y in training mode; updates the running statistics if there are any. It is never
        called where the domain has no training mode
    eval: x -> y in inference mode, from the running statistics
    backward: dy -> gradients of the latest ``train`` or ``eval`` call
    state: -> the running statistics now (a copy)
    jvp: (x, tangent) -> directional derivative of y in training mode
    double_backward: (x, dy, w) -> gradients of ``<w, dx>`` with respect to x, dy and gamma
    state_carries_graph: -> whether the running statistics hold on to the graph of the batches
        they are made of, as tensors of automatic differentiation may
    adding: (x, residual) -> y in training mode with the residual, shaped like x, added to it;
        `train` adds zeros
    residual: (x, residual) -> y of the sum of both, in training mode, and that sum, ``None`` where
        it is not handed back
    residual_backward: (cotangent of y, of the sum) -> gradients by x and by the residual, of the
        latest ``residual`` call; where no sum is handed back its cotangent is not read
    normalize: x -> y as ``train``, where a call of its own updates the running statistics, which
        is left out: for whoever asks such a layer neither for its state nor for inference
    """

    train: Callable[[Array], Array]
    eval: Callable[[Array], Array] | None = None
    backward: Callable[[Array], Gradients] | None = None
    state: Callable[[], State] | None = None
    jvp: Callable[[Array, Array], Array] | None = None
    double_backward: Callable[[Array, Array, Array], tuple[Array, Array, Array]] | None = None
    state_carries_graph: Callable[[], bool] | None = None
    adding: Callable[[Array, Array], Array] | None = None
    residual: Callable[[Array, Array], tuple[Array, Array | None]] | None = None
    residual_backward: Callable[[Array, Array], tuple[Array, Array]] | None = None
    normalize: Callable[[Array], Array] | None = None
