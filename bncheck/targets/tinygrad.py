"""tinygrad: ``tinygrad.nn.BatchNorm``, the class or an instance with other settings.

Channels are axis 1. All runs on tinygrad's CPU device, which compiles every operation for every
shape and so needs a compiler; gradients are those of ``Tensor.gradient``.
"""

import copy
from collections.abc import Callable
from typing import Any

from tinygrad import Context, Tensor, dtypes, nn

from bncheck.errors import RAISED, TargetError, told
from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers, kinds, living
from bncheck.targets.profiles import PROFILES

DEVICE = "CPU"
# one thread, since their number may decide the order of summation, and no processes to compile in,
# which take longer to start than such small programs to compile
ALONE = {"NUM_CPU_THREADS": 1, "PARALLEL": 0}


def recognises(target: object) -> bool:
    """Whether the target is a layer of tinygrad or a class of them."""
    kind = kinds.kind_of(target)
    return issubclass(kind, nn.BatchNorm) or kind.__module__ == nn.__name__


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``tinygrad.nn.BatchNorm``.

    ``promised`` is not needed: channels are axis 1. Raises TargetError for other layers, and
    where tinygrad has no compiler.
    """
    kind = kinds.expected(target, nn.BatchNorm, name, "a tinygrad.nn.BatchNorm")
    try:
        with Context(**ALONE):
            (Tensor([1.0], device=DEVICE) + 1).realize()
    except RAISED as error:
        raise TargetError(
            f"{name} cannot be run on tinygrad's device {DEVICE}: {told(error)[:200]}; "
            "it needs clang, or what CC names"
        ) from error
    made = isinstance(target, type)
    bare = target(3) if made else target
    affine, running = bare.weight is not None, bool(bare.track_running_stats)
    abilities: set[Ability] = {"backward"}
    if running:
        abilities |= living.RUNNING

    def build(channels: int) -> Any:
        return target(channels) if made else copy.copy(target)  # its tensors are then replaced

    return Implementation(
        name=name,
        make=lambda case: _Living(build, case, affine=affine, running=running).layer(),
        abilities=frozenset(abilities),
        convention=PROFILES["tinygrad"] if kind is nn.BatchNorm and running else Convention(),
        domain=Domain(
            channels=None if made or not (affine or running) else _channels(bare, affine),
            affine=affine,
            strided=False,  # tensors are contiguous copies
            few_shapes=True,
        ),
        origin=kinds.source(kind),
        defaults={"eps": bare.eps, "momentum": bare.momentum},
    )


def _channels(layer: Any, affine: bool) -> int:
    return int((layer.weight if affine else layer.running_mean).shape[0])


class _Living:
    """One layer with the parts of a case put in."""

    def __init__(
        self, build: Callable[[int], Any], case: Case, *, affine: bool, running: bool
    ) -> None:
        self.affine, self.running = affine, running
        self.latest: tuple[Any, Any] | None = None
        self.module = build(case.channels)
        self.module.eps, self.module.momentum = case.eps, case.momentum
        self.module.num_batches_tracked = Tensor.zeros(dtype=dtypes.long, device=DEVICE)
        if affine:
            self.module.weight, self.module.bias = _tensor(case.gamma), _tensor(case.beta)
        if running:
            self.module.running_mean = _tensor(case.running_mean).is_param_(False)
            self.module.running_var = _tensor(case.running_var).is_param_(False)

    def layer(self) -> Layer:
        return living.layer(self._call, self.backward, self.state, running=self.running)

    def backward(self, dy: Array) -> Gradients:
        x, y = living.latest(self.latest)
        parameters = [self.module.weight, self.module.bias] if self.affine else []
        with Context(**ALONE):
            found = y.gradient(x, *parameters, gradient=_tensor(dy))
            Tensor.realize(*found)  # together, so that they share what they can
            dx, *others = (gradient.numpy() for gradient in found)
        return Gradients(dx, *others)

    def state(self) -> State:
        with Context(**ALONE):
            return State(self.module.running_mean.numpy(), self.module.running_var.numpy())

    def _call(self, x: Array, *, training: bool) -> Array:
        point = _tensor(x)
        with Context(TRAINING=int(training), **ALONE):
            y = self.module(point)
            self.latest = point, y
            found = y.contiguous()  # a copy: a tensor that is computed itself loses its graph
            Tensor.realize(found, *self._statistics())
            return answers.array("BatchNorm", found.numpy(), x)

    def _statistics(self) -> list[Any]:
        return [self.module.running_mean, self.module.running_var] if self.running else []


def _tensor(array: Array) -> Any:
    return Tensor(array.copy(order="C"), device=DEVICE)
