"""Since when a worker is in a call: two numbers in memory that it shares with bncheck.

The worker writes, and needs nothing of the target or of the system for that: no timer that the
target may use for itself, no signal that it may block, no pipe that it may close. bncheck reads,
and so has the deadline of every call, however many calls a request makes.
"""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
from time import monotonic  # bound now: the target may replace what the module holds

# a count of beginnings and ends, odd within a call, and the time of the last one
_SIZE = 16


class Pulse:
    """Both numbers; times are of the clock that all processes of a machine share."""

    def __init__(self, memory: mmap.mmap) -> None:
        """Look at shared memory."""
        self._count = memoryview(memory)[:8].cast("Q")
        self._time = memoryview(memory)[8:].cast("d")

    def beat(self) -> None:
        """Note that the worker is at work, and how it was."""
        self._time[0] = monotonic()

    def enter(self, where: str) -> None:
        """A call of the target begins."""
        del where
        self._time[0] = monotonic()
        self._count[0] |= 1

    def leave(self) -> None:
        """It ended."""
        self._time[0] = monotonic()
        self._count[0] = (self._count[0] | 1) + 1

    def part(self) -> None:
        """Be alone from now on: this process is a child that continues a worker's code."""
        alone = memoryview(bytearray(_SIZE))
        self._count, self._time = alone[:8].cast("Q"), alone[8:].cast("d")

    def read(self) -> tuple[bool, float]:
        """Whether the worker is in a call, and since when it is, or is not."""
        return bool(self._count[0] & 1), self._time[0]


def made() -> tuple[Pulse, int | str, tuple[int, ...]]:
    """Make shared memory: also what another process opens it by, and descriptors to hand on.

    The caller closes the descriptors once the other process has them.
    """
    if sys.platform == "win32":
        name = f"bncheck-{os.getpid()}-{os.urandom(8).hex()}"
        return Pulse(mmap.mmap(-1, _SIZE, tagname=name)), name, ()
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("bncheck")
    else:
        descriptor, path = tempfile.mkstemp(prefix="bncheck-")
        os.unlink(path)
    os.ftruncate(descriptor, _SIZE)
    return Pulse(mmap.mmap(descriptor, _SIZE)), descriptor, (descriptor,)


def opened(by: int | str) -> Pulse:
    """Open what another process made."""
    if sys.platform == "win32":
        return Pulse(mmap.mmap(-1, _SIZE, tagname=str(by)))
    memory = mmap.mmap(int(by), _SIZE)
    os.close(int(by))
    return Pulse(memory)
