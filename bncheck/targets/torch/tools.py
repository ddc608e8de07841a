"""A module of PyTorch with the parts of a case put in, as a living layer.

Gradients are those of autograd on the graph of the latest call.
"""

import contextlib
import functools
import itertools
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

import numpy as np
import torch
from torch.autograd import forward_ad

from bncheck.model import Case, Gradients, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers
from bncheck.targets.common.living import latest
from bncheck.targets.torch import compiled
from bncheck.targets.torch.parts import Parts, of_torch
from bncheck.targets.torch.tensors import from_torch, to_torch

P = ParamSpec("P")
T = TypeVar("T")
Module = Any  # torch.nn.Module types its attributes as Tensor | Module


@dataclass(frozen=True)
class Handling:
    """How modules of one kind are given a case, and called.

    parts: where they are; flags: arguments of ``forward`` with their values in training and in
        inference; axis: of channels
    own: the module is torch's own; another is converted to the case's dtype, with all it holds
    without_grad: inference is told by ``torch.no_grad()``, not by ``module.eval()``
    strict: what is not connected to x is no answer, instead of 0
    """

    parts: Parts
    flags: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    axis: int = 1
    own: bool = False
    without_grad: bool = False
    strict: bool = False

    @property
    def running(self) -> bool:
        """Whether there are running statistics."""
        return self.parts.has("running_mean", "running_var")

    @property
    def affine(self) -> bool:
        """Whether there are both gamma and beta."""
        return self.parts.has("gamma", "beta")


def layer_of(module: Module, case: Case, handling: Handling | None = None) -> Layer:
    """Put the parts of a case into a module, which is then the layer's own.

    Without a handling, the module has the parts of one of torch's own.
    """
    return Living(module, case, handling or Handling(of_torch(module), own=True)).layer()


def device_of(module: Module) -> torch.device:
    """Return where a module's tensors are, else torch's default device.

    So a layer is checked on the GPU by giving it there, ``BatchNorm2d(8).cuda()``.
    """
    held: Iterator[torch.Tensor] = itertools.chain(module.parameters(), module.buffers())
    found = next((tensor.device for tensor in held), None)
    return torch.get_default_device() if found is None else found


