"""Ending processes, and those that they started, whatever group or session these went to."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

# The environment of a worker has it, so that of whatever it starts has it as well.
MARK = "BNCHECK_WORKER"

_PROC = Path("/proc")
# A process may start another one while it is looked for; one that goes on doing so is let go.
_ROUNDS = 20


def end_group(pid: int) -> None:
    """End the group of a process that leads one; nothing where there are no groups (Windows)."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):  # as a rule there is nobody left
            os.killpg(pid, signal.SIGKILL)


def end_all(pid: int, mark: str) -> None:
    """End a worker's group, and what it started in groups and sessions of their own.

    pid: of the worker, whose children are found where it still lives; mark: in its environment,
    by which its offspring is found where nothing else leads to it. Where there is no ``/proc``
    (macOS, Windows) only the group is ended.
    """
    wanted = f"{MARK}={mark}".encode()
    for _ in range(_ROUNDS):
        found = set(_offspring(pid, wanted))
        end_group(pid)
        for one in found - {pid}:
            with contextlib.suppress(OSError):
                os.kill(one, signal.SIGKILL)
        if not found - {pid}:
            return


def stopped(pid: int) -> bool:
    """Whether a process was stopped by a signal; False where that cannot be told."""
    return _status(pid)[:1] in (b"T", b"t")


def _status(pid: int) -> bytes:
    """What stands behind the name of a process: its state, its parent ..."""
    try:
        return (_PROC / str(pid) / "stat").read_bytes().rpartition(b") ")[2]
    except OSError:
        return b""


def _offspring(pid: int, mark: bytes) -> Iterator[int]:
    if not sys.platform.startswith("linux"):
        return
    parents: dict[int, int] = {}
    own = os.geteuid()
    try:
        names = [name for name in os.listdir(_PROC) if name.isdigit()]
    except OSError:
        return
    for name in names:
        with contextlib.suppress(OSError, ValueError, IndexError):
            if os.stat(_PROC / name).st_uid != own:
                continue
            fields = _status(int(name)).split(maxsplit=2)
            if fields[0] in (b"Z", b"X"):
                continue  # ended, and its parent has not asked yet
            parents[int(name)] = int(fields[1])
            if mark in (_PROC / name / "environ").read_bytes().split(b"\0"):
                yield int(name)
    known = {pid}
    while more := {one for one, parent in parents.items() if parent in known} - known:
        known |= more
        yield from more
