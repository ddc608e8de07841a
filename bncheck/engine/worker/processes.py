"""Ending processes, and those that they started, whatever group or session these went to."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterable, Iterator
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


def end_offspring(pid: int, mark: str, known: Iterable[int] = ()) -> None:
    """End a worker's group, and what it started in groups and sessions of their own.

    pid: of the worker; mark: in its environment, by which its offspring is found where nothing
    else leads to it; known: what `offspring` found while the worker still lived
    """
    found, quiet = set(known), 0
    for _ in range(_ROUNDS):
        end_group(pid)
        for one in found:
            with contextlib.suppress(OSError):
                os.kill(one, signal.SIGKILL)
        quiet = 0 if found else quiet + 1
        if quiet > 1:  # one look may fall between the end of a parent and the start of its child
            return
        found = offspring(pid, mark)


def offspring(pid: int, mark: str) -> set[int]:
    """Find what a worker started, and what that started: by its parents, or by the mark.

    Where there is no ``/proc`` (macOS, Windows) nothing is found: there only the worker's group
    is ended. Nor is a process found that has cleared its environment and has lost its parents.
    """
    return set(_offspring(pid, f"{MARK}={mark}".encode())) - {pid}


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
