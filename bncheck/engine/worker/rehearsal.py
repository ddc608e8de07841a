"""Whether plain functions survive being looked at: a child process tries it first.

How functions are called is found out by calling them. One that crashes, exits or hangs in a call
would take the worker with it before a law could say so. So a child is forked that does the same;
if it is lost, the functions are taken by their signatures alone, and the laws find what they do.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from time import monotonic, sleep  # bound now: the target may replace what the module holds

# a fork copies locks that another thread holds, and these have threads
_THREADED = ("torch", "jax", "tensorflow", "keras", "paddle")
_STEP = 0.002


def survives(act: Callable[[], object], limit: float) -> bool:
    """Whether an act ends by itself within so many seconds, however it ends.

    True, without a try, where it cannot be tried.
    """
    if not hasattr(os, "fork") or any(name in sys.modules for name in _THREADED):
        return True
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        except Exception:  # the worker meets it again, and says what it is
            code = 0
        finally:
            os._exit(code)  # whatever else is raised
    return _ended_well(child, limit)


def _ended_well(child: int, limit: float) -> bool:
    deadline = monotonic() + limit
    while monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        sleep(_STEP)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False
