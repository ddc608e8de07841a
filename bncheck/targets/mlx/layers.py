"""MLX: ``mlx.nn.BatchNorm``, the class or an instance with other settings.

Channels are the last axis. All runs on the CPU; gradients are those of ``mx.vjp``.
"""

import copy
from collections.abc import Callable
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np

from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.arrays import in_c_order
from bncheck.model.formats import Array
from bncheck.targets.common import answers, defaults, kinds, living
from bncheck.targets.mlx import norms
from bncheck.targets.profiles import PROFILES

# by its documentation; MLX computes in float32, and has float64 on the CPU only for few operations
RANKS, DTYPES = (2, 3, 4), ("float32",)


def recognises(target: object) -> bool:
    """Whether the target is a module of MLX or a class of them."""
    return issubclass(kinds.kind_of(target), nn.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``mlx.nn.BatchNorm``, or of a relative.

    ``promised`` is not needed: channels are the last axis. Raises TargetError for other modules.
    """
    if kinds.kind_of(target) in norms.OWN:
        return norms.adapt(target, name)
    kind = kinds.expected(target, nn.BatchNorm, name, "an mlx.nn.BatchNorm")
    fixed = None if isinstance(target, type) else int(target.num_features)

    def build(channels: int) -> Any:
        return target(channels) if isinstance(target, type) else copy.deepcopy(target)

    bare = build(fixed or 3)
    affine, running = "weight" in bare, "running_mean" in bare
    abilities: set[Ability] = {"backward"}
    if running:
        abilities |= living.RUNNING
    return Implementation(
        name=name,
        make=lambda case: _Living(build, case, affine=affine, running=running).layer(),
        abilities=frozenset(abilities),
        convention=PROFILES["mlx"] if kind is nn.BatchNorm else Convention(channel_axis=-1),
        # MLX has no strides
        domain=Domain(ranks=RANKS, channels=fixed, dtypes=DTYPES, affine=affine, strided=False),
        origin=kinds.source(kind),
        defaults=defaults.told(bare.eps, bare.momentum),
    )


class _Living:
    """One module with the parts of a case put in."""

    def __init__(
        self, build: Callable[[int], Any], case: Case, *, affine: bool, running: bool
    ) -> None:
        mx.set_default_device(mx.cpu)
        self.affine, self.running = affine, running
        self.module = build(case.channels)
        self.module.eps, self.module.momentum = case.eps, case.momentum
        self.parameters = [mx.array(a) for a in (case.gamma, case.beta)] if affine else []
        if running:
            self.module.running_mean = mx.array(case.running_mean)
            self.module.running_var = mx.array(case.running_var)
        self.latest: tuple[Callable[..., Any], list[Any]] | None = None

    def layer(self) -> Layer:
        return living.layer(self._call, self.backward, self.state, running=self.running)

    def backward(self, dy: Array) -> Gradients:
        function, point = living.latest(self.latest)
        _, found = mx.vjp(function, point, [_to_mlx(dy)])
        dx, *others = (np.array(gradient) for gradient in found)
        return Gradients(np.moveaxis(dx, -1, 1), *others)

    def state(self) -> State:
        return State(np.array(self.module.running_mean), np.array(self.module.running_var))

    def _call(self, x: Array, *, training: bool) -> Array:
        point = [_to_mlx(x), *self.parameters]
        statistics = self._statistics()

        def pure(at: Any, *parameters: Any) -> Any:
            """Compute y from the running statistics that there were before this call."""
            kept = self._statistics()
            self._put(parameters, statistics)
            self.module.train(training)
            y = self.module(at)
            self._put(self.parameters, kept)
            return y

        self._put(self.parameters, statistics)
        self.module.train(training)
        y = np.array(self.module(point[0]))
        self.latest = pure, point
        return answers.array("BatchNorm", np.moveaxis(y, -1, 1), x)

    def _statistics(self) -> tuple[Any, ...]:
        return (self.module.running_mean, self.module.running_var) if self.running else ()

    def _put(self, parameters: Any, statistics: tuple[Any, ...]) -> None:
        if self.affine:
            self.module.weight, self.module.bias = parameters
        if self.running:
            self.module.running_mean, self.module.running_var = statistics


def _to_mlx(array: Array) -> Any:
    """Copy into the framework's layout; it refuses negative strides, also of axes of length 1."""
    return mx.array(in_c_order(np.moveaxis(array, 1, -1)))
