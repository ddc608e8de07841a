"""Flax: ``flax.linen.BatchNorm``, the class or an instance with other settings.

The module is a pure function of parameters, running statistics and x, called eagerly; gradients
are JAX's. float64 needs JAX's 64-bit mode, which is on during calls with float64 only.
"""

import contextlib
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from bncheck.adapters import answers
from bncheck.adapters.profiles import PROFILES
from bncheck.errors import TargetError, UsageError
from bncheck.formats import Array
from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State

Function = Callable[..., tuple[Any, Any]]


def recognises(target: object) -> bool:
    """Whether the target is a linen module or a class of them."""
    kind = target if isinstance(target, type) else type(target)
    return issubclass(kind, nn.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``flax.linen.BatchNorm``.

    ``promised`` is not needed: the module itself says where its channels are. Raises TargetError
    for any other module, and where channels are more than one axis.
    """
    kind = target if isinstance(target, type) else type(target)
    if not issubclass(kind, nn.BatchNorm):
        raise TargetError(f"{name} is a {kind.__name__}, but should be a flax.linen.BatchNorm")
    module = target() if isinstance(target, type) else target
    if not isinstance(module.axis, int):
        raise TargetError(f"{name} has axis={module.axis!r}, but should have one axis of channels")
    own = replace(PROFILES["flax"], channel_axis=module.axis) if kind is nn.BatchNorm else None
    affine = bool(module.use_scale and module.use_bias)
    abilities: set[Ability] = {"backward", "eval", "eval_backward", "running", "jvp"}
    abilities |= {"state_before_step"}
    if affine:
        abilities |= {"double_backward"}
    # an axis counted from the front is there in every rank; from the back likewise down to -2
    fewest = module.axis + 1 if module.axis >= 0 else -module.axis
    return Implementation(
        name=name,
        make=lambda case: _Living(module, case, affine=affine).layer(),
        abilities=frozenset(abilities),
        convention=own or Convention(channel_axis=module.axis),
        domain=Domain(
            ranks=tuple(rank for rank in (2, 3, 4, 5) if rank >= fewest),
            affine=affine,
            strided=False,  # JAX has no strides
        ),
        origin=f"{inspect.getsourcefile(kind)}:{inspect.getsourcelines(kind)[1]}",
    )


class _Living:
    """One module with the parts of a case, and what a training loop keeps between calls."""

    def __init__(self, module: Any, case: Case, *, affine: bool) -> None:
        self.module = module.clone(
            epsilon=case.eps, momentum=case.momentum, use_running_average=None
        )
        self.affine = affine
        self.wide = _precision(case.x)
        parts = (case.gamma, case.beta) if affine else ()
        with self.wide():
            self.parameters = tuple(jnp.array(part) for part in parts)
            self.mean, self.var = jnp.array(case.running_mean), jnp.array(case.running_var)
        self.latest: tuple[Function, Any] | None = None

    def layer(self) -> Layer:
        return Layer(
            train=self.train,
            eval=self.eval,
            backward=self.backward,
            state=lambda: State(np.array(self.mean), np.array(self.var)),
            jvp=self.jvp,
            double_backward=self.double_backward if self.affine else None,
        )

    def train(self, x: Array) -> Array:
        function = self._function(training=True)
        with self.wide():
            point = jnp.array(x)
            y, statistics = function(point, *self.parameters)
        self.mean, self.var = statistics["mean"], statistics["var"]
        self.latest = function, point
        return answers.array("apply", np.asarray(y), x)

    def eval(self, x: Array) -> Array:
        function = self._function(training=False)
        with self.wide():
            point = jnp.array(x)
            y, _ = function(point, *self.parameters)
        self.latest = function, point
        return answers.array("apply", np.asarray(y), x)

    def backward(self, dy: Array) -> Gradients:
        if self.latest is None:
            raise UsageError("backward(dy) was called before train(x) or eval(x)")
        function, point = self.latest
        with self.wide():
            _, pull, _ = jax.vjp(function, point, *self.parameters, has_aux=True)
            found = pull(jnp.array(dy))
        return Gradients(*(np.asarray(gradient) for gradient in found))

    def jvp(self, x: Array, tangent: Array) -> Array:
        function = self._function(training=True)
        with self.wide():
            _, derivative = jax.jvp(
                lambda point: function(point, *self.parameters)[0],
                (jnp.array(x),),
                (jnp.array(tangent),),
            )
        return answers.array("jvp", np.asarray(derivative), x)

    def double_backward(self, x: Array, dy: Array, w: Array) -> tuple[Array, Array, Array]:
        function = self._function(training=True)
        gamma, beta = self.parameters

        def dx(point: Any, cotangent: Any, scale: Any) -> Any:
            _, pull = jax.vjp(lambda at: function(at, scale, beta)[0], point)
            return pull(cotangent)[0]

        with self.wide():
            _, pull = jax.vjp(dx, jnp.array(x), jnp.array(dy), gamma)
            of_x, of_dy, of_gamma = (np.asarray(gradient) for gradient in pull(jnp.array(w)))
        return of_x, of_dy, of_gamma

    def _function(self, *, training: bool) -> Function:
        """Return ``(x, gamma, beta) -> y, statistics``, at the running statistics of now."""
        module, mean, var = self.module, self.mean, self.var

        def function(x: Any, *parameters: Any) -> tuple[Any, Any]:
            names = ("scale", "bias")[: len(parameters)]
            variables = {
                "params": dict(zip(names, parameters, strict=True)),
                "batch_stats": {"mean": mean, "var": var},
            }
            y, changed = module.apply(
                variables,
                jnp.moveaxis(x, 1, module.axis),
                use_running_average=not training,
                mutable=["batch_stats"],
            )
            return jnp.moveaxis(y, module.axis, 1), changed["batch_stats"]

        return function


def _precision(x: Array) -> Callable[[], contextlib.AbstractContextManager[Any]]:
    if x.dtype == np.float64:
        return lambda: jax.enable_x64(True)
    return contextlib.nullcontext
