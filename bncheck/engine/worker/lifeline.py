"""A worker ends with bncheck, also where bncheck is killed and the target hangs."""

from __future__ import annotations

import contextlib
import os
import signal
import sys


def ends_with(descriptor: int) -> None:
    """Have the system end this process's group when the other end of a pipe closes; Linux only.

    The pipe is never written to, so the only event on it is its end. Elsewhere, and where this
    is refused, a worker ends when it looks for its next request.
    """
    if not sys.platform.startswith("linux") or descriptor < 0:
        return
    import fcntl  # noqa: PLC0415 # not on Windows; the worker's first act, before any target

    with contextlib.suppress(OSError):
        fcntl.fcntl(descriptor, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGKILL)
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)
