"""An activation fused behind the layer: the truth of y, and the cotangent that reaches z.

With ``y = act(z)``, z the output of batch norm, ``act`` piecewise linear with slopes 0 and 1:

- ``|act(z') - act(z)| <= |z' - z|``, so that a bound on z is one on y: cutting off rounds nothing;
- the gradients are those of batch norm for the cotangent ``dy act'(z)``, which is exact: 0 or dy.

Where z is as near to a kink as it may be off by, either slope is right. There the target is given
a cotangent of 0, so that nothing depends on the choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bncheck.model import Case, Gradients, Implementation, Layer
from bncheck.model.arrays import flatten, unflatten
from bncheck.model.formats import Array


@dataclass(frozen=True)
class Activation:
    """A piecewise linear activation: where it bends, what it does, and where its slope is 1."""

    kinks: tuple[float, ...]
    apply: Callable[[Array], Array]
    passes: Callable[[Array], Array]


ACTIVATIONS = {
    "relu": Activation((0.0,), lambda z: np.maximum(z, 0), lambda z: z > 0),
    "relu6": Activation(
        (0.0, 6.0), lambda z: np.clip(z, 0, 6), lambda z: np.logical_and(z > 0, z < 6)
    ),
}


def asked(case: Case, act: Activation, z: Array, bound: Array) -> Case:
    """Return the case with a cotangent of 0 where z, ``(m, C)``, may be on either side of a kink.

    Where z has no bound, or is not a number, nothing is known of the slope either.
    """
    with np.errstate(all="ignore"):
        open_ = ~np.isfinite(z) | ~np.isfinite(bound)
        for kink in act.kinks:
            open_ |= np.abs(z - kink) <= bound
    return _without(case, open_)


def reaching(case: Case, act: Activation, z: Array) -> Case:
    """Return the case with the cotangent that reaches z: 0 where the activation is flat."""
    return _without(case, ~act.passes(z))


def _without(case: Case, nothing: Array) -> Case:
    """Return the case with a cotangent of 0 at positions given as ``(m, C)``, laid out as dy is.

    They may be given with samples put together (`Norm.together`).
    """
    nothing = nothing.reshape(-1, case.channels)
    if not nothing.any() or not flatten(case.dy)[nothing].any():
        return case
    dy = case.dy.copy(order="K")
    dy[unflatten(nothing, dy.shape)] = 0
    dy.flags.writeable = case.dy.flags.writeable
    return replace(case, dy=dy)


def fused(plain: Implementation, act: Activation) -> Implementation:
    """Return an implementation with the activation behind it, as a kernel has it."""
    return replace(plain, make=lambda case: _behind(plain.make(case), act))


def _behind(layer: Layer, act: Activation) -> Layer:
    slopes: list[Array] = []

    def forward(call: Callable[[Array], Array]) -> Callable[[Array], Array]:
        def cut(x: Array) -> Array:
            z = call(x)
            slopes[:] = [act.passes(z)]
            return np.asarray(act.apply(z), z.dtype)

        return cut

    def adding(x: Array, residual: Array) -> Array:
        if layer.adding is None:
            raise NotImplementedError("the layer adds no residual")
        return np.asarray(act.apply(layer.adding(x, residual)), x.dtype)

    def backward(dy: Array) -> Gradients:
        if layer.backward is None:
            raise NotImplementedError("the layer has no backward pass")
        return layer.backward(np.where(slopes[0], dy, np.zeros_like(dy)))

    return replace(
        layer,
        train=forward(layer.train),
        eval=None if layer.eval is None else forward(layer.eval),
        backward=None if layer.backward is None else backward,
        jvp=None,
        double_backward=None,
        adding=None if layer.adding is None else adding,
        residual=None,
        residual_backward=None,
    )
