"""What the JAX frameworks share: a layer as a pure function, made into a living layer.

Operations are run one by one, as in a call outside of ``jax.jit``; `jitted` compiles instead.
float64 needs JAX's 64-bit mode, which is on during calls with float64 only.
"""

import contextlib
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from bncheck.errors import UsageError
from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers, kinds
from bncheck.targets.common.living import RUNNING, latest
from bncheck.targets.jax.programs import Call, Programs, Run, programs
from bncheck.targets.jax.templates import Setting

Statistics = tuple[Any, Any]


def _same(mean: Any, var: Any) -> Statistics:
    return mean, var


@dataclass(frozen=True)
class PureLayer:
    """A framework's layer as a pure function, in the framework's own layout.

    call: ``(setting, x, gamma, beta, state) -> y, state``, where channels are axis ``axis``
    start: ``(mean, var) -> state``, any tree of arrays; read: the running statistics in a state,
        as inference uses them, or None where there are none
    uses: which of gamma and beta it has; others are ignored
    shifted: whether normalizations of its kind have a beta
    whole: gamma and beta have the shape of a sample, not ``(P,)``
    uniform: it is known code, which decides nothing by a size, eps or momentum, so that one trace
        serves for many (see `bncheck.targets.jax.templates`)
    jit: each function is one compiled program, as under ``jax.jit``
    """

    call: Call
    axis: int
    start: Callable[[Any, Any], Any] = _same
    read: Callable[[Any], Statistics] | None = lambda state: state
    uses: tuple[str, ...] = ("gamma", "beta")
    shifted: bool = True
    whole: bool = False
    uniform: bool = False
    jit: bool = False

    @property
    def affine(self) -> bool:
        """Whether it has gamma, and beta where there can be one."""
        return "gamma" in self.uses and ("beta" in self.uses or not self.shifted)

    def __call__(self, case: Case) -> Layer:
        """Make a living layer with the parts of a case."""
        return _Living(self, case).layer()


def implementation(
    pure: PureLayer,
    *,
    name: str,
    convention: Convention,
    domain: Domain,
    origin: object,
    defaults: Mapping[str, float],
) -> Implementation:
    """Make an implementation of a pure layer; ``origin`` is the class or function it is."""
    code = inspect.unwrap(origin) if callable(origin) else origin
    return Implementation(
        name=name,
        make=pure,
        abilities=abilities(pure),
        convention=convention,
        # JAX has no strides, and compiles for each shape
        domain=replace(domain, affine=pure.affine, strided=False, few_shapes=True),
        origin=kinds.source(code),
        defaults=defaults,
    )


def abilities(pure: PureLayer) -> frozenset[Ability]:
    """Return what a pure layer can do, by what it has."""
    there: set[Ability] = {"backward", "jvp"}
    if pure.read is not None:
        there |= RUNNING
    if pure.affine:
        there |= {"double_backward"}
    return frozenset(there)


def used(*, gamma: bool, beta: bool) -> tuple[str, ...]:
    """Return ``PureLayer.uses`` of a layer that has gamma, beta, both or neither."""
    return ("gamma",) * bool(gamma) + ("beta",) * bool(beta)


def jitted(given: Implementation) -> Implementation:
    """Return the same implementation with each of its functions under ``jax.jit``.

    Raises UsageError for an implementation that is not of a JAX framework.
    """
    if not isinstance(given.make, PureLayer):
        raise UsageError(f"{given.name} is not a layer of a JAX framework, so jit is not for it")
    return replace(given, name=f"{given.name} under jit", make=replace(given.make, jit=True))


