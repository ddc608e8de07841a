"""One training step of a layer with given arrays, in the worker.

Arrays cross the pipe here, as bytes of float64: they are what the layers below made, so that no
recipe has them. Each question makes a fresh layer and says all that it needs, so that it can be
asked again, of another process, where the first was lost.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model import Case, Gradients, Implementation
from bncheck.model.arrays import as_wide
from bncheck.model.formats import Array, format_of
from bncheck.trial.asking import Guard, guarded


def stepped(
    implementation: Implementation, guard: Guard, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Answer with ``arrays``: y, or the gradients where dy is given; or with what it ``raised``."""
    case = _case(request)
    try:
        layer = guarded(guard.call("construction", implementation.make, case), guard)
        y = layer.train(case.x)
        if "dy" not in request["arrays"]:
            return {"arrays": {"y": packed(y)}}
        given = None if layer.backward is None else layer.backward(case.dy)
        return {"arrays": {} if given is None else _named(given, case.channels)}
    except TargetRaised as error:
        return {"raised": error.kind, "said": error.message, "where": error.where}


def packed(array: Array) -> str:
    """Return the values of an array as text, as float64."""
    return base64.b64encode(as_wide(array, np.float64).tobytes()).decode("ascii")


def unpacked(data: str) -> Array:
    """Return them, flat, in an array that may be written to."""
    return np.frombuffer(base64.b64decode(data), np.float64).copy()


def _case(request: Mapping[str, Any]) -> Case:
    storage, own = format_of(request["dtype"]).dtype, format_of(request["parameters"]).dtype
    shape = tuple(request["shape"])
    given = {name: unpacked(data) for name, data in request["arrays"].items()}
    x, gamma = given["x"].astype(storage).reshape(shape), given["gamma"].astype(own)
    return Case(
        x,
        gamma,
        given["beta"].astype(own),
        given["dy"].astype(storage).reshape(shape) if "dy" in given else np.zeros_like(x),
        np.zeros_like(gamma),
        np.ones_like(gamma),
        request["eps"],
        request["momentum"],
    )


def _named(given: Gradients, channels: int) -> dict[str, str]:
    arrays = {"dx": packed(given.dx)}
    for name in ("dgamma", "dbeta"):
        found = getattr(given, name)
        if found is None:
            continue
        if np.shape(found) != (channels,):
            raise TargetRaised(
                "shape",
                f"{name} has shape {np.shape(found)}, but should have shape ({channels},)",
                "backward",
            )
        arrays[name] = packed(found)
    return arrays
