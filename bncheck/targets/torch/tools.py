"""A module of PyTorch with the parts of a case put in, as a living layer.

Gradients are those of autograd on the graph of the latest call.
"""

import functools
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import torch
from torch.autograd import forward_ad
from torch.func import functional_call

from bncheck.model import Case, Gradients, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers
from bncheck.targets.common.living import latest
from bncheck.targets.torch import compiled
from bncheck.targets.torch.tensors import from_torch, to_torch

P = ParamSpec("P")
T = TypeVar("T")
PARTS = ("weight", "bias", "running_mean", "running_var")
Module = Any  # torch.nn.Module types its attributes as Tensor | Module


def layer_of(module: Module, case: Case) -> Layer:
    """Put the parts of a case into a module, which is then the layer's own."""
    return _Living(module, case).layer()


def device_of(module: Module) -> torch.device:
    """Return where a module's parts are, else torch's default device.

    So a layer is checked on the GPU by giving it there, ``BatchNorm2d(8).cuda()``.
    """
    parts = (getattr(module, part) for part in PARTS)
    found = next((part.device for part in parts if part is not None), None)
    return torch.get_default_device() if found is None else found


class _Living:
    """One module, with the parts of a case put in."""

    def __init__(self, module: Module, case: Case) -> None:
        self.module = module
        self.device = device_of(module)
        module.eps = case.eps
        module.momentum = case.momentum
        for part, values in (("weight", case.gamma), ("bias", case.beta)):
            if getattr(module, part) is not None:
                setattr(module, part, torch.nn.Parameter(self._tensor(values.copy())))
        for part, values in (
            ("running_mean", case.running_mean),
            ("running_var", case.running_var),
        ):
            if getattr(module, part) is not None:
                setattr(module, part, self._tensor(values.copy()))
        self.latest: tuple[torch.Tensor, torch.Tensor] | None = None

    def _tensor(self, values: Array) -> torch.Tensor:
        return to_torch(values, self.device)

    def layer(self) -> Layer:
        running = self.module.running_mean is not None
        affine = self.module.weight is not None and self.module.bias is not None
        settled = _compiling if compiled.compiles(self.module) else one_thread
        return Layer(
            train=settled(self.train),
            eval=settled(self.eval) if running else None,
            backward=settled(self.backward),
            state=self.state if running else None,
            jvp=settled(self.jvp),
            double_backward=settled(self.double_backward) if affine else None,
        )

    def train(self, x: Array) -> Array:
        self.module.train()
        return self._forward(x)

    def eval(self, x: Array) -> Array:
        self.module.eval()
        return self._forward(x)

    def _forward(self, x: Array) -> Array:
        tensor = self._tensor(x).requires_grad_()
        y = self.module(tensor)
        self.latest = tensor, y
        return answers.array("forward", _array(y), x)

    def backward(self, dy: Array) -> Gradients:
        x, y = latest(self.latest)
        parameters = [p for p in (self.module.weight, self.module.bias) if p is not None]
        # the graph is kept, so that a second call is answered; what y does not depend on has
        # the gradient 0, which is right or is for a law to find
        found = torch.autograd.grad(
            y, [x, *parameters], self._tensor(dy), retain_graph=True, materialize_grads=True
        )
        dx, *others = (from_torch(gradient) for gradient in found)
        return Gradients(dx, *others)

    def state(self) -> State:
        mean, var = self.module.running_mean, self.module.running_var
        return State(from_torch(mean).copy(), from_torch(var).copy())

    def jvp(self, x: Array, tangent: Array) -> Array:
        with forward_ad.dual_level(), warnings.catch_warnings():
            # torch's own: its rules for forward mode are compiled with what it deprecates
            warnings.simplefilter("ignore", DeprecationWarning)
            dual = forward_ad.make_dual(self._tensor(x), self._tensor(tangent))  # type: ignore[no-untyped-call] # torch
            y = self._pure(dual)
            derivative = forward_ad.unpack_dual(y).tangent  # type: ignore[no-untyped-call] # torch
        zero = torch.zeros_like(y)
        return answers.array("jvp", _array(zero if derivative is None else derivative), x)

    def double_backward(self, x: Array, dy: Array, w: Array) -> tuple[Array, Array, Array]:
        point, cotangent = (self._tensor(a).requires_grad_() for a in (x, dy))
        (dx,) = torch.autograd.grad(self._pure(point), point, cotangent, create_graph=True)
        towards = [point, cotangent, self.module.weight]
        found = torch.autograd.grad(dx, towards, self._tensor(w), materialize_grads=True)
        of_x, of_dy, of_gamma = (from_torch(gradient) for gradient in found)
        return of_x, of_dy, of_gamma

    def _pure(self, x: torch.Tensor) -> torch.Tensor:
        """Call in training mode on copies of the buffers, so that the layer stays as it is."""
        self.module.train()
        buffers = {name: buffer.clone() for name, buffer in self.module.named_buffers()}
        y: torch.Tensor = functional_call(self.module, buffers, (x,))
        return y


def one_thread(call: Callable[P, T]) -> Callable[P, T]:
    """Run torch on one thread during a call, and leave the process as it was.

    The number of threads decides the order of summation, so findings would depend on the
    machine; and on small arrays waiting for a second thread takes far longer than the work.
    """

    @functools.wraps(call)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return call(*args, **kwargs)
        finally:
            torch.set_num_threads(threads)

    return wrapped


def _compiling(call: Callable[P, T]) -> Callable[P, T]:
    return one_thread(compiled.lifted()(call))


def _array(y: object) -> object:
    return from_torch(y) if isinstance(y, torch.Tensor) else y
