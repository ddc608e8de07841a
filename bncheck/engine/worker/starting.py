"""A worker's process as it is begun, and what bncheck can do with it from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bncheck.engine.worker.processes import MARK

BOOT = str(Path(__file__).with_name("boot.py"))


@dataclass(frozen=True)
class Beginning:
    """What a worker is begun with.

    mark: of the conversation; tag: in its environment; memory: by what it opens the pulse
    alive: the descriptor of its lifeline, or -1; handed: the descriptors that it is given
    """

    mark: str
    tag: str
    memory: int | str
    alive: int
    handed: tuple[int, ...]


class Child(Protocol):
    """A process that was begun."""

    @property
    def pid(self) -> int:
        """Its number, which also is that of its group."""

    @property
    def ends(self) -> tuple[int, int, int]:
        """Descriptors that are the caller's: of what it is sent, answers, and says."""

    def poll(self) -> int | None:
        """Return its exit code, or minus the signal that ended it; None while it lives."""

    def wait(self, timeout: float) -> int:
        """Return its exit code. Raises subprocess.TimeoutExpired where it still lives."""

    def kill(self) -> None:
        """End it, if it lives."""

    def close(self) -> None:
        """Give up what is known of it by; it has ended."""


class Started:
    """A process of its own, which imports all that it needs."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        """Take over its pipes."""
        self._popen = popen
        self.pid = popen.pid
        ends = [end for end in (popen.stdin, popen.stdout, popen.stderr) if end is not None]
        requests, answers, output = (os.dup(end.fileno()) for end in ends)
        self.ends = (requests, answers, output)
        for end in ends:
            end.close()

    def poll(self) -> int | None:
        """Return its exit code, if it has ended."""
        return self._popen.poll()

    def wait(self, timeout: float) -> int:
        """Wait for its exit code."""
        return self._popen.wait(timeout=timeout)

    def kill(self) -> None:
        """End it."""
        self._popen.kill()

    def close(self) -> None:
        """Nothing is left."""


def started(beginning: Beginning) -> Started:
    """Start a worker by itself."""
    arguments = [beginning.mark, str(beginning.memory), str(beginning.alive), *folders()]
    popen = subprocess.Popen(  # noqa: S603 # our own file
        [sys.executable, "-P", BOOT, *arguments],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the engine, which then ends the worker
        env={**os.environ, MARK: beginning.tag},
        pass_fds=beginning.handed,
    )
    return Started(popen)


def folders() -> list[str]:
    """Where modules are found, without the working folder that an empty entry stands for."""
    return [os.path.abspath(folder) for folder in sys.path if folder]
