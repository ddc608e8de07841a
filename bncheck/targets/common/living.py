"""What living layers share: a call in two modes, and what it leaves for ``backward``."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from bncheck.errors import UsageError
from bncheck.model import Ability, Gradients, Layer, State
from bncheck.model.formats import Array

T = TypeVar("T")

# what running statistics that can be set make possible, where there are gradients
RUNNING: frozenset[Ability] = frozenset({"eval", "eval_backward", "running", "state_before_step"})


class Call(Protocol):
    """A forward pass in one of the two modes."""

    def __call__(self, x: Array, *, training: bool) -> Array:
        """Return y."""


def layer(
    call: Call,
    backward: Callable[[Array], Gradients],
    state: Callable[[], State],
    *,
    running: bool,
) -> Layer:
    """Make a layer, which without running statistics has neither inference nor a state."""
    return Layer(
        train=lambda x: call(x, training=True),
        eval=(lambda x: call(x, training=False)) if running else None,
        backward=backward,
        state=state if running else None,
    )


def latest(call: T | None) -> T:
    """Return what the latest forward pass left; raises UsageError where there was none."""
    if call is None:
        raise UsageError("backward(dy) was called before train(x) or eval(x)")
    return call
