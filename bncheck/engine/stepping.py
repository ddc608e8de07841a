"""Asking a target for training steps, for who trains a network with it.

The network, its data and its optimizer stay with who asks: a target that dies or hangs is lost in
one step, and all that was trained before is still there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bncheck.engine.session import Session
from bncheck.engine.stepped import packed, unpacked
from bncheck.errors import TargetRaised
from bncheck.model.arrays import flatten, unflatten
from bncheck.model.formats import Array


@dataclass(frozen=True)
class Step:
    """How a layer is asked.

    shape: of x as it takes it, with m values for each of C channels; dtype: of x and dy;
    parameters: of gamma and beta; eps, momentum: as it takes them
    """

    shape: tuple[int, ...]
    dtype: str
    parameters: str
    eps: float
    momentum: float | None


def output(session: Session, step: Step, x: Array, gamma: Array, beta: Array) -> Array:
    """Return y ``(m, C)`` in training mode, float64. Raises as `gradients` does."""
    given = _asked(session, step, {"x": unflatten(x, step.shape), "gamma": gamma, "beta": beta})
    return flatten(given["y"].reshape(step.shape))


def gradients(
    session: Session, step: Step, x: Array, gamma: Array, beta: Array, dy: Array
) -> dict[str, Array]:
    """Return dx, dgamma and dbeta by name, float64, after one call of forward with the same x.

    x, dy: ``(m, C)``; gamma, beta: ``(C,)``; what the target does not give is missing

    Raises TargetRaised where it raised, or returned what is no answer; Died where it was lost.
    """
    x, dy = unflatten(x, step.shape), unflatten(dy, step.shape)
    given = _asked(session, step, {"x": x, "gamma": gamma, "beta": beta, "dy": dy})
    if "dx" in given:
        given["dx"] = flatten(given["dx"].reshape(step.shape))
    return given


def _asked(session: Session, step: Step, arrays: dict[str, Array]) -> dict[str, Array]:
    request: dict[str, Any] = {
        "do": "step",
        "shape": list(step.shape),
        "dtype": step.dtype,
        "parameters": step.parameters,
        "eps": step.eps,
        "momentum": step.momentum,
        "arrays": {name: packed(array) for name, array in arrays.items()},
    }
    told = session.ask(request)
    if "raised" in told:
        raise TargetRaised(told["raised"], told["said"], told["where"])
    return {name: unpacked(data) for name, data in told["arrays"].items()}
