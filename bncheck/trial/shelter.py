"""Copies in place of the caller's arrays, for a target that writes to what it is given.

One law says that it does; for all others such a target is given copies, so that what is wrong
with its numbers, and nothing else, is told by them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bncheck.errors import TargetRaised
from bncheck.model import Case, Implementation, Layer
from bncheck.trial.asking import Guard, guarded

ARRAYS = ("x", "dy", "gamma", "beta", "running_mean", "running_var")


def sheltered(given: Implementation) -> Implementation:
    """Return an implementation that is handed copies, which may be written to."""
    others = tuple((name, _making(make)) for name, make in given.alternatives)
    return replace(given, make=_making(given.make), alternatives=others)


def _making(make: Callable[[Case], Layer]) -> Callable[[Case], Layer]:
    return lambda case: _apart(make(_copied(case)))


def _copied(case: Case) -> Case:
    return replace(case, **{name: getattr(case, name).copy(order="K") for name in ARRAYS})


def _apart(layer: Layer) -> Layer:
    calls = ("train", "normalize", "eval", "backward", "jvp", "double_backward", "adding")
    forms = ("residual", "residual_backward")
    there = {name: call for name in (*calls, *forms) if (call := getattr(layer, name)) is not None}
    return replace(layer, **{name: _on_copies(call) for name, call in there.items()})


def _on_copies(call: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arrays: call(*(array.copy(order="K") for array in arrays))


def writes(implementation: Implementation, cases: tuple[Case, ...], guard: Guard) -> bool:
    """Whether it is seen to write to its inputs in one training and one inference step."""
    return any(_written(implementation, case, guard) for case in cases)


def _written(implementation: Implementation, case: Case, guard: Guard) -> bool:
    before = [getattr(case, name).tobytes() for name in ARRAYS]
    try:
        layer = guarded(guard.call("construction", implementation.make, case), guard)
        if implementation.domain.training:
            layer.train(case.x)
            if layer.backward is not None and "backward" in implementation.abilities:
                layer.backward(case.dy)
        if layer.eval is not None and "eval" in implementation.abilities:
            layer.eval(case.x)
    except TargetRaised:  # what it raises is for the laws to find
        pass
    return before != [getattr(case, name).tobytes() for name in ARRAYS]
