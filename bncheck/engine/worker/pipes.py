"""Both ends that bncheck reads of a worker, its answers and what the target says, with a limit.

What the target says is read here and not kept in a file: a layer that prints a megabyte in each
call fills no disk, and is not held up either, since somebody reads for as long as a request is
under way. Only the last of it is kept.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import threading
from typing import Protocol

# the last words of a process that ended are quoted, and are shorter
_KEPT = 2000
_AT_ONCE = 1 << 20


class Pipes(Protocol):
    """What a worker is sent and what it sends."""

    said: bytes

    def send(self, data: bytes) -> None:
        """Begin to send; the rest goes while one waits. Raises OSError where nobody reads."""

    def wait(self, seconds: float) -> bytes | None:
        """Return what was answered, nothing after so much time, None where the end has closed."""

    def close(self) -> None:
        """Close all."""


def pipes(requests: int, answers: int, output: int) -> Pipes:
    """Take descriptors over: the one that is written to, and the two that are read."""
    if hasattr(select, "poll"):
        return Polled(requests, answers, output)
    return Threaded(requests, answers, output)


class Polled:
    """Where the system tells which of several pipes is ready: everything but Windows."""

    def __init__(self, requests: int, answers: int, output: int) -> None:
        """Nothing is written or read yet."""
        self._requests, self._answers, self._output = requests, answers, output
        self._unsent = b""
        self.said = b""
        self._poll = select.poll()
        for descriptor in (requests, answers, output):
            os.set_blocking(descriptor, False)
        for descriptor in (answers, output):
            self._poll.register(descriptor, select.POLLIN)

    def send(self, data: bytes) -> None:
        """Send as much as there is room for."""
        self._unsent += data
        self._write()

    def wait(self, seconds: float) -> bytes | None:
        """Wait until there is an answer, or part of one, or something was said or sent."""
        answered: bytes | None = b""
        for descriptor, _ in self._poll.poll(max(0.0, seconds) * 1000):
            if descriptor == self._requests:
                self._write()
            elif descriptor == self._output:
                self._listen()
            else:
                answered = self._read(self._answers) or None
        return answered

    def close(self) -> None:
        """Close all, after a last look at what was said."""
        self._listen()
        for descriptor in (self._requests, self._answers, self._output):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _write(self) -> None:
        try:
            self._unsent = self._unsent[os.write(self._requests, self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent = b""
            with contextlib.suppress(KeyError):
                self._poll.unregister(self._requests)
            raise
        if self._unsent:
            self._poll.register(self._requests, select.POLLOUT)
        else:
            with contextlib.suppress(KeyError):
                self._poll.unregister(self._requests)

    def _listen(self) -> None:
        data = self._read(self._output)
        if data == b"":
            with contextlib.suppress(KeyError):
                self._poll.unregister(self._output)
        self.said = (self.said + (data or b""))[-_KEPT:]

    def _read(self, descriptor: int) -> bytes | None:
        """Return what is there, nothing at the end, None where there is nothing yet."""
        try:
            return os.read(descriptor, _AT_ONCE)
        except BlockingIOError:
            return None
        except OSError:
            return b""


class Threaded:
    """Where only a thread can wait for a pipe: two of them, that end with the pipes."""

    def __init__(self, requests: int, answers: int, output: int) -> None:
        """Begin to read."""
        self._requests = requests
        self.said = b""
        self._answered: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._ended = False
        for read, descriptor in ((self._hear, answers), (self._listen, output)):
            threading.Thread(target=read, args=(descriptor,), daemon=True).start()

    def send(self, data: bytes) -> None:
        """Send all, and wait for it."""
        while data:
            data = data[os.write(self._requests, data) :]

    def wait(self, seconds: float) -> bytes | None:
        """Wait until there is an answer, or part of one."""
        if self._ended:
            return None
        try:
            data = self._answered.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return b""
        self._ended = not data
        return data or None

    def close(self) -> None:
        """Close the one that is written to; the threads close theirs."""
        with contextlib.suppress(OSError):
            os.close(self._requests)

    def _hear(self, answers: int) -> None:
        while data := self._read(answers):
            self._answered.put(data)
        self._answered.put(b"")
        os.close(answers)

    def _listen(self, output: int) -> None:
        while data := self._read(output):
            self.said = (self.said + data)[-_KEPT:]
        os.close(output)

    def _read(self, descriptor: int) -> bytes:
        try:
            return os.read(descriptor, _AT_ONCE)
        except OSError:
            return b""
