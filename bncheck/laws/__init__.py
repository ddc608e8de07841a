"""The laws: what must hold. `LAWS` lists them all, family by family."""

from bncheck.laws import (
    backward,
    behaviour,
    exact_backward,
    exact_forward,
    exact_inference,
    forward,
    inference,
    jacobian,
    running,
    weights,
)
from bncheck.model import Law

_FAMILIES = (
    forward,
    backward,
    jacobian,
    weights,
    inference,
    running,
    exact_forward,
    exact_backward,
    exact_inference,
    behaviour,
)

LAWS: tuple[Law, ...] = tuple(
    value for family in _FAMILIES for value in vars(family).values() if isinstance(value, Law)
)
