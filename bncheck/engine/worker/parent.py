"""The parent of workers: a process that has imported what they need, and forks each of them.

It never sees a target: it imports bncheck, NumPy and SciPy, and, where it is told so, a framework,
and then waits. So a child begins where a worker begins that was started by itself, and what a
target does to its process is over with it. It forks only as long as it has one thread, since a
child has copies of the locks that other threads hold.

Each request is a message with descriptors: what become 0, 1 and 2 in the child, the pipe on which
this process tells the child's number and, later, its exit code, the memory of the pulse, and the
lifeline. It ends when bncheck does, or has asked for nothing for a while.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path

from bncheck.engine.worker.main import LATE
from bncheck.engine.worker.processes import MARK
from bncheck.engine.worker.witness import WITNESS

IDLE = 60.0
MOST = 4096  # bytes of a request
DESCRIPTORS = 6
# A framework that was imported has threads, or is used, in a way that no child can go on with.
_NEVER_FORKED = ("jax", "jaxlib", "tensorflow", "paddle")


def serve(descriptor: int, frameworks: str) -> tuple[str, str, str]:
    """Fork workers until the other end hangs up; returns in each of them, with its arguments.

    descriptor: of the socket; frameworks: to import, with commas

    The first message says the names of the modules that children will have, or why there are none.
    """
    control = socket.socket(fileno=descriptor)
    # what a framework reads when it is imported is read for each child, and noted in it
    WITNESS.start()
    try:
        for name in (*LATE, *filter(None, frameworks.split(","))):
            import_module(name)
        unfit = _unfit()
    except Exception as error:
        unfit = f"{type(error).__name__} at the import"
    tops = sorted({name.partition(".")[0] for name in sys.modules})
    control.send(json.dumps({"unfit": unfit, "modules": [] if unfit else tops}).encode())
    if unfit:
        os._exit(1)
    return _Parent(control).wait()


def _unfit() -> str:
    """Say why children could not go on with what this process has; empty where they can."""
    found = [name for name in _NEVER_FORKED if name in sys.modules]
    if found:
        return f"{found[0]} does not survive a fork"
    # OpenBLAS ends its threads when a process forks; whatever is left would be in no child
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _mark(os.environ[MARK])
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status != 0:
        return "a child cannot be marked as what it is"
    threads = len(os.listdir("/proc/self/task"))
    return f"it has {threads} threads" if threads > 1 else ""


class _Parent:
    """Waits for requests and for the ends of children."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._told: dict[int, int] = {}  # child -> where its exit code is told
        self._ended, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._ended, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)

    def wait(self) -> tuple[str, str, str]:
        poll = select.poll()
        poll.register(self._ended, select.POLLIN)
        poll.register(self._control, select.POLLIN)
        open_ended = True
        while open_ended or self._told:
            ready = [each for each, _ in poll.poll(1000 * IDLE)]
            if not ready and not self._told:
                break
            if self._ended in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._ended, MOST)
            self._reap()
            if self._control.fileno() in ready:
                message, descriptors, _, _ = socket.recv_fds(self._control, MOST, DESCRIPTORS)
                if not message:
                    poll.unregister(self._control)
                    open_ended = False
                elif arguments := self._fork(json.loads(message), descriptors):
                    return arguments
        os._exit(0)

    def _reap(self) -> None:
        while self._told:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            told = self._told.pop(child)
            _tell(told, os.waitstatus_to_exitcode(status))
            os.close(told)

    def _fork(self, asked: dict[str, str], descriptors: list[int]) -> tuple[str, str, str] | None:
        """Fork; None here, the arguments of a worker in the child."""
        told = descriptors[3]
        child = os.fork()
        if child == 0:
            return self._become(asked, descriptors)
        self._told[child] = told
        for descriptor in descriptors:
            if descriptor != told:
                os.close(descriptor)
        _tell(told, child)
        return None

    def _become(self, asked: dict[str, str], descriptors: list[int]) -> tuple[str, str, str]:
        """Leave nothing of the parent's behind in this child."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._control.close()
        for descriptor in (self._ended, self._wake, descriptors[3], *self._told.values()):
            os.close(descriptor)
        for number, descriptor in enumerate(descriptors[:3]):
            os.dup2(descriptor, number)
            os.close(descriptor)
        _mark(asked["tag"])
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()  # Python's own does so by itself
        return asked["mark"], str(descriptors[4]), str(descriptors[5])


def _tell(descriptor: int, number: int) -> None:
    with contextlib.suppress(OSError):  # who asked is gone
        os.write(descriptor, f"{number}\n".encode())


def _mark(tag: str) -> None:
    """Have the environment say whose worker this is, for its children and for who looks at it.

    The system shows of a process the environment that it began with, which is in its memory.
    """
    fields = Path("/proc/self/stat").read_bytes().rpartition(b") ")[2].split()
    start, end = int(fields[47]), int(fields[48])
    old, new = (f"{MARK}={each}\0".encode() for each in (os.environ[MARK], tag))
    with open("/proc/self/mem", "rb+", buffering=0) as memory:
        memory.seek(start)
        shown = memory.read(end - start)
        at = shown.index(old)
        memory.seek(start + at)
        memory.write(new)
    os.environ[MARK] = tag
