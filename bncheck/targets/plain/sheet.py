"""A batch norm of plain functions for arrays of one rank: which, and how they are called."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bncheck.targets.common import array_kinds
from bncheck.targets.common.array_kinds import Kind
from bncheck.targets.plain.course import Group
from bncheck.targets.plain.outputs import Outputs

RUNNING = ("running_mean", "running_var")
# how arrays with one value per channel are laid for a function, for x of any rank
LAYS: dict[str, Callable[[int, int], tuple[int, ...]]] = {
    "(C,)": lambda channels, rank: (channels,),
    "(1, C, 1, ...)": lambda channels, rank: (1, channels, *(1,) * (rank - 2)),
    "(1, C)": lambda channels, rank: (1, channels),
    "(C, 1)": lambda channels, rank: (channels, 1),
}


@dataclass(frozen=True)
class Sheet:
    """The functions for one rank and how they are called.

    axis: where they want the channels; lay: how arrays with one value per channel are shaped
    modes: what the forward pass's argument for the mode is in training and in inference
    quiet: torch.no_grad tells it to infer; told: the mode is in the dict that it is given
    keeps: it updates running statistics itself, in what it returns, in the dict or in place
    reads: roles that are read from the dict; backward: which of the group's backward passes is
        asked
    mask: how a mask is handed over, shape and dtype; None where there is none
    """

    group: Group
    kind: Kind = array_kinds.NUMPY
    axis: int = 1
    lay: str = "(C,)"
    modes: tuple[Any, Any] | None = None
    quiet: bool = False
    told: bool = False
    outputs: Outputs = field(default_factory=Outputs)
    keeps: bool = False
    reads: frozenset[str] = frozenset()
    backward: int = 0
    mask: tuple[str, str] | None = None

    @cached_property
    def differentiates(self) -> bool:
        """Whether gradients are those of the arrays' own automatic differentiation."""
        return not self.group.backwards and self.kind.pull is not None

    @cached_property
    def runs(self) -> bool:
        """Whether running statistics are updated."""
        return self.keeps or self.group.update is not None

    @cached_property
    def adds(self) -> bool:
        """Whether it takes an array that is added to the output."""
        return self.group.forward is not None and self.group.forward.takes("residual")

    @cached_property
    def infers(self) -> bool:
        """Whether it has an inference mode."""
        forward = self.group.forward
        takes = forward is not None and (forward.running or {*RUNNING} <= self.reads)
        alone = self.told or (takes and (self.modes is not None or self.quiet))
        return self.group.infer is not None or alone
