"""How much memory a worker may have, and has."""

from __future__ import annotations

import contextlib
import os
import sys

try:  # before the target is loaded, which may have a file of that name
    import resource
except ImportError:  # Windows
    RESOURCE = None
else:
    RESOURCE = resource

# More than this, to load or beyond what it needed to load, is a blow-up and not an answer; half
# of a small machine's memory is already one.
MOST_MEMORY = 8 << 30


def resident() -> int:
    """Peak resident memory in bytes, 0 where that cannot be told."""
    if RESOURCE is None:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return int(RESOURCE.getrusage(RESOURCE.RUSAGE_SELF).ru_maxrss) * unit


def limit() -> None:
    """Let the process have so much more; without such a limit, the system ends it at some time.

    Private memory that can be written to counts, not the address space, of which CUDA reserves
    more than a machine has.
    """
    if RESOURCE is not None:
        with contextlib.suppress(OSError, ValueError):
            page = RESOURCE.getpagesize()
            with open("/proc/self/statm", encoding="ascii") as status:
                used = int(status.read().split()[5]) * page
            most = min(MOST_MEMORY, os.sysconf("SC_PHYS_PAGES") * page // 2)
            RESOURCE.setrlimit(RESOURCE.RLIMIT_DATA, (used + most, RESOURCE.RLIM_INFINITY))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # if memory runs out all the same, this process goes first
