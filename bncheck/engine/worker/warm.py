"""Workers that need not import what others imported before: forked by a parent that has.

Only while somebody has said that there are going to be several, of many targets or of one, and on
Linux. A parent serves as long as what it began with is what a worker would begin with: the
environment, the working folder, limits and so on; else there is a new one. Where anything is
doubtful, a worker is started by itself, as it is where there is going to be one.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Hashable, Iterator
from pathlib import Path
from time import monotonic

from bncheck.engine.worker.frames import new_mark
from bncheck.engine.worker.memory import RESOURCE
from bncheck.engine.worker.needs import frameworks, names_beside
from bncheck.engine.worker.parent import MOST
from bncheck.engine.worker.processes import MARK
from bncheck.engine.worker.starting import BOOT, Beginning, Child, folders

# so long may it take until a parent has imported everything
_BEGINS = 60.0
_ANSWERS = 5.0
# a parent that was lost so often is not made again
_MOST_LOST = 3
# lines of /proc/self/status that a worker inherits
_INHERITED = ("Umask", "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "CapEff", "Cpus_allowed")


class Forked:
    """A child of a parent, which tells of its end."""

    def __init__(self, told: int, ends: tuple[int, int, int]) -> None:
        """Wait for its number. Raises OSError where none comes.

        told: from where its number comes, and its exit code; ends: its pipes
        """
        self.ends = ends
        self._told = told
        self._heard = b""
        self._code: int | None = None
        deadline = monotonic() + _ANSWERS
        while b"\n" not in self._heard:
            if not self._listen(deadline - monotonic()):
                raise OSError("no child was made")
        self.pid = int(self._heard.split(b"\n")[0])

    def poll(self) -> int | None:
        """Return its exit code, if it has ended."""
        while self._code is None and self._listen(0):
            pass
        return self._code

    def wait(self, timeout: float) -> int:
        """Wait for its exit code."""
        deadline = monotonic() + timeout
        while (code := self.poll()) is None:
            left = deadline - monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired("a worker", timeout)
            self._listen(min(left, 0.05))
        return code

    def kill(self) -> None:
        """End it."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Hear no more."""
        if self._told >= 0:
            os.close(self._told)
            self._told = -1

    def _listen(self, seconds: float) -> bool:
        """Wait for a word of the parent; whether there was one, or all is known."""
        if self._told < 0:
            return False
        poll = select.poll()
        poll.register(self._told, select.POLLIN)
        if not poll.poll(max(0.0, seconds) * 1000):
            return False
        data = os.read(self._told, MOST)
        self._heard += data
        _, _, code = self._heard.partition(b"\n")
        if code.endswith(b"\n"):
            self._code = int(code)
        elif not data and not self._lives():  # the parent is gone, and can tell nothing
            self._code = -signal.SIGKILL
        return bool(data)

    def _lives(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except (OSError, AttributeError):
            return False
        return True


class _Parent:
    """A parent, seen from outside."""

    def __init__(self, frameworks: str) -> None:
        """Start it, and wait until it has imported everything. Raises OSError."""
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", BOOT, "parent", str(theirs.fileno()), frameworks]
        with theirs:
            self._popen = subprocess.Popen(  # noqa: S603 # our own file
                [*command, *folders()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, MARK: new_mark()},
                pass_fds=(theirs.fileno(),),
            )
        self._socket.settimeout(_BEGINS)
        try:
            hello = json.loads(self._socket.recv(1 << 16))
        except (OSError, ValueError) as error:
            self._popen.kill()
            self._popen.wait()
            self.end()
            raise OSError("it does not begin") from error
        self.unfit: str = hello["unfit"]
        self.modules = frozenset(hello["modules"])

    def fork(self, beginning: Beginning) -> Forked:
        """Have a worker made. Raises OSError."""
        inner, outer = _pipes()
        try:
            message = json.dumps({"mark": beginning.mark, "tag": beginning.tag}).encode()
            socket.send_fds(self._socket, [message], [*inner, *beginning.handed])
            return Forked(outer[3], outer[:3])
        except BaseException:
            for end in outer:
                os.close(end)
            raise
        finally:
            for end in inner:
                os.close(end)

    def end(self) -> None:
        """Let it go; it ends once its children have."""
        self._socket.close()

    def ended(self, timeout: float = 0.0) -> bool:
        """Whether it has ended, or does within so many seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout=timeout)
        return self._popen.returncode is not None


def _pipes() -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    """Make the ends of a worker and of its parent, and those that stay here."""
    (r0, w0), (r1, w1), (r2, w2), (r3, w3) = (os.pipe() for _ in range(4))
    return (r0, w1, w2, w3), (w0, r1, r2, r3)


class _Parents:
    """Those of this process, by what they have imported."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.wanted = 0
        self.for_ever = False
        self._leaving: list[_Parent] = []  # those that wait for their last children
        self.lock = threading.RLock()
        self._key: Hashable = None
        self._lost = 0
        self._there: dict[str, _Parent | None] = {}

    def fork(self, beginning: Beginning, target: str) -> Forked | None:
        key = _inherited()
        if key != self._key:
            self.end()
            self._key = key
        needed = frameworks(target)
        parent = self._made(needed) or (self._made("") if needed else None)
        if parent is None or parent.modules & names_beside(target):
            return None
        try:
            return parent.fork(beginning)
        except OSError:
            self._lost += 1
            self.end()
            return None

    def forget(self) -> None:
        """Begin anew in a process that was forked, where they are somebody else's."""
        for parent in filter(None, self._there.values()):
            parent.end()
        self._begin()  # with another lock, too: a thread that is not here may have held it

    def _made(self, needed: str) -> _Parent | None:
        there = self._there.get(needed)
        if there is not None and there.ended():  # nobody asked it for a while
            there.end()
            del self._there[needed]
        if needed not in self._there:
            self._there[needed] = None
            if self._lost < _MOST_LOST:
                with contextlib.suppress(OSError):
                    made = _Parent(needed)
                    if made.unfit:
                        made.end()
                        self._leaving.append(made)
                    else:
                        self._there[needed] = made
        return self._there[needed]

    def end(self, *, wait: bool = False) -> None:
        there, self._there = self._there, {}
        for parent in filter(None, there.values()):
            parent.end()
            self._leaving.append(parent)
        limit = _ANSWERS if wait else 0.0
        self._leaving = [each for each in self._leaving if not each.ended(limit)]


_PARENTS = _Parents()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_PARENTS.forget)


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Have parents for the workers that begin meanwhile."""
    with _PARENTS.lock:
        _PARENTS.wanted += 1
    try:
        yield
    finally:
        with _PARENTS.lock:
            _PARENTS.wanted -= 1
            if not (_PARENTS.wanted or _PARENTS.for_ever):
                _PARENTS.end(wait=True)


def keep() -> None:
    """Have parents until this process ends; one that is not used for a while ends before."""
    with _PARENTS.lock:
        _PARENTS.for_ever = True


def forked(beginning: Beginning, target: str) -> Child | None:
    """Have a worker forked; None where it has to be started by itself."""
    if not sys.platform.startswith("linux"):
        return None
    with _PARENTS.lock:
        if not (_PARENTS.wanted or _PARENTS.for_ever):
            return None
        try:
            return _PARENTS.fork(beginning, target)
        except OSError:  # no /proc, no folder
            return None


def _inherited() -> Hashable:
    """All that a worker would have from this process, were it started now."""
    here = os.stat(".")
    lines = Path("/proc/self/status").read_text().splitlines()
    limits = ()
    if RESOURCE is not None:
        names = sorted(name for name in dir(RESOURCE) if name.startswith("RLIMIT_"))
        limits = tuple(RESOURCE.getrlimit(getattr(RESOURCE, name)) for name in names)
    return (
        frozenset(os.environ.items()),
        (os.getcwd(), here.st_dev, here.st_ino),
        tuple(folders()),
        tuple(line for line in lines if line.partition(":")[0] in _INHERITED),
        limits,
        os.getpriority(os.PRIO_PROCESS, 0),
    )
