"""The laws: what must hold. `LAWS` lists them all, family by family."""

from bncheck.laws import (
    backward,
    behaviour,
    dyadic,
    dyadic_backward,
    exact_backward,
    exact_forward,
    exact_inference,
    forward,
    fused,
    gradient_batches,
    inference,
    invariances,
    jacobian,
    norms,
    repetition,
    residual,
    running,
    samples,
    second_order,
    weights,
)
from bncheck.trial.law import Law

_FAMILIES = (
    forward,
    invariances,
    backward,
    jacobian,
    gradient_batches,
    second_order,
    weights,
    inference,
    running,
    exact_forward,
    dyadic,
    dyadic_backward,
    exact_backward,
    exact_inference,
    behaviour,
    repetition,
    residual,
    fused,
    norms,
    samples,
)


def _place(law: Law) -> tuple[int, str]:
    """Forward, backward, relatives, weights, inference, bit-exact, behaviour; then by number."""
    return "FBNWIXP".index(law.id[0]), law.id[1:]


LAWS: tuple[Law, ...] = tuple(
    sorted(
        (v for family in _FAMILIES for v in vars(family).values() if isinstance(v, Law)),
        key=_place,
    )
)
