"""The functions of the cs231n assignments: ``batchnorm_forward(x, gamma, beta, bn_param)``.

The interface is that of Stanford's course, assignment 2: ``bn_param`` is a dict with ``mode``,
``eps``, ``momentum`` and the running statistics, which ``forward`` replaces in it; ``forward``
returns ``(out, cache)`` and ``backward(dout, cache)`` returns dx, dgamma, dbeta.
``batchnorm_forward`` is for ``(m, C)``, ``spatial_batchnorm_forward`` for images.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from bncheck.errors import TargetError, UsageError
from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers

FORWARD = {2: "batchnorm_forward", 4: "spatial_batchnorm_forward"}
# the first is the one by the computation graph, the second the simplified one
BACKWARD = {
    2: ("batchnorm_backward", "batchnorm_backward_alt"),
    4: ("spatial_batchnorm_backward",),
}


@dataclass(frozen=True)
class Pair:
    """The two functions for one rank; without ``backward`` there are no gradients."""

    forward: Callable[..., Any]
    backward: Callable[..., Any] | None


def recognises(target: object) -> bool:
    """Whether the target is a module with the course's functions and none of bncheck's own."""
    if not isinstance(target, ModuleType) or hasattr(target, "forward"):
        return False
    return any(callable(getattr(target, name, None)) for name in FORWARD.values())


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of the course's functions.

    ``promised`` is not needed: the functions' interface is fixed.

    Raises TargetError where a forward function takes other parameters.
    """
    pairs = {rank: _pair(target, name, rank) for rank in FORWARD if hasattr(target, FORWARD[rank])}
    own = Convention.from_mapping(getattr(target, "CONVENTION", {}), f"{name}: CONVENTION")
    abilities: set[Ability] = {"eval", "running", "state_before_step"}
    if all(pair.backward is not None for pair in pairs.values()):
        abilities.add("backward")
    first = next(iter(pairs.values())).forward
    code = getattr(inspect.unwrap(first), "__code__", None)
    return Implementation(
        name=name,
        make=lambda case: _Steps(pairs, case).layer(),
        abilities=frozenset(abilities),
        convention=own,
        domain=Domain(ranks=tuple(pairs), dtypes=own.dtypes or Domain.dtypes),
        origin=f"{code.co_filename}:{code.co_firstlineno}" if code else "",
    )


def _pair(module: Any, name: str, rank: int) -> Pair:
    forward = getattr(module, FORWARD[rank])
    try:
        inspect.signature(forward).bind("x", "gamma", "beta", "bn_param")
    except TypeError:
        raise TargetError(
            f"{name}: {FORWARD[rank]} takes {inspect.signature(forward)}, "
            "but should take (x, gamma, beta, bn_param)"
        ) from None
    found = (getattr(module, backward, None) for backward in BACKWARD[rank])
    return Pair(forward, next((function for function in found if callable(function)), None))


class _Steps:
    """What a training loop keeps between the calls: the dict and the latest cache."""

    def __init__(self, pairs: dict[int, Pair], case: Case) -> None:
        self.pair = pairs[case.x.ndim]
        self.case = case
        self.bn_param: dict[str, Any] = {
            "eps": case.eps,
            "momentum": case.momentum,
            "running_mean": case.running_mean.copy(),
            "running_var": case.running_var.copy(),
        }
        self.latest: tuple[Array, Any] | None = None

    def layer(self) -> Layer:
        return Layer(
            train=lambda x: self.forward(x, "train"),
            eval=lambda x: self.forward(x, "test"),
            backward=self.backward if self.pair.backward else None,
            state=self.state,
        )

    def forward(self, x: Array, mode: str) -> Array:
        self.bn_param["mode"] = mode
        got = self.pair.forward(x, self.case.gamma, self.case.beta, self.bn_param)
        y, cache = answers.several("forward", got, "out, cache")
        self.latest = x, cache
        return answers.array("forward: out", y, x)

    def backward(self, dy: Array) -> Gradients:
        if self.latest is None or self.pair.backward is None:
            raise UsageError("backward(dy) was called before train(x) or eval(x)")
        x, cache = self.latest
        got = self.pair.backward(dy, cache)
        return answers.gradients("backward", got, x, self.case.gamma, self.case.beta)

    def state(self) -> State:
        kept = self.bn_param["running_mean"], self.bn_param["running_var"]
        now = answers.state("bn_param", kept, self.case.running_mean, self.case.running_var)
        return State(now.mean.copy(), now.var.copy())
