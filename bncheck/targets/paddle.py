"""PaddlePaddle: ``paddle.nn.BatchNorm1D``, ``2D``, ``3D`` and ``BatchNorm``.

Layers are built or copied for each case and made float64 where x is. Gradients are those of
``paddle.grad`` on the graph of the latest call. All runs on the CPU, which has no half precision.
"""

import contextlib
import copy
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import paddle

from bncheck.errors import TargetError
from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.arrays import in_c_order
from bncheck.model.formats import Array
from bncheck.targets.common import answers, kinds
from bncheck.targets.common.living import latest
from bncheck.targets.profiles import PROFILES

nn: Any = paddle.nn
# which ranks each takes, by its documentation
RANKS: dict[type, tuple[int, ...]] = {
    nn.BatchNorm1D: (2, 3),
    nn.BatchNorm2D: (4,),
    nn.BatchNorm3D: (5,),
    nn.BatchNorm: (2, 3, 4, 5),
}
Pair = tuple[Any, Any]  # tensors


def recognises(target: object) -> bool:
    """Whether the target is a layer of PaddlePaddle or a class of them."""
    return issubclass(kinds.kind_of(target), nn.Layer)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of one of the four layers; ``data_format`` says where channels are.

    ``promised`` is not needed. Raises TargetError for other layers, and for one that normalizes
    training batches by running statistics or applies an activation.
    """
    kind = kinds.kind_of(target)
    ranks = next((RANKS[base] for base in kind.__mro__ if base in RANKS), None)
    if ranks is None:
        known = ", ".join(base.__name__ for base in RANKS)
        raise TargetError(f"{name} is a {kind.__name__}, but should be a paddle.nn layer: {known}")
    with _ready():
        bare = target(3) if isinstance(target, type) else target
    for setting, only in (("_use_global_stats", "False or None"), ("_act", "None")):
        if getattr(bare, setting, None):
            raise TargetError(
                f"{name} has {setting[1:]}={getattr(bare, setting)!r}, which is not batch "
                f"normalization of the batch; check one with {setting[1:]}={only}"
            )
    layout = getattr(bare, "_data_layout", None) or bare._data_format
    axis = 1 if layout[1] == "C" else -1
    affine = bare.weight is not None and bare.bias is not None
    abilities: set[Ability] = {"backward", "running", "state_before_step"}
    if affine:
        abilities.add("double_backward")
    if _evaluates_with_running_statistics(bare):
        abilities |= {"eval", "eval_backward"}

    def build(channels: int) -> Any:
        return target(channels) if isinstance(target, type) else copy.deepcopy(target)

    return Implementation(
        name=name,
        make=lambda case: _Living(build, case, axis).layer(),
        abilities=frozenset(abilities),
        convention=replace(PROFILES["paddle"], channel_axis=axis)
        if kind in RANKS
        else Convention(channel_axis=axis),
        domain=Domain(
            ranks=ranks,
            channels=None if isinstance(target, type) else int(bare._mean.shape[0]),
            affine=affine,
            strided=False,  # tensors are contiguous copies
        ),
        origin=kinds.source(kind),
        defaults={"eps": bare._epsilon, "momentum": bare._momentum},
    )


def _evaluates_with_running_statistics(layer: Any) -> bool:
    if hasattr(layer, "_trainable_statistics"):  # paddle.nn.BatchNorm
        return not layer._trainable_statistics
    return layer._use_global_stats is not False  # False: by those of the batch in both modes


class _Living:
    """One layer with the parts of a case put in, in the dtype of x."""

    def __init__(self, build: Callable[[int], Any], case: Case, axis: int) -> None:
        self.axis = axis
        self.latest: Pair | None = None
        with _ready():
            self.module = build(case.channels)
            self.module.to(dtype=case.dtype)
            self.module._epsilon, self.module._momentum = case.eps, case.momentum
            for part, values in (
                ("weight", case.gamma),
                ("bias", case.beta),
                ("_mean", case.running_mean),
                ("_variance", case.running_var),
            ):
                if getattr(self.module, part) is not None:
                    getattr(self.module, part).set_value(values)

    def layer(self) -> Layer:
        return Layer(
            train=lambda x: self._call(x, training=True),
            eval=(lambda x: self._call(x, training=False))
            if _evaluates_with_running_statistics(self.module)
            else None,
            backward=self.backward,
            state=self.state,
            double_backward=self.double_backward,
        )

    def backward(self, dy: Array) -> Gradients:
        x, y = latest(self.latest)
        parts = {"dgamma": self.module.weight, "dbeta": self.module.bias}
        there = {name: part for name, part in parts.items() if part is not None}
        with _ready():
            # the graph is kept, so that a second call is answered
            towards, cotangent = [x, *there.values()], [self._tensor(dy)]
            dx, *others = paddle.grad([y], towards, cotangent, retain_graph=True)
        # no gradient is what optimizers leave a parameter alone for, as for 0
        found = {
            name: np.zeros_like(part.numpy()) if gradient is None else gradient.numpy()
            for (name, part), gradient in zip(there.items(), others, strict=True)
        }
        return Gradients(self._array(dx), **found)

    def state(self) -> State:
        return State(self.module._mean.numpy().copy(), self.module._variance.numpy().copy())

    def double_backward(self, x: Array, dy: Array, w: Array) -> tuple[Array, Array, Array]:
        point, cotangent = self._variable(x), self._variable(dy)
        kept = self.state()
        with _ready():
            self.module.train()
            y = self.module(point)
            (dx,) = paddle.grad([y], [point], [cotangent], create_graph=True)
            towards = [point, cotangent, self.module.weight]
            of_x, of_dy, of_gamma = paddle.grad([dx], towards, [self._tensor(w)])
            self.module._mean.set_value(kept.mean)
            self.module._variance.set_value(kept.var)
        return self._array(of_x), self._array(of_dy), of_gamma.numpy()

    def _call(self, x: Array, *, training: bool) -> Array:
        point = self._variable(x)
        with _ready():
            self.module.train() if training else self.module.eval()
            y = self.module(point)
        self.latest = point, y
        return answers.array("BatchNorm", self._array(y), x)

    def _variable(self, array: Array) -> Any:
        tensor = self._tensor(array)
        tensor.stop_gradient = False
        return tensor

    def _tensor(self, array: Array) -> Any:
        moved = in_c_order(np.moveaxis(array, 1, self.axis))
        return paddle.to_tensor(moved, place=paddle.CPUPlace())

    def _array(self, tensor: Any) -> Array:
        return np.moveaxis(tensor.numpy(), self.axis, 1)


@contextlib.contextmanager
def _ready() -> Iterator[None]:
    """On the CPU, without the warning of every training step that statistics are tracked."""
    device = paddle.get_device()
    paddle.set_device("cpu")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        paddle.set_device(device)
