"""How to handle a plain Python class: where its parts are, and which methods it is called by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bncheck.targets.common import array_kinds
from bncheck.targets.common.array_kinds import Kind
from bncheck.targets.common.calls import Switch
from bncheck.targets.common.places import Slot
from bncheck.targets.plain.building import Builder


@dataclass(frozen=True)
class Plan:
    """How to handle one class.

    build: makes a bare layer for a case; forward, backwards: the names of its methods
    axis: where it wants its channels; slots: where its parts are, by role
    lazy: some parts only exist after a first batch
    shapes, dtypes: of the parts with one value per channel, as the class itself makes them
    takes: roles that the forward pass is given as arguments; training: it has a training mode
    """

    build: Builder
    forward: str
    backwards: tuple[str, ...] = ()
    axis: int = 1
    slots: Mapping[str, Slot] = field(default_factory=dict)
    lazy: bool = False
    switch: Switch | None = None
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    dtypes: Mapping[str, str] = field(default_factory=dict)
    takes: frozenset[str] = frozenset()
    training: bool = True

    @property
    def name(self) -> str:
        """What the target is called."""
        return self.build.name

    @property
    def kind(self) -> Kind:
        """The kind of its arrays."""
        return self.build.kind

    @property
    def runs(self) -> bool:
        """Whether it has running statistics."""
        return "running_mean" in self.slots and "running_var" in self.slots

    @property
    def infers(self) -> bool:
        """Whether it can be asked to infer."""
        return self.runs and (self.switch is not None or not self.training)

    @property
    def differentiates(self) -> bool:
        """Whether gradients are those of the arrays' own automatic differentiation."""
        return not self.backwards and self.kind.pull is not None

    def sets(self, *roles: str) -> bool:
        """Whether each role can be set, in a slot or as an argument."""
        return all(r in self.slots or r in self.build.given or r in self.takes for r in roles)

    @property
    def column(self) -> bool:
        """Whether gamma was seen as ``(C, 1)``: such a class wants ``(C, m)``."""
        return len(shape := self.shapes.get("gamma", ())) == 2 and shape[1] == 1 != shape[0]


def fits(value: object, channels: int) -> bool:
    """Whether a value has one number per channel: an array of a known kind, or a list."""
    if isinstance(value, list | tuple):
        return len(value) == channels and all(is_number(v) for v in value)
    if not array_kinds.is_array(value):
        return False
    shape = array_kinds.shape_of(value)
    return len(shape) > 0 and int(np.prod(shape)) == channels


def is_number(value: object) -> bool:
    """Whether a value is a number that a case can set."""
    return isinstance(value, int | float | np.floating) and not isinstance(value, bool)
