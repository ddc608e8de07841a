"""What is built into a kernel that takes no eps, or no momentum: found out by small calls."""

from dataclasses import replace
from typing import Any

from bncheck.errors import TargetError
from bncheck.model import Case, Implementation
from bncheck.model.formats import FLOAT32, FLOAT64, format_of
from bncheck.targets.common import probing
from bncheck.targets.native.plan import Call, Plan


def built_in(made: Implementation, plan: Plan) -> Implementation:
    """Return an implementation with the eps and the momentum that it has where none is taken.

    Raises TargetError where they cannot be measured.
    """
    forward = plan.forward or plan.calls["infer"]
    domain, convention = made.domain, made.convention
    make, rank = _in(made, plan), domain.ranks[0]
    # in half precision, and without training, the small calls tell nothing
    tells = plan.forward is not None and plan.dtype in (FLOAT32.name, FLOAT64.name)
    if not forward.has("eps"):
        eps = probing.eps(make, rank, 3) if tells else None
        if eps is None:
            raise _unknown("eps", forward)
        domain = replace(domain, fixed_eps=eps)
    steps = [plan.calls.get(kind) for kind in ("forward", "update")]
    if plan.keeps and not any(call is not None and call.has("momentum") for call in steps):
        momentum = probing.momentum(make, rank, 3) if tells else None
        if momentum is None:
            raise _unknown("momentum", forward)
        domain = replace(domain, fixed_momentum=momentum[0])
        weighs = convention.momentum_weighs or momentum[1]
        convention = replace(convention, momentum_weighs=weighs)
    return replace(made, domain=domain, convention=convention)


def _unknown(name: str, call: Call) -> TargetError:
    return TargetError(
        f"{call.prototype.name} takes no {name}, and which it has could not be measured; "
        f"add an argument float {name}"
    )


def _in(made: Implementation, plan: Plan) -> Any:
    """Return what makes a layer of a case in any dtype."""
    dtype = format_of(plan.dtype).dtype

    def make(case: Case) -> Any:
        names = ("x", "gamma", "beta", "dy", "running_mean", "running_var")
        layer = made.make(replace(case, **{n: getattr(case, n).astype(dtype) for n in names}))
        return replace(layer, train=lambda x: layer.train(x.astype(dtype)))

    return make
