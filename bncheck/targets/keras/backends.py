"""How the backends of Keras compute and differentiate: torch, TensorFlow, JAX, and NumPy."""

import contextlib
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from typing import Any

import keras
import numpy as np

from bncheck.errors import UsageError
from bncheck.model.formats import Array


class Backend:
    """How a backend computes: this one, like NumPy, without gradients."""

    differentiates = False
    strided = True
    few_shapes = False

    def __init__(self, layer: Any, axis: int) -> None:
        """Take a layer, and the axis of its channels as Keras counts them."""
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


class _Torch(Backend):
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


class _TensorFlow(Backend):
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


class _Jax(Backend):
    """Operation by operation; the layer is a function of its variables.

    It is called as anywhere, in a ``StatelessScope``: the layer's own ``stateless_call`` does not
    tell layers inside it of the mode.
    """

    differentiates = True
    strided = False
    few_shapes = True  # JAX compiles for each shape

    @staticmethod
    def settings(dtype: np.dtype[Any]) -> contextlib.AbstractContextManager[Any]:
        """float64 needs JAX's 64-bit mode."""
        wide: contextlib.AbstractContextManager[Any] = import_module("jax").enable_x64(True)
        return wide if dtype == np.float64 else contextlib.nullcontext()

    def call(self, x: Array, *, training: bool) -> Array:
        """Return y, with channels on axis 1; the variables that change are set."""
        others = self.layer.non_trainable_variables

        def pure(point: Any, trained: Any) -> Any:
            given = keras.ops.moveaxis(point, 1, self.axis)
            mapping = list(zip(self.layer.trainable_variables, trained, strict=True))
            with keras.StatelessScope(state_mapping=mapping) as scope:
                y = self.layer(given, training=training)
            changed = [scope.get_current_value(v) for v in others]
            return keras.ops.moveaxis(y, self.axis, 1), changed

        trained = [v.value for v in self.layer.trainable_variables]
        jax = import_module("jax")
        y, self.pull, changed = jax.vjp(pure, jax.numpy.asarray(x), trained, has_aux=True)
        for variable, value in zip(others, changed, strict=True):
            if value is not None:  # None: it was not assigned to
                variable.assign(value)
        return np.array(y)

    def gradients(self, dy: Array) -> list[Array]:
        """Return the gradients of the latest call."""
        dx, others = self.pull(import_module("jax").numpy.asarray(dy))
        return [np.array(dx), *(np.array(gradient) for gradient in others)]


def chosen() -> type[Backend]:
    """Return the backend that Keras was imported with."""
    known: dict[str, type[Backend]] = {"torch": _Torch, "tensorflow": _TensorFlow, "jax": _Jax}
    return known.get(keras.backend.backend(), Backend)
