"""The functions of a kernel for one dtype, and what each of their arguments is given."""

from dataclasses import dataclass, field

from bncheck.model import BATCH, Norm
from bncheck.targets.native import sizes
from bncheck.targets.native.prototypes import Argument, Prototype
from bncheck.targets.native.roles import RUNNING

OF_X = ("x", "y", "dy", "dx")
OF_PARAMETERS = ("gamma", "beta", "dgamma", "dbeta", *RUNNING, *(f"new_{r}" for r in RUNNING))


@dataclass(frozen=True)
class Call:
    """One function and what each of its arguments is given.

    roles: one for each argument; ``saved:NAME`` is what the forward pass wrote to its NAME
    writes: the roles of what it should write to, running statistics that it updates among them
    """

    prototype: Prototype
    roles: tuple[str, ...]
    writes: frozenset[str] = frozenset()

    def argument(self, role: str) -> Argument | None:
        """Return the argument with a role."""
        pairs = zip(self.roles, self.prototype.arguments, strict=True)
        return next((argument for r, argument in pairs if r == role), None)

    def has(self, *roles: str) -> bool:
        """Whether it has arguments for all of these roles."""
        return {*roles} <= {*self.roles}

    @property
    def switched(self) -> bool:
        """Whether an argument says if it trains or infers."""
        return self.has("training") or self.has("inference")

    @property
    def keeps(self) -> bool:
        """Whether it updates the running mean, in place or in another array."""
        return not {"running_mean", "new_running_mean"}.isdisjoint(self.writes)


@dataclass(frozen=True)
class Plan:
    """The functions for one dtype of x: forward, infer, backward, infer_backward and update.

    parameters: the dtype of gamma, beta and the running statistics; raw: that of ``uint16_t``
    norm: which normalization they are of
    """

    dtype: str
    parameters: str
    calls: dict[str, Call] = field(default_factory=dict)
    raw: str = ""
    norm: Norm = BATCH

    @property
    def forward(self) -> Call | None:
        """The function that trains."""
        return self.calls.get("forward")

    @property
    def infer(self) -> Call | None:
        """The function that infers: one of its own, or the forward pass that is told to."""
        return self.calls.get("infer") or self._told("forward")

    @property
    def infer_backward(self) -> Call | None:
        """The function that differentiates inference: one of its own, or that of training."""
        alone = self.calls.get("infer_backward")
        return alone or (None if "infer" in self.calls else self._told("backward"))

    @property
    def keeps(self) -> bool:
        """Whether a training step updates running statistics."""
        return "update" in self.calls or (self.forward is not None and self.forward.keeps)

    def ranks(self, layout: str) -> tuple[int, ...]:
        """Return the ranks of x for which every function is told the sizes."""
        taken = {2, 3, 4, 5}
        for call in self.calls.values():
            if not {*OF_X}.isdisjoint(call.roles):
                taken &= {*sizes.ranks({*call.roles}, layout, self.norm)}
        return tuple(sorted(taken))

    def _told(self, kind: str) -> Call | None:
        call = self.calls.get(kind)
        return call if call is not None and call.switched and call.has(*RUNNING) else None
