"""Asking a target: every call is guarded, and what is no answer becomes `TargetRaised`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np

from bncheck.errors import TargetRaised, told
from bncheck.model import Case, Gradients, Layer, State
from bncheck.model.formats import Array, is_float

T = TypeVar("T")

TRAINING = "forward in training mode"


class Inapplicable(Exception):
    """A law does not speak about this case; ``reason`` as in the contract, where it is lasting."""

    def __init__(self, reason: str = "") -> None:
        """Keep the reason: the contract's word for a skip, or nothing for just this case."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Guard:
    """Stands around every call of the target: the worker sets a timer, tests set nothing.

    catches: what counts as the target's answer; in a process of its own that is everything, in
    the user's process Ctrl-C is not
    """

    enter: Callable[[str], None] = lambda where: None
    leave: Callable[[], None] = lambda: None
    catches: tuple[type[BaseException], ...] = (Exception, SystemExit)

    def call(self, where: str, function: Callable[..., Any], *args: Any) -> Any:
        """Call the target's code; what it raises becomes `TargetRaised`."""
        self.enter(where)
        try:
            with np.errstate():  # a target that changes how errors are treated does so for itself
                return function(*args)
        except TargetRaised as error:
            raise TargetRaised(error.kind, error.message, where) from error
        except self.catches as error:
            raise TargetRaised(type(error).__name__, told(error), where) from error
        finally:
            self.leave()


@dataclass(frozen=True)
class Answers:
    """What the target returned for one case, in training or in inference mode."""

    y: Array
    gradients: Gradients | None
    state: State | None


@contextmanager
def blaming(case: Case) -> Iterator[None]:
    """Note on which case the target raised: a law's variant may be what it cannot take."""
    try:
        yield
    except TargetRaised as error:
        error.case = error.case or case
        raise


def present(part: T | None) -> T:
    """Return a part of a layer or of its answer, or leave the law where the target has none."""
    if part is None:
        raise Inapplicable("ability")
    return part


def guarded(layer: Layer, guard: Guard) -> Layer:
    """Put the guard around every call of a layer, and check what it answers."""

    def forward(where: str, function: Callable[[Array], Array]) -> Callable[[Array], Array]:
        return lambda x: _array(where, guard.call(where, function, x), x.shape)

    def backward(dy: Array) -> Gradients:
        given = guard.call("backward", cast(Any, layer.backward), dy)
        if not isinstance(given, Gradients):
            raise TargetRaised(
                "type", f"backward returned {_kind(given)}, but should return Gradients"
            )
        _array("backward (dx)", given.dx, dy.shape)
        return given

    def state() -> State:
        given = guard.call("state", cast(Any, layer.state))
        if not isinstance(given, State):
            raise TargetRaised("type", f"state returned {_kind(given)}, but should return a State")
        return given

    def carries() -> bool:
        return bool(guard.call("state", cast(Any, layer.state_carries_graph)))

    def adding(x: Array, residual: Array) -> Array:
        where = "forward with a residual"
        return _array(where, guard.call(where, cast(Any, layer.adding), x, residual), x.shape)

    def residual(x: Array, other: Array) -> tuple[Array, Array | None]:
        where = "the residual form"
        given = guard.call(where, cast(Any, layer.residual), x, other)
        if not isinstance(given, tuple) or len(given) != 2:
            raise TargetRaised("type", f"{where} returned {_kind(given)}, but should return two")
        y = _array(f"{where} (y)", given[0], x.shape)
        return y, None if given[1] is None else _array(f"{where} (sum)", given[1], x.shape)

    def residual_backward(dy: Array, by_sum: Array) -> tuple[Array, Array]:
        where = "backward of the residual form"
        given = guard.call(where, cast(Any, layer.residual_backward), dy, by_sum)
        if not isinstance(given, tuple) or len(given) != 2:
            raise TargetRaised("type", f"{where} returned {_kind(given)}, but should return two")
        dx, dresidual = (_array(where, part, dy.shape) for part in given)
        return dx, dresidual

    def jvp(x: Array, tangent: Array) -> Array:
        return _array("jvp", guard.call("jvp", cast(Any, layer.jvp), x, tangent), x.shape)

    def double_backward(x: Array, dy: Array, weights: Array) -> tuple[Array, Array, Array]:
        where = "double_backward"
        given = guard.call(where, cast(Any, layer.double_backward), x, dy, weights)
        if not isinstance(given, tuple) or len(given) != 3:
            raise TargetRaised("type", f"{where} returned {_kind(given)}, but should return three")
        _array(f"{where} (by x)", given[0], x.shape)
        _array(f"{where} (by dy)", given[1], x.shape)
        return given

    return Layer(  # as `replace` would, in a third of the time
        jvp=None if layer.jvp is None else jvp,
        double_backward=None if layer.double_backward is None else double_backward,
        train=forward(TRAINING, layer.train),
        normalize=None if layer.normalize is None else forward(TRAINING, layer.normalize),
        eval=None if layer.eval is None else forward("forward in inference mode", layer.eval),
        backward=None if layer.backward is None else backward,
        state=None if layer.state is None else state,
        state_carries_graph=None if layer.state_carries_graph is None else carries,
        adding=None if layer.adding is None else adding,
        residual=None if layer.residual is None else residual,
        residual_backward=None if layer.residual_backward is None else residual_backward,
    )


def _array(where: str, answer: Any, shape: tuple[int, ...]) -> Array:
    if not isinstance(answer, np.ndarray):
        raise TargetRaised("type", f"{where} returned {_kind(answer)}, but should return an array")
    if not is_float(answer.dtype):
        raise TargetRaised(
            "type", f"{where} returned dtype {answer.dtype.name}, but should return floats"
        )
    if answer.shape != shape:
        raise TargetRaised(
            "shape", f"{where} returned shape {answer.shape}, but should return shape {shape}"
        )
    return answer


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
