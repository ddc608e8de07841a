"""How a layer of Keras that somebody wrote is made, given the parts of a case, and called."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from bncheck.errors import UsageError
from bncheck.model import Case, Gradients, Layer, State
from bncheck.model.formats import Array, format_of
from bncheck.targets.common import answers
from bncheck.targets.keras.backends import Backend


@dataclass(frozen=True)
class Handling:
    """How layers of one class are made and called.

    build: (eps, momentum, dtype, shape) -> a layer that was built, its weights as they start
    given: which of eps and momentum the constructor takes; numbers: attributes for the others
    weights: role -> number among the layer's variables; axis: of channels, as Keras counts them
    """

    build: Callable[[float, float | None, str, tuple[int, ...]], Any]
    given: frozenset[str]
    axis: int = -1
    weights: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether there are running statistics."""
        return {"running_mean", "running_var"} <= self.weights.keys()

    def made(self, eps: float, momentum: float | None, dtype: str, shape: tuple[int, ...]) -> Any:
        """Make a layer with eps and momentum; shape: of x with channels on axis 1."""
        layer = self.build(eps, momentum, dtype, moved(shape, self.axis))
        for role, value in (("eps", eps), ("momentum", momentum)):
            if role in self.numbers:
                setattr(layer, self.numbers[role], value)
        return layer

    def variable(self, layer: Any, role: str) -> Any:
        """Return the variable of a role, None where there is none."""
        return layer.variables[self.weights[role]] if role in self.weights else None


def moved(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """Move the channels of a shape from axis 1 to another."""
    return np.moveaxis(np.empty(shape, bool), 1, axis).shape


# -- finding --------------------------------------------------------------------------------


class Living:
    """One layer with the parts of a case, in the dtype of x."""

    def __init__(self, handling: Handling, case: Case, backend: type[Backend]) -> None:
        """Make the layer and give its variables the parts of the case."""
        self.handling, self.case, self.kind = handling, case, backend
        with self.ready():
            eps, momentum = float(case.eps), case.momentum
            self.keras = handling.made(eps, momentum, case.dtype, case.x.shape)
            values = {"gamma": case.gamma, "beta": case.beta}
            values |= {"running_mean": case.running_mean, "running_var": case.running_var}
            for role, vector in values.items():
                variable = handling.variable(self.keras, role)
                if variable is not None:
                    variable.assign(vector.reshape(variable.shape).copy())
            self.backend = backend(self.keras, handling.axis)

    def layer(self) -> Layer:
        """Return what can be asked of it."""
        running = self.handling.running
        return Layer(
            train=lambda x: self.call(x, training=True),
            eval=(lambda x: self.call(x, training=False)) if running else None,
            backward=self.backward if self.kind.differentiates else None,
            state=self.state if running else None,
        )

    def call(self, x: Array, *, training: bool) -> Array:
        """Call it in one of its modes."""
        with self.ready():
            y = self.backend.call(x, training=training)
        return answers.array("call", y, x)

    def backward(self, dy: Array) -> Gradients:
        """Differentiate the latest call."""
        with self.ready():
            dx, *others = self.backend.gradients(dy)
        trained = [id(v) for v in self.keras.trainable_variables]
        found: dict[str, Array] = {}
        for role, name in (("gamma", "dgamma"), ("beta", "dbeta")):
            variable = self.handling.variable(self.keras, role)
            if variable is not None and id(variable) in trained:
                found[name] = np.array(others[trained.index(id(variable))]).reshape(-1)
        return Gradients(dx, **found)

    def state(self) -> State:
        """Return the running statistics, each ``(C,)``."""
        roles = ("running_mean", "running_var")
        variables = [self.handling.variable(self.keras, role) for role in roles]
        if any(variable is None for variable in variables):
            raise UsageError("the layer has no running statistics")
        with self.ready():
            mean, var = (np.array(keras.ops.convert_to_numpy(v)).reshape(-1) for v in variables)
        return State(mean, var)

    @contextlib.contextmanager
    def ready(self) -> Iterator[None]:
        """On the CPU, as the backend wants it."""
        with keras.device("cpu"), self.kind.settings(format_of(self.case.dtype).dtype):
            yield
