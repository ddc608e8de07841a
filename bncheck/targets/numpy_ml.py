"""numpy-ml: ``BatchNorm1D`` on ``(m, C)`` and ``BatchNorm2D`` on ``(N, H, W, C)``.

numpy-ml 0.1.2 does not import with Python 3.10 or newer, which have no ``collections.Hashable``:
a file of the user's own has to put it there, import the layers, and be the target.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from bncheck.errors import TargetError
from bncheck.model import Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers, defaults, kinds
from bncheck.targets.profiles import PROFILES

RANKS = {"BatchNorm1D": (2,), "BatchNorm2D": (4,)}


def recognises(target: object) -> bool:
    """Whether the target is a layer of numpy-ml or a class of them."""
    return any(kind.__name__ == "LayerBase" for kind in kinds.kind_of(target).__mro__)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a layer's class or of an instance.

    ``promised`` is not needed: channels are the last axis. Raises TargetError for other layers.
    """
    kind = kinds.kind_of(target)
    ranks = next((r for k in kind.__mro__ for n, r in RANKS.items() if k.__name__ == n), None)
    if ranks is None:
        expected = " or ".join(RANKS)
        raise TargetError(f"{name} is a {kind.__name__}, but should be a {expected} of numpy-ml")

    def build() -> Any:
        return target() if isinstance(target, type) else copy.deepcopy(target)

    bare = build()
    return Implementation(
        name=name,
        make=lambda case: _Living(build, case).layer(),
        abilities=frozenset({"backward", "eval", "running", "state_before_step"}),
        convention=PROFILES["numpy-ml"],
        domain=Domain(ranks=ranks),
        origin=kinds.source(kind),
        defaults=defaults.told(bare.epsilon, bare.momentum),
    )


class _Living:
    """One layer with the parts of a case put in."""

    def __init__(self, build: Callable[[], Any], case: Case) -> None:
        self.case = case
        self.held = build()
        self.held.epsilon = case.eps
        self.held.momentum = case.momentum
        # it makes its parts at the first call, for as many channels as x has then
        self.held.is_initialized = True
        self.held.n_in = self.held.n_out = self.held.in_ch = self.held.out_ch = case.channels
        self.held.parameters = {
            "scaler": case.gamma.copy(),
            "intercept": case.beta.copy(),
            "running_mean": case.running_mean.copy(),
            "running_var": case.running_var.copy(),
        }
        self.held.gradients = {
            "scaler": np.zeros_like(case.gamma),
            "intercept": np.zeros_like(case.beta),
        }

    def layer(self) -> Layer:
        return Layer(train=self.train, eval=self.eval, backward=self.backward, state=self.state)

    def train(self, x: Array) -> Array:
        self.held.trainable = True
        self.held.flush_gradients()  # as after each update: backward is then about this batch
        return self._forward(x)

    def eval(self, x: Array) -> Array:
        self.held.freeze()
        return self._forward(x)

    def backward(self, dy: Array) -> Gradients:
        dx = answers.array("backward", self.held.backward(_last(dy)), _last(dy))
        found = self.held.gradients
        return Gradients(np.moveaxis(dx, -1, 1), found["scaler"].copy(), found["intercept"].copy())

    def state(self) -> State:
        held = self.held.parameters
        return State(held["running_mean"].copy(), held["running_var"].copy())

    def _forward(self, x: Array) -> Array:
        y = answers.array("forward", self.held.forward(_last(x)), _last(x))
        return np.moveaxis(y, -1, 1)


def _last(x: Array) -> Array:
    return np.moveaxis(x, 1, -1)
