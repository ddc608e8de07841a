"""Keras 3: ``keras.layers.BatchNormalization``, the class or an instance with other settings.

The backend is the one that Keras was imported with (``KERAS_BACKEND``). Gradients are those of the
backend: torch's autograd, JAX's (`bncheck.targets.keras.jax`), TensorFlow's tape; with others
there are none. All runs on the CPU, and float64 is the layer's own dtype policy.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from typing import Any

import keras
import numpy as np

from bncheck.errors import TargetError, UsageError
from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers, defaults, kinds
from bncheck.targets.common.axes import ranks_with
from bncheck.targets.profiles import PROFILES

Kind: Any = keras.layers.BatchNormalization
INFERENCE: frozenset[Ability] = frozenset({"eval", "eval_backward"})


def recognises(target: object) -> bool:
    """Whether the target is a layer of Keras or a class of them."""
    return issubclass(kinds.kind_of(target), keras.layers.Layer)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``keras.layers.BatchNormalization``.

    ``promised`` is not needed: the layer itself says where its channels are. One with
    ``trainable=False`` is inference whatever it is told, so only that is tried. Raises TargetError
    for any other layer, and for batch renormalization.
    """
    kind = kinds.expected(target, Kind, name, "a keras.layers.BatchNormalization")
    template = target() if isinstance(target, type) else target
    if getattr(template, "renorm", False):
        raise TargetError(
            f"{name} has renorm=True, which normalizes training batches towards running averages: "
            "that is not batch normalization of the batch; check one with renorm=False"
        )
    axis = int(template.axis)
    own = replace(PROFILES["keras"], channel_axis=axis) if kind is Kind else None
    convention = own or Convention(channel_axis=axis)
    domain = Domain(ranks=ranks_with(axis), training=bool(template.trainable))
    made = _implementation(template, kind, name, convention, domain)
    return made if template.trainable else replace(made, abilities=made.abilities & INFERENCE)


def _implementation(
    template: Any, kind: type, name: str, convention: Convention, domain: Domain
) -> Implementation:
    known = defaults.told(template.epsilon, template.momentum)
    if keras.backend.backend() == "jax":
        from bncheck.targets.jax import tools  # noqa: PLC0415 # they need JAX
        from bncheck.targets.keras import jax  # noqa: PLC0415 # they need JAX

        return tools.implementation(
            jax.pure(template, uniform=kind is Kind),
            name=name,
            convention=convention,
            domain=domain,
            origin=kind,
            defaults=known,
        )
    backend = _BACKENDS.get(keras.backend.backend(), _Backend)
    backend.prepare()
    abilities: set[Ability] = {"eval", "running", "state_before_step"}
    if backend.differentiates:
        abilities |= {"backward", "eval_backward"}
    return Implementation(
        name=name,
        make=lambda case: _Living(template, case, backend).layer(),
        abilities=frozenset(abilities),
        convention=convention,
        domain=replace(
            domain, affine=bool(template.scale and template.center), strided=backend.strided
        ),
        origin=kinds.source(kind),
        defaults=known,
    )


class _Backend:
    """How a backend computes: this one, like NumPy, without gradients."""

    differentiates = False
    strided = True

    def __init__(self, layer: Any, axis: int) -> None:
        self.layer = layer
        self.axis = axis

    @staticmethod
    def prepare() -> None:
        """Set what can only be set for the whole process, before its first computation."""

    @staticmethod
    def settings(dtype: np.dtype[Any]) -> contextlib.AbstractContextManager[Any]:
        """Return what must hold while the layer is made or called."""
        del dtype
        return contextlib.nullcontext()

    def call(self, x: Array, *, training: bool) -> Array:
        """Return y, with channels on axis 1 as in x."""
        y = self.layer(np.moveaxis(x, 1, self.axis), training=training)
        return np.moveaxis(keras.ops.convert_to_numpy(y), self.axis, 1)

    def gradients(self, dy: Array) -> list[Array]:
        """Return the gradients of the latest call: of x, then of the parameters there are."""
        raise UsageError(f"there are no gradients with the backend {keras.backend.backend()}")


