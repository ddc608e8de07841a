"""One call of one function: buffers in, the call, and what came of it, looked at before use."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model import BATCH, Norm
from bncheck.model.arrays import samples
from bncheck.model.formats import Array, format_of
from bncheck.targets.native import buffers, sizes, storage
from bncheck.targets.native.plan import OF_PARAMETERS, OF_X, Call, Plan
from bncheck.targets.native.roles import RUNNING, SHAPED, family

_GUESSED = ", one for each channel; what has as many as x should be called xhat"


@dataclass(frozen=True)
class Caller:
    """The functions of one plan, ready to be called."""

    plan: Plan
    functions: Mapping[str, Any]
    layout: str
    norm: Norm = BATCH

    def __call__(
        self, call: Call, shape: tuple[int, ...], given: Mapping[str, Any], *, training: bool
    ) -> dict[str, Array]:
        """Call and return what was written, by role.

        shape: of x, channels second; given: arrays and numbers by role

        Raises TargetRaised where the call says that it failed, where something was written to
        that should not be, and where something was not that should.
        """
        name = call.prototype.name
        counts = sizes.values(shape, {*call.roles}, self.norm)
        numbers = {**counts, "training": training, "inference": not training}
        held: dict[str, buffers.Buffer] = {}
        arguments: list[Any] = []
        for argument, role in zip(call.prototype.arguments, call.roles, strict=True):
            if argument.pointer:
                dtype = format_of(storage.dtype_of(argument.type, self.plan.raw)).dtype
                laid, inward = self._laid(role, shape), self._inward(role, shape, given, call)
                guess = role.startswith("saved:") and role in call.writes
                held[role] = buffers.of(
                    argument,
                    laid,
                    dtype,
                    inward,
                    room=math.prod(shape) if guess else 0,
                    guessed=_GUESSED if guess and len(laid) == 1 else "",
                )
                arguments.append(held[role].address)
            else:
                number = given[role] if role in ("eps", "momentum") else int(numbers[role])
                arguments.append(number)
        status = self.functions[name](*arguments)
        # values that share statistics
        each = math.prod(shape[1:]) if self.norm.owner == "value" else samples(shape)
        for buffer in held.values():
            buffer.untouched(name)
        if call.prototype.status and status != 0:
            told = f"{name} returned {status} for x of shape {shape}; 0 is taken for success"
            raise TargetRaised("Status", told)
        # running statistics that are not const are a forward pass's to change, or to leave
        kept = {r for r in RUNNING if r in held and not held[r].argument.const and "y" in held}
        for role, buffer in held.items():
            if role not in call.writes | kept and buffer.changed.size:
                self._bring_back(name, role, buffer, given[role])
            # for one such value an error would pass for a refusal; NaN does not
            if role in call.writes and not role.startswith("saved:") and each > 1:
                buffer.written(name)
        answered = {role: held[role].values for role in held if role in call.writes | kept}
        return {role: self._outward(role, values) for role, values in answered.items()}

    def _inward(
        self, role: str, shape: tuple[int, ...], given: Mapping[str, Any], call: Call
    ) -> Array | None:
        """Return the values to hand over, nothing for what is only written."""
        if role in call.writes and role not in RUNNING:
            return None
        array = np.asarray(given[role])
        turned = np.moveaxis(array, 1, -1) if self._turns(role, array.ndim) else array
        return turned.reshape(self._laid(role, shape))

    def _bring_back(self, name: str, role: str, buffer: buffers.Buffer, array: Array) -> None:
        """Write to an input what the function wrote to its copy: laws look at their own arrays."""
        if role not in ("x", "dy", "gamma", "beta") or not array.flags.writeable:
            buffer.unchanged(name)  # raises
        np.copyto(array, self._outward(role, buffer.values))

    def _outward(self, role: str, array: Array) -> Array:
        return np.moveaxis(array, -1, 1) if self._turns(role, array.ndim) else array

    def _turns(self, role: str, ndim: int) -> bool:
        return role in OF_X and self.layout == "NHWC" and ndim > 2

    def _laid(self, role: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        saved = role.removeprefix("saved:")
        if role in OF_X or (saved != role and family(saved) in SHAPED):
            return (shape[0], *shape[2:], shape[1]) if self.layout == "NHWC" else shape
        of_parameter, of_statistic = sizes.kept(shape, self.norm)
        return (of_parameter if role in OF_PARAMETERS else of_statistic,)
