"""The worker's side of the conversation, over descriptors that the target has as well.

They are moved to high numbers, where neither a library that writes to a descriptor which it
believes is its own nor one that closes "all" of the low ones finds them. Before each use they are
looked at: what was closed, or is somebody else's by now, is neither read nor written to.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from os import close, dup2, fstat, read, write  # bound now: the target may replace them
from typing import Any

from bncheck.engine.worker.frames import Damaged, Frames
from bncheck.engine.worker.memory import RESOURCE

try:  # before the target is loaded, which may have a file of that name
    import fcntl
except ImportError:  # Windows
    FCNTL = None
else:
    FCNTL = fcntl

# More are rarely open, and a system that allows more makes room for them bit by bit.
_HIGHEST = 4096
_AT_ONCE = 1 << 16


class Lost(Exception):
    """The conversation cannot go on: its descriptors were closed, used or written to."""


class Channel:
    """Receives requests and sends answers."""

    def __init__(self, mark: str) -> None:
        """Move the pipes away from descriptors 0 and 1, which become the target's."""
        self._frames = Frames(mark)
        self._requests, self._answers = raised(0), raised(1)
        self._known = {d: _identity(d) for d in (self._requests, self._answers)}
        nothing = os.open(os.devnull, os.O_RDONLY)
        dup2(nothing, 0)
        close(nothing)
        dup2(2, 1)
        if hasattr(os, "register_at_fork"):
            # a child that outlives the worker must not keep the conversation open
            os.register_at_fork(after_in_child=self._leave)

    def _leave(self) -> None:
        for descriptor, identity in self._known.items():
            if _identity(descriptor) == identity:
                close(descriptor)

    def receive(self) -> dict[str, Any] | None:
        """Return the next request; None where there will be none. Raises Lost."""
        try:
            while (request := self._frames.take()) is None:
                self._check(self._requests)
                data = read(self._requests, _AT_ONCE)
                if not data:
                    return None
                self._frames.feed(data)
        except (OSError, Damaged) as error:
            raise Lost from error
        return request

    def send(self, answer: Mapping[str, Any]) -> None:
        """Send an answer. Raises Lost."""
        data = self._frames.pack(answer)
        try:
            while data:
                self._check(self._answers)
                data = data[write(self._answers, data) :]
        except OSError as error:
            raise Lost from error

    def _check(self, descriptor: int) -> None:
        if _identity(descriptor) != self._known[descriptor]:
            raise Lost


def raised(descriptor: int) -> int:
    """Move a descriptor to a high number; return that, or a copy of it as low as it comes."""
    if FCNTL is not None and RESOURCE is not None:
        most, _ = RESOURCE.getrlimit(RESOURCE.RLIMIT_NOFILE)
        most = _HIGHEST if most == RESOURCE.RLIM_INFINITY else min(most, _HIGHEST)
        with contextlib.suppress(OSError, ValueError):
            return int(FCNTL.fcntl(descriptor, FCNTL.F_DUPFD_CLOEXEC, max(most - 32, most // 2)))
    return os.dup(descriptor)


def _identity(descriptor: int) -> tuple[int, int]:
    try:
        found = fstat(descriptor)
    except OSError:
        return -1, -1
    return found.st_dev, found.st_ino