class _Living:
    """The parts of a case, and what a training loop keeps between calls."""

    def __init__(self, pure: PureLayer, case: Case) -> None:
        self.pure, self.case = pure, case
        self.wide = _precision(case.x)
        with self.wide():
            sample = case.x.shape[1:] if pure.whole else -1
            self.parameters = tuple(_kept(p.reshape(sample)) for p in (case.gamma, case.beta))
            self.now = pure.start(_kept(case.running_mean), _kept(case.running_var))
        self.latest: Run | None = None

    def layer(self) -> Layer:
        running = self.pure.read is not None
        return Layer(
            train=self.train,
            eval=self.eval if running else None,
            backward=self.backward,
            state=self.state if running else None,
            jvp=self.jvp,
            double_backward=self.double_backward if self.pure.affine else None,
        )

    def train(self, x: Array) -> Array:
        y, self.now = self._forward(x, training=True)
        return y

    def eval(self, x: Array) -> Array:
        return self._forward(x, training=False)[0]

    def _forward(self, x: Array, *, training: bool) -> tuple[Array, Any]:
        with self.wide():
            arrays = self._to_jax(x), *self.parameters, self.now
            self.latest = self.programs.forward(self._setting(training), *arrays)
            y, state = self.latest.answer
        return answers.array("the layer", self._from_jax(y), x), state

    def backward(self, dy: Array) -> Gradients:
        call = latest(self.latest)
        with self.wide():
            dx, dgamma, dbeta = call.gradients(self._to_jax(dy))
        uses = self.pure.uses
        return Gradients(
            self._from_jax(dx),
            dgamma=np.array(dgamma) if "gamma" in uses else None,
            dbeta=np.array(dbeta) if "beta" in uses else None,
        )

    def state(self) -> State:
        if self.pure.read is None:
            raise UsageError("the layer has no running statistics")
        with self.wide():
            mean, var = self.pure.read(self.now)
        return State(np.array(mean), np.array(var))

    def jvp(self, x: Array, tangent: Array) -> Array:
        with self.wide():
            arrays = self._to_jax(x), *self.parameters, self.now, self._to_jax(tangent)
            derivative = self.programs.jvp(self._setting(training=True), *arrays)
        return answers.array("jvp", self._from_jax(derivative), x)

    def double_backward(self, x: Array, dy: Array, w: Array) -> tuple[Array, Array, Array]:
        double, setting = self.programs.double_backward, self._setting(training=True)
        with self.wide():
            cotangents = self._to_jax(dy), self._to_jax(w)
            arrays = self._to_jax(x), *self.parameters, self.now, *cotangents
            of_x, of_dy, of_gamma = double(setting, *arrays)
        return self._from_jax(of_x), self._from_jax(of_dy), np.array(of_gamma)

    def _to_jax(self, array: Array) -> Any:
        """Copy into the framework's layout; in NumPy, as it is no operation of the framework."""
        return _kept(array.transpose(_moving(array.ndim, 1, self.pure.axis)))

    def _from_jax(self, array: Any) -> Array:
        # a copy: what is kept for the gradients is not handed out
        found = np.asarray(array)
        if found.ndim < 2:
            return found  # no answer of a layer: whoever asked says so
        return np.array(found.transpose(_moving(found.ndim, self.pure.axis, 1)), order="C")

    @property
    def programs(self) -> Programs:
        pure = self.pure
        return programs(pure.call, pure.axis, pure.uniform, pure.jit)

    def _setting(self, training: bool) -> Setting:
        return Setting(self.case.eps, self.case.momentum, training)


@functools.cache
def _moving(rank: int, source: int, destination: int) -> tuple[int, ...]:
    """Return the order of axes as ``numpy.moveaxis`` makes it."""
    order = [axis for axis in range(rank) if axis != source % rank]
    order.insert(destination % rank, source % rank)
    return tuple(order)


def _kept(array: Array) -> Array:
    """Copy into an array that cannot be written to, as those of JAX; operations take it as one."""
    copy = np.array(array, order="C")
    copy.flags.writeable = False
    return copy


def _precision(x: Array) -> Callable[[], contextlib.AbstractContextManager[Any]]:
    if x.dtype == np.float64:
        return lambda: jax.enable_x64(True)
    return contextlib.nullcontext
