"""PyTorch: ``torch.nn.BatchNorm1d``, ``2d``, ``3d`` and modules with the same parts.

Modules are built or copied for each case, never changed where they are. Gradients are those of
autograd on the graph of the latest call.
"""

import copy
import functools
import inspect
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

import torch
from torch.autograd import forward_ad
from torch.func import functional_call

from bncheck.adapters import answers, probing
from bncheck.adapters.profiles import PROFILES
from bncheck.adapters.tensors import from_torch, to_torch
from bncheck.errors import TargetError, UsageError
from bncheck.formats import Array
from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State

# which ranks each takes, by its documentation
RANKS: dict[type, tuple[int, ...]] = {
    torch.nn.BatchNorm1d: (2, 3),
    torch.nn.BatchNorm2d: (4,),
    torch.nn.BatchNorm3d: (5,),
}
DTYPES = ("float32", "float64", "float16", "bfloat16")
PARTS = ("weight", "bias", "running_mean", "running_var", "eps", "momentum")

P = ParamSpec("P")
T = TypeVar("T")
Module = Any  # torch.nn.Module types its attributes as Tensor | Module


def recognises(target: object) -> bool:
    """Whether the target is a module or a class of modules."""
    kind = target if isinstance(target, type) else type(target)
    return issubclass(kind, torch.nn.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a module or its class.

    ``promised`` is not needed: channels are axis 1. Only torch's own classes promise torch's
    convention and half precision; a lookalike promises what its ``CONVENTION`` says.

    Raises TargetError for a module without the parts of a batch-norm layer.
    """
    kind = target if isinstance(target, type) else type(target)
    build = _builder(target, kind, name)
    module = build(3)
    missing = [part for part in PARTS if not hasattr(module, part)]
    if missing:
        raise TargetError(
            f"{name} is a module without {', '.join(missing)}, but should have the parts of "
            f"a torch.nn.BatchNorm1d: {', '.join(PARTS)}"
        )
    channels = None if isinstance(target, type) else _channels(module, name)
    if kind in RANKS:
        own = replace(PROFILES["torch"], dtypes=DTYPES)
    else:
        own = Convention.from_mapping(getattr(target, "CONVENTION", {}), f"{name}: CONVENTION")

    def make(case: Case) -> Layer:
        return _Living(build(case.channels), case).layer()

    return Implementation(
        name=name,
        make=make,
        abilities=_abilities(module, genuine=kind in RANKS),
        convention=own,
        domain=Domain(
            ranks=RANKS[kind] if kind in RANKS else _probed(make, name, channels or 3),
            channels=channels,
            dtypes=own.dtypes or Domain.dtypes,
            affine=module.weight is not None and module.bias is not None,
        ),
        origin=_origin(kind),
    )


def _builder(target: Any, kind: type, name: str) -> Callable[[int], Module]:
    """Return what makes a module for a number of channels, with nothing set yet."""
    if "Lazy" in kind.__name__:
        raise TargetError(
            f"{name} learns its number of channels from its first batch, so its parameters "
            f"cannot be set before; check {kind.__name__.replace('Lazy', '')} instead"
        )
    if issubclass(kind, torch.nn.SyncBatchNorm):
        raise TargetError(
            f"{name} needs a group of processes; check torch.nn.BatchNorm1d, 2d or 3d instead"
        )
    if not isinstance(target, type):
        return lambda channels: copy.deepcopy(target)
    try:
        target(3)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise TargetError(
            f"{name} could not be made as {kind.__name__}(3), for 3 channels: {text}; "
            "give a function without arguments that makes it"
        ) from error
    return lambda channels: target(channels)


def _channels(module: Module, name: str) -> int:
    for part in PARTS[:4]:
        tensor = getattr(module, part)
        if tensor is not None:
            return int(tensor.numel())
    known = getattr(module, "num_features", None)
    if isinstance(known, int):
        return known
    raise TargetError(f"{name} does not say how many channels it has; give it num_features")


def _abilities(module: Module, *, genuine: bool) -> frozenset[Ability]:
    affine = module.weight is not None and module.bias is not None
    running = module.running_mean is not None and module.running_var is not None
    there: dict[Ability, bool] = {
        "backward": True,
        "eval": running,  # without running statistics, torch evaluates with those of the batch
        "eval_backward": running,
        "running": running,
        "state_before_step": running,
        "jvp": True,
        "double_backward": affine,
        "cumulative": running and genuine,
    }
    return frozenset(ability for ability, has in there.items() if has)


def _probed(make: Callable[[Case], Layer], name: str, channels: int) -> tuple[int, ...]:
    reasons = probing.ranks(make, channels)
    taken = tuple(rank for rank, reason in reasons.items() if not reason)
    if not taken:
        reason = next(iter(reasons.values()))
        raise TargetError(f"{name} takes no array of rank 2 to 5; for rank 2: {reason}")
    return taken


class _Living:
    """One module, with the parts of a case put in."""

    def __init__(self, module: Module, case: Case) -> None:
        self.module = module
        module.eps = case.eps
        module.momentum = case.momentum
        for part, values in (("weight", case.gamma), ("bias", case.beta)):
            if getattr(module, part) is not None:
                setattr(module, part, torch.nn.Parameter(to_torch(values.copy())))
        for part, values in (
            ("running_mean", case.running_mean),
            ("running_var", case.running_var),
        ):
            if getattr(module, part) is not None:
                setattr(module, part, to_torch(values.copy()))
        self.latest: tuple[torch.Tensor, torch.Tensor] | None = None

    def layer(self) -> Layer:
        running = self.module.running_mean is not None
        affine = self.module.weight is not None and self.module.bias is not None
        return Layer(
            train=_one_thread(self.train),
            eval=_one_thread(self.eval) if running else None,
            backward=_one_thread(self.backward),
            state=self.state if running else None,
            jvp=_one_thread(self.jvp),
            double_backward=_one_thread(self.double_backward) if affine else None,
        )

    def train(self, x: Array) -> Array:
        self.module.train()
        return self._forward(x)

    def eval(self, x: Array) -> Array:
        self.module.eval()
        return self._forward(x)

    def _forward(self, x: Array) -> Array:
        tensor = to_torch(x).requires_grad_()
        y = self.module(tensor)
        self.latest = tensor, y
        return answers.array("forward", _array(y), x)

    def backward(self, dy: Array) -> Gradients:
        if self.latest is None:
            raise UsageError("backward(dy) was called before train(x) or eval(x)")
        x, y = self.latest
        parameters = [p for p in (self.module.weight, self.module.bias) if p is not None]
        # the graph is kept, so that a second call is answered; what y does not depend on has
        # the gradient 0, which is right or is for a law to find
        found = torch.autograd.grad(
            y, [x, *parameters], to_torch(dy), retain_graph=True, materialize_grads=True
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
            dual = forward_ad.make_dual(to_torch(x), to_torch(tangent))  # type: ignore[no-untyped-call] # torch
            y = self._pure(dual)
            derivative = forward_ad.unpack_dual(y).tangent  # type: ignore[no-untyped-call] # torch
        zero = torch.zeros_like(y)
        return answers.array("jvp", _array(zero if derivative is None else derivative), x)

    def double_backward(self, x: Array, dy: Array, w: Array) -> tuple[Array, Array, Array]:
        point, cotangent = to_torch(x).requires_grad_(), to_torch(dy).requires_grad_()
        (dx,) = torch.autograd.grad(self._pure(point), point, cotangent, create_graph=True)
        towards = [point, cotangent, self.module.weight]
        found = torch.autograd.grad(dx, towards, to_torch(w), materialize_grads=True)
        of_x, of_dy, of_gamma = (from_torch(gradient) for gradient in found)
        return of_x, of_dy, of_gamma

    def _pure(self, x: torch.Tensor) -> torch.Tensor:
        """Call in training mode on copies of the buffers, so that the layer stays as it is."""
        self.module.train()
        buffers = {name: buffer.clone() for name, buffer in self.module.named_buffers()}
        y: torch.Tensor = functional_call(self.module, buffers, (x,))
        return y


def _one_thread(call: Callable[P, T]) -> Callable[P, T]:
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


def _array(y: object) -> object:
    return from_torch(y) if isinstance(y, torch.Tensor) else y


def _origin(kind: type) -> str:
    try:
        return f"{inspect.getsourcefile(kind)}:{inspect.getsourcelines(kind)[1]}"
    except (OSError, TypeError):
        return ""
