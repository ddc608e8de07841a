"""Keras 3: ``keras.layers.BatchNormalization``, the class or an instance, and anybody's layers.

The backend is the one that Keras was imported with (``KERAS_BACKEND``). Gradients are those of the
backend: torch's autograd, JAX's (`bncheck.targets.keras.jax`), TensorFlow's tape; with others
there are none. All runs on the CPU, and float64 is the layer's own dtype policy.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from bncheck.errors import TargetError
from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers, defaults, kinds
from bncheck.targets.common.axes import ranks_with
from bncheck.targets.keras import norms, strangers
from bncheck.targets.keras.backends import Backend, chosen
from bncheck.targets.profiles import PROFILES

Kind: Any = keras.layers.BatchNormalization
INFERENCE: frozenset[Ability] = frozenset({"eval", "eval_backward"})


def recognises(target: object) -> bool:
    """Whether the target is a layer of Keras or a class of them."""
    return issubclass(kinds.kind_of(target), keras.layers.Layer)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``keras.layers.BatchNormalization``, or of a relative.

    ``promised`` is not needed: the layer itself says where its channels are. One with
    ``trainable=False`` is inference whatever it is told, so only that is tried. Any other layer is
    looked into (`bncheck.targets.keras.strangers`). Raises TargetError for batch renormalization.
    """
    kind = kinds.kind_of(target)
    if kind in norms.OWN:
        return norms.adapt(target, name)
    if not issubclass(kind, Kind):
        return strangers.implementation(target, name, promised)
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
    backend = chosen()
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

    def __init__(self, template: Any, case: Case, backend: type[Backend]) -> None:
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
