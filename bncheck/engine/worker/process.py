"""One worker process, as bncheck sees it from outside: started, asked within limits, ended.

The deadlines are kept here, where the target has no hand in them: it may use the timers of its
process, block its signals, stop it, or never come back from C.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from time import monotonic
from typing import Any

from bncheck.engine.worker import pulse, warm
from bncheck.engine.worker.frames import Frames, new_mark
from bncheck.engine.worker.pipes import pipes
from bncheck.engine.worker.processes import end_group, end_offspring, offspring, stopped
from bncheck.engine.worker.starting import Beginning, started

# How often it is looked whether the process is still there, besides what its pipes tell: a child
# of the target may hold these open.
_STEP = 0.25
# Who stops a process to slow it down continues it several times a second.
_CONTINUED = 5.0
# A worker that has nothing more to do leaves at once, and one that was killed in no time.
_LEAVES = 1.0


class Ended(Exception):
    """The process is gone, or no longer speaks; ``code`` is None where it was still there."""

    def __init__(self, code: int | None) -> None:
        """Keep the exit code."""
        super().__init__()
        self.code = code


class Late(Exception):
    """The process took longer than it may.

    inside: whether a call of the target did; stopped: whether a signal had stopped the process
    """

    def __init__(self, *, inside: bool, stopped: bool) -> None:
        """Say what was seen when the time was over."""
        super().__init__()
        self.inside = inside
        self.stopped = stopped


class Process:
    """A process that was started, until it is ended."""

    def __init__(self, target: str = "") -> None:
        """Start it; target: what it is going to load, where that is known."""
        marks = new_mark(), new_mark()
        self._mark = marks[1]
        self._frames = Frames(marks[0])
        self._moved = monotonic()
        self._pulse, memory, descriptors = pulse.made()
        # nothing is written to this one: that it closes tells the worker that bncheck has ended
        alive, self._life = os.pipe() if sys.platform.startswith("linux") else (-1, -1)
        handed = (*descriptors, *(() if alive < 0 else (alive,)))
        beginning = Beginning(marks[0], self._mark, memory, alive, handed)
        try:
            self._child = warm.forked(beginning, target) or started(beginning)
        except BaseException:
            if self._life >= 0:
                os.close(self._life)
            raise
        finally:
            for descriptor in handed:
                os.close(descriptor)
        self._pipes = pipes(*self._child.ends)

    @property
    def foreign(self) -> int:
        """How many bytes came that were not the worker's."""
        return self._frames.foreign

    def ask(self, message: Mapping[str, Any], inside: float, outside: float) -> dict[str, Any]:
        """Send a message and wait for the answer. Raises Ended, Late or Damaged.

        inside: seconds that one call of the target may take; outside: seconds that may pass
        between two of them
        """
        with contextlib.suppress(OSError):  # what came of it is seen below
            self._pipes.send(self._frames.pack(message))
        asked = self._moved = monotonic()
        while True:
            answer = self._frames.take()
            if answer is not None:
                return answer
            left = self._left(asked, inside, outside)
            try:
                arrived = self._pipes.wait(min(left, _STEP))
            except OSError:
                arrived = None
            if arrived:
                self._frames.feed(arrived)
            elif arrived is None:
                raise Ended(self._leaving())
            elif left <= 0 or self._rests():
                raise self._late()
            elif self._child.poll() is not None:
                self._drain()

    def _left(self, asked: float, inside: float, outside: float) -> float:
        within, since = self._pulse.read()
        limit = inside if within else outside
        # before the worker has seen the request, it tells of an earlier one
        return max(since, asked) + limit - monotonic()

    def _rests(self) -> bool:
        """Whether it was stopped by a signal some time ago, and nobody continued it."""
        now = monotonic()
        if not stopped(self._child.pid):
            self._moved = now
        return now - self._moved > _CONTINUED

    def _late(self) -> Late:
        within, _ = self._pulse.read()
        return Late(inside=within, stopped=stopped(self._child.pid))

    def _drain(self) -> None:
        """Take what a process left that has ended, though its pipes are held open."""
        arrived = self._pipes.wait(0)
        if not arrived:
            raise Ended(self._child.poll())
        self._frames.feed(arrived)

    def _leaving(self) -> int | None:
        try:
            return self._child.wait(timeout=_LEAVES)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """End it at once; also from another thread than the one that asks."""
        end_group(self._child.pid)
        self._child.kill()

    def stop(self, *, politely: bool) -> bytes:
        """End it and all that it started; returns the last of what the target said.

        politely: it is given the time to leave by itself
        """
        known = offspring(self._child.pid, self._mark)
        if politely and self._child.poll() is None:
            with contextlib.suppress(OSError):
                self._pipes.send(self._frames.pack({"do": "leave"}))
            self._leaving()
        end_offspring(self._child.pid, self._mark, known)
        self._child.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout=_LEAVES)  # all but what the system itself holds up
        self._child.close()
        self._pipes.close()
        if self._life >= 0:
            os.close(self._life)
            self._life = -1
        return self._pipes.said