class Living:
    """One module, with the parts of a case put in."""

    def __init__(self, module: Module, case: Case, handling: Handling) -> None:
        """Put them in; eps and momentum that the constructor took are there already."""
        self.module, self.handling = module, handling
        self.device = device_of(module)
        self.parts = handling.parts
        if not handling.own:
            module.to(self._tensor(case.gamma.copy()).dtype)
        for role, value in (("eps", case.eps), ("momentum", case.momentum)):
            for place in self.parts.numbers.get(role, ()):
                place.set_number(module, value)
        values = {"gamma": case.gamma, "beta": case.beta}
        values |= {"running_mean": case.running_mean, "running_var": case.running_var}
        for role, places in self.parts.tensors.items():
            for place in places:
                place.fill(module, self._tensor(values[role].copy()))
        self.latest: tuple[torch.Tensor, torch.Tensor] | None = None

    def layer(self) -> Layer:
        """Return what can be asked of it."""
        running, affine = self.handling.running, self.handling.parts.has("gamma")
        settled = _compiling if compiled.compiles(self.module) else one_thread
        return Layer(
            train=settled(self.train),
            eval=settled(self.eval) if running else None,
            backward=settled(self.backward),
            state=self.state if running else None,
            jvp=settled(self.jvp),
            double_backward=settled(self.double_backward) if affine else None,
            state_carries_graph=self.state_carries_graph if running else None,
        )

    def train(self, x: Array) -> Array:
        """Call it in training mode."""
        self.module.train()
        return self._forward(x, 0)

    def eval(self, x: Array) -> Array:
        """Call it in inference mode."""
        self.module.eval()
        with torch.no_grad() if self.handling.without_grad else contextlib.nullcontext():
            return self._forward(x, 1)

    def _forward(self, x: Array, mode: int) -> Array:
        tensor = self._tensor(x).requires_grad_()
        y = self._call(tensor, mode)
        self.latest = tensor, y
        return answers.array("forward", _array(y), x)

    def _call(self, x: torch.Tensor, mode: int) -> torch.Tensor:
        """Call the module on x, whose channels are axis 1."""
        axis = self.handling.axis
        flags = {name: values[mode] for name, values in self.handling.flags.items()}
        y = self.module(x if axis == 1 else x.movedim(1, axis), **flags)
        if isinstance(y, tuple | list) and y and isinstance(y[0], torch.Tensor):
            y = y[0]  # the statistics, too
        if axis != 1 and isinstance(y, torch.Tensor) and y.dim() == x.dim():
            y = y.movedim(axis, 1)
        return y  # type: ignore[no-any-return] # what it is, the caller looks at

    def backward(self, dy: Array) -> Gradients:
        """Differentiate the latest call."""
        x, y = latest(self.latest)
        if not y.requires_grad:
            raise NotImplementedError("the output is not connected to anything by autograd")
        there = {"dgamma": self._trained("gamma"), "dbeta": self._trained("beta")}
        parameters = {name: part for name, part in there.items() if part is not None}
        # the graph is kept, so that a second call is answered; what y does not depend on has
        # the gradient 0, which is right or is for a law to find
        towards = [x, *parameters.values()]
        dx, *others = torch.autograd.grad(
            y, towards, self._tensor(dy), retain_graph=True, materialize_grads=True
        )
        vectors = (from_torch(gradient.reshape(-1)) for gradient in others)
        return Gradients(from_torch(dx), **dict(zip(parameters, vectors, strict=True)))

    def _trained(self, role: str) -> torch.Tensor | None:
        tensor = self.parts.tensor(self.module, role)
        return tensor if tensor is not None and tensor.requires_grad else None

    def state(self) -> State:
        """Return the running statistics, each ``(C,)`` whatever form it is kept in."""
        mean, var = (_vector(held) for held in self._statistics())
        return State(mean, var)

    def state_carries_graph(self) -> bool:
        """Whether the running statistics hold on to the graph of a batch."""
        return any(t.grad_fn is not None for t in self._statistics())

    def _statistics(self) -> list[torch.Tensor]:
        roles = ("running_mean", "running_var")
        return [t for r in roles if (t := self.parts.tensor(self.module, r)) is not None]

    def jvp(self, x: Array, tangent: Array) -> Array:
        """Differentiate in forward mode."""
        with forward_ad.dual_level(), warnings.catch_warnings():
            # torch's own: its rules for forward mode are compiled with what it deprecates
            warnings.simplefilter("ignore", DeprecationWarning)
            dual = forward_ad.make_dual(self._tensor(x), self._tensor(tangent))  # type: ignore[no-untyped-call] # torch
            y = self._pure(dual)
            derivative = forward_ad.unpack_dual(y).tangent  # type: ignore[no-untyped-call] # torch
        if derivative is None and self.handling.strict:
            raise NotImplementedError("y is not connected to x in forward mode")
        zero = torch.zeros_like(y)
        return answers.array("jvp", _array(zero if derivative is None else derivative), x)

    def double_backward(self, x: Array, dy: Array, w: Array) -> tuple[Array, Array, Array]:
        """Differentiate dx."""
        point, cotangent = (self._tensor(a).requires_grad_() for a in (x, dy))
        (dx,) = torch.autograd.grad(self._pure(point), point, cotangent, create_graph=True)
        gamma: Any = self.parts.tensor(self.module, "gamma")  # asked only where there is one
        towards = [point, cotangent, gamma]
        grad: Any = torch.autograd.grad  # typed as if gradients were never None
        found = grad(dx, towards, self._tensor(w), allow_unused=True)
        if found[0] is None and self.handling.strict:
            raise NotImplementedError("dx is not connected to x")
        of_x, of_dy, of_gamma = (
            torch.zeros_like(at) if gradient is None else gradient
            for gradient, at in zip(found, towards, strict=True)
        )
        return from_torch(of_x), from_torch(of_dy), from_torch(of_gamma.reshape(-1))

    def _pure(self, x: torch.Tensor) -> torch.Tensor:
        """Call in training mode on copies of what it keeps, so that the layer stays as it is."""
        self.module.train()
        with self._untouched():
            return self._call(x, 0)

    @contextlib.contextmanager
    def _untouched(self) -> Iterator[None]:
        """Give the module copies of its buffers and statistics, and its own back at the end."""
        buffers = [(m, n, b) for m in self.module.modules() for n, b in m._buffers.items()]
        places = [p for r in ("running_mean", "running_var") for p in self.parts.tensors.get(r, ())]
        kept = [(place, place.get(self.module)) for place in places]
        for module, name, buffer in buffers:
            module._buffers[name] = None if buffer is None else buffer.detach().clone()
        for place, tensor in kept:
            if not isinstance(tensor, torch.nn.Parameter):
                place.put(self.module, tensor.detach().clone())
        try:
            yield
        finally:
            for module, name, buffer in buffers:
                module._buffers[name] = buffer
            for place, tensor in kept:
                place.put(self.module, tensor)

    def _tensor(self, values: Array) -> torch.Tensor:
        return to_torch(values, self.device)


def one_thread(call: Callable[P, T]) -> Callable[P, T]:
    """Run torch on one thread during a call, with gradients, and leave the process as it was.

    The number of threads decides the order of summation, so findings would depend on the
    machine; and on small arrays waiting for a second thread takes far longer than the work.
    A file may have turned gradients off for its own use, ``torch.set_grad_enabled(False)``, and
    looking for anomalies takes a NaN that belongs there for one.
    """

    @functools.wraps(call)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with (
                torch.inference_mode(False),
                torch.enable_grad(),
                torch.autograd.set_detect_anomaly(False),
            ):
                return call(*args, **kwargs)
        finally:
            torch.set_num_threads(threads)

    return wrapped


def _compiling(call: Callable[P, T]) -> Callable[P, T]:
    return one_thread(compiled.lifted()(call))


def _vector(tensor: torch.Tensor) -> Array:
    return np.array(from_torch(tensor)).reshape(-1)


def _array(y: object) -> object:
    return from_torch(y) if isinstance(y, torch.Tensor) else y