class _Torch(_Backend):
    differentiates = True

    @staticmethod
    @contextlib.contextmanager
    def settings(dtype: np.dtype[Any]) -> Iterator[None]:
        """One thread: their number decides the order of summation."""
        del dtype
        torch = import_module("torch")
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)

    @cached_property
    def _tensors(self) -> Any:
        return import_module("bncheck.targets.torch.tensors")  # it needs torch

    def call(self, x: Array, *, training: bool) -> Array:
        self.x = self._tensors.to_torch(x).requires_grad_()
        self.y = self.layer(self.x.movedim(1, self.axis), training=training).movedim(self.axis, 1)
        found: Array = self._tensors.from_torch(self.y)
        return found

    def gradients(self, dy: Array) -> list[Array]:
        torch = import_module("torch")
        towards = [self.x, *(v.value for v in self.layer.trainable_variables)]
        cotangent = self._tensors.to_torch(dy)
        found = torch.autograd.grad(
            self.y, towards, cotangent, retain_graph=True, materialize_grads=True
        )
        return [self._tensors.from_torch(gradient) for gradient in found]


class _TensorFlow(_Backend):
    differentiates = True
    strided = False  # TensorFlow has no strides

    @staticmethod
    def prepare() -> None:
        """One thread: their number decides the order of summation."""
        with contextlib.suppress(RuntimeError):  # it has computed already, and keeps its threads
            import_module("tensorflow").config.threading.set_intra_op_parallelism_threads(1)

    def call(self, x: Array, *, training: bool) -> Array:
        tf = import_module("tensorflow")
        point = tf.constant(x)
        with tf.GradientTape(persistent=True) as tape:  # so that a second call is answered
            tape.watch(point)
            y = self.layer(keras.ops.moveaxis(point, 1, self.axis), training=training)
            y = keras.ops.moveaxis(y, self.axis, 1)
        self.latest = tape, point, y
        return np.asarray(y)

    def gradients(self, dy: Array) -> list[Array]:
        tf = import_module("tensorflow")
        tape, point, y = self.latest
        towards = [point, *(v.value for v in self.layer.trainable_variables)]
        none = tf.UnconnectedGradients.ZERO
        found = tape.gradient(y, towards, tf.constant(dy), unconnected_gradients=none)
        return [np.asarray(gradient) for gradient in found]


_BACKENDS: dict[str, type[_Backend]] = {"torch": _Torch, "tensorflow": _TensorFlow}


# Making a layer of Keras takes longer than calling it. So one that nobody holds any more is used
# again: all that Keras's own layer keeps between calls are its variables, which are set anew. Of a
# class derived from it, which may keep more, each layer is a new one.
_free: dict[Any, list[Any]] = {}


def _made(template: Any, case: Case) -> Any:
    settings = {"epsilon": case.eps, "momentum": case.momentum, "dtype": case.dtype}
    layer = type(template).from_config({**template.get_config(), **settings})
    layer.build(np.moveaxis(case.x, 1, template.axis).shape)
    return layer


class _Living:
    """One layer with the parts of a case, in the dtype of x."""

    def __init__(self, template: Any, case: Case, backend: type[_Backend]) -> None:
        self.case = case
        self.kind = backend
        key = template, case.dtype, case.x.ndim, case.x.shape[1]
        self.free = _free.setdefault(key, []) if type(template) is Kind else []
        with self._ready():
            self.keras = self.free.pop() if self.free else _made(template, case)
            self.keras.epsilon, self.keras.momentum = float(case.eps), float(case.momentum or 0)
            parts = {
                "gamma": case.gamma,
                "beta": case.beta,
                "moving_mean": case.running_mean,
                "moving_variance": case.running_var,
            }
            for part, values in parts.items():
                if getattr(self.keras, part, None) is not None:
                    getattr(self.keras, part).assign(values.copy())
        self.backend = backend(self.keras, template.axis)

    def __del__(self) -> None:
        """Let the next case have the layer."""
        if hasattr(self, "backend"):
            self.free.append(self.keras)

    def layer(self) -> Layer:
        return Layer(
            train=lambda x: self._call(x, training=True),
            eval=lambda x: self._call(x, training=False),
            backward=self.backward if self.kind.differentiates else None,
            state=self.state,
        )

    def backward(self, dy: Array) -> Gradients:
        with self._ready():
            dx, *others = self.backend.gradients(dy)
        trained = self.keras.trainable
        has = {"dgamma": trained and self.keras.scale, "dbeta": trained and self.keras.center}
        names = [name for name, there in has.items() if there]
        return Gradients(dx, **dict(zip(names, others, strict=True)))

    def state(self) -> State:
        variables = (self.keras.moving_mean, self.keras.moving_variance)
        with self._ready():
            mean, var = (np.array(keras.ops.convert_to_numpy(v)) for v in variables)
        return State(mean, var)

    def _call(self, x: Array, *, training: bool) -> Array:
        with self._ready():
            y = self.backend.call(x, training=training)
        return answers.array("BatchNormalization", y, x)

    @contextlib.contextmanager
    def _ready(self) -> Iterator[None]:
        with keras.device("cpu"), self.kind.settings(self.case.x.dtype):
            yield
