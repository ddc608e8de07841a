"""Memory that a kernel is given: contiguous, aligned, between zones that it must not touch.

The zones and what a kernel should write to hold NaN of one kind before the call, so that a value
that was not written, or lies outside, is seen.
"""

import math
from dataclasses import dataclass

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model.formats import Array
from bncheck.targets.native.prototypes import Argument

# as allocators align, and as wide as any vector
_ALIGNED, _ZONE = 64, 1024
# a quiet NaN that no arithmetic makes of other numbers, by the bytes of a value
_NAN = {
    "float16": (np.uint16, 0x7E5A),
    "bfloat16": (np.uint16, 0x7FDA),
    "float32": (np.uint32, 0x7FDA7E5A),
    "float64": (np.uint64, 0x7FFA7E5A7FDA7E5A),
}


@dataclass(frozen=True, eq=False)
class Buffer:
    """One array for one call.

    whole: zone, values and zone, as bits; values: the array itself; held: the bits it was given
    guessed: how many values there are was guessed, a sentence about it
    """

    argument: Argument
    whole: Array
    values: Array
    held: Array | None
    guessed: str = ""

    @property
    def address(self) -> int:
        """Where the values start."""
        return int(self.values.ctypes.data)

    def untouched(self, function: str) -> None:
        """Raise TargetRaised where a value outside of the array was written to."""
        zone, size = _ZONE // self.whole.itemsize, self.values.size
        before = np.flatnonzero(self.whole[:zone] != self._nan()) - zone
        behind = np.flatnonzero(self.whole[zone + size :] != self._nan()) + size
        if before.size or behind.size:
            place = behind[0] if behind.size else before[-1]  # the one that is nearest
            name = self.argument.name
            raise TargetRaised(
                "OutOfBounds",
                f"{function} wrote to {name}[{place}], but {name} has {size} values{self.guessed}",
            )

    @property
    def changed(self) -> Array:
        """The places of values that are not what was given."""
        return np.flatnonzero(self._bits() != self.held)

    def unchanged(self, function: str) -> None:
        """Raise TargetRaised where what was only to be read was written to."""
        if self.held is not None and self.changed.size:
            place = int(self.changed[0])
            before = self.held[place : place + 1].view(self.values.dtype)[0]
            after = self.values.reshape(-1)[place]
            raise TargetRaised(
                "InputWritten",
                f"{function} wrote to {self.argument.name}[{place}], which it should only read "
                f"({self.argument}): {float(before):g} became {float(after):g}",
            )

    def written(self, function: str) -> None:
        """Raise TargetRaised where a value is as it was before the call."""
        left = np.flatnonzero(self._bits() == self._nan())
        if left.size:
            name = self.argument.name
            raise TargetRaised(
                "Unwritten",
                f"{function} did not write {left.size} of the {self.values.size} values of {name}, "
                f"or added to what was there: {name}[{left[0]}] is NaN as before the call",
            )

    def _bits(self) -> Array:
        zone = _ZONE // self.whole.itemsize
        return self.whole[zone : zone + self.values.size]

    def _nan(self) -> Array:
        kind, bits = _NAN[self.values.dtype.name]
        return np.asarray(kind(bits))


def of(
    argument: Argument,
    shape: tuple[int, ...],
    dtype: np.dtype[np.generic],
    given: Array | None,
    *,
    room: int = 0,
    guessed: str = "",
) -> Buffer:
    """Return memory for an array, with the values that are given or with NaN.

    room: so many values there are at least, so that a wrong guess does no harm
    """
    kind, bits = _NAN[dtype.name]
    count = math.prod(shape)
    zone = _ZONE // dtype.itemsize
    size = (2 * zone + max(count, room)) * dtype.itemsize
    memory = np.empty(size + _ALIGNED, np.uint8)
    start = -memory.ctypes.data % _ALIGNED
    whole = memory[start : start + size].view(kind)
    whole[:] = bits
    inner = whole[zone : zone + count]
    values = inner.view(dtype).reshape(shape)
    if given is not None:
        values[...] = given
    return Buffer(argument, whole, values, None if given is None else inner.copy(), guessed)
