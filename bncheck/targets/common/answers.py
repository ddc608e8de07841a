"""What counts as an answer: the one place where the shapes and types of outputs are checked.

A wrong float dtype is still an answer, which law P03 judges; anything that no law can be
stated about, such as ``None``, a list, integers or a wrong shape, is not.
"""

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model import Gradients, State
from bncheck.model.formats import Array, is_float
from bncheck.targets.common import array_kinds


def array(what: str, got: object, like: Array) -> Array:
    """Return ``got``, which should be an array of floats shaped like ``like``.

    Raises TargetRaised of kind ``"type"`` or ``"shape"``. Nothing is copied; a subclass such
    as ``np.matrix``, whose operators mean something else, comes back as its plain base.
    """
    floats = isinstance(got, np.ndarray) and is_float(got.dtype)
    if isinstance(got, np.ndarray) and floats and got.shape == like.shape:
        return np.asarray(got)
    expected = f"but should be an array of shape {like.shape} and dtype {like.dtype.name}"
    kind = "shape" if floats else "type"
    raise TargetRaised(kind, f"{what} returned {describe(got)}, {expected}")


def vector(what: str, got: object, like: Array) -> Array:
    """Return ``got`` as ``(C,)``, like ``like``; ``(1, C)``, ``(C, 1)`` and lists are taken too."""
    values = array_kinds.values(got)
    # with several axes longer than 1 it would be no list of channels, but something else
    if isinstance(values, np.ndarray) and max(values.shape, default=0) == values.size == like.size:
        values = values.reshape(like.shape)
    return array(what, values, like)


def gradients(what: str, got: object, x: Array, gamma: Array, beta: Array) -> Gradients:
    """Return ``(dx, dgamma, dbeta)``, shaped like x, gamma and beta, or raise TargetRaised."""
    dx, dgamma, dbeta = several(what, got, "dx, dgamma, dbeta")
    return Gradients(
        array(f"{what}: dx", dx, x),
        vector(f"{what}: dgamma", dgamma, gamma),
        vector(f"{what}: dbeta", dbeta, beta),
    )


def state(what: str, got: object, mean: Array, var: Array) -> State:
    """Return ``(running_mean, running_var)``, shaped as they were, or raise TargetRaised."""
    new_mean, new_var = several(what, got, "running_mean, running_var")
    return State(
        vector(f"{what}: running_mean", new_mean, mean),
        vector(f"{what}: running_var", new_var, var),
    )


def several(what: str, got: object, names: str) -> tuple[object, ...] | list[object]:
    """Return a tuple with as many parts as ``names`` has, or raise TargetRaised."""
    count = names.count(",") + 1
    if isinstance(got, tuple | list) and len(got) == count:
        return got
    raise TargetRaised("type", f"{what} returned {describe(got)}, but should be ({names})")


def describe(value: object) -> str:
    """Say in a few words what a value is: ``"a list of 3"``, ``"an array of shape (2,) ..."``."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype.name}"
    kind = type(value).__name__
    article = "an" if kind[0].lower() in "aeiou" else "a"
    if isinstance(value, tuple | list | dict):
        return f"{article} {kind} of {len(value)}"
    home = type(value).__module__.partition(".")[0]
    # a file is imported under a private name
    nameless = home == "builtins" or home.startswith("_bncheck_target")
    return f"{article} {kind}" if nameless else f"a {home} {kind}"
