"""A conversation with a worker that may die, and the same with an implementation in memory."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Protocol

from bncheck.engine.options import COMPILING, Options, call_limit
from bncheck.engine.service import OUT_OF_MEMORY, Service, describe
from bncheck.errors import BncheckError, InternalError, NotSupported, TargetError, UsageError
from bncheck.model import Implementation
from bncheck.terminal import sentence


class Died(Exception):
    """The worker is gone: ``kind`` is crash or hang, ``detail`` a sentence about it."""

    def __init__(self, kind: str, detail: str) -> None:
        """Keep the kind apart: a hang costs its timeout every time."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class Session(Protocol):
    """Somebody who answers requests about a target."""

    @property
    def loaded(self) -> Mapping[str, Any]:
        """What the target is: name, origin, abilities, promised, domain."""

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request. Raises Died; another worker is then started for the next one."""

    def close(self) -> None:
        """End it."""


@dataclass
class InProcess:
    """An implementation that lives in this process: it cannot be lost, nor its calls timed."""

    implementation: Implementation

    def __post_init__(self) -> None:
        """Stand ready."""
        self._service = Service(self.implementation)
        self.loaded: Mapping[str, Any] = describe(self.implementation)

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer in this process."""
        return self._service.answer(request)

    def close(self) -> None:
        """Nothing to end."""


# A target that has used up the memory of its process gets another one, a few times.
_RENEWALS = 3


def _exhausted(answer: Mapping[str, Any]) -> bool:
    """Whether the target could not have the memory that it asked for."""
    return any(result.get("kind") == "MemoryError" for result in answer.get("results", ()))


class Worker:
    """A worker process and its replacement when it dies."""

    def __init__(self, target: str, options: Options) -> None:
        """Start it and wait until the target is loaded.

        Raises UsageError, TargetError or NotSupported where the target cannot be taken.
        """
        self._target = target
        self._options = options
        self._known: Mapping[str, Any] | None = None
        self._process: subprocess.Popen[str] | None = None
        self.restarts = 0
        self._lost = False  # whether a call was seen to end the process
        self._renewals = 0
        self.loaded: Mapping[str, Any] = self._start()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        if self._process is None:
            self.restarts += 1
            self._restart()
            if self._known is not None:
                self._exchange(self._known)
        if request["do"] == "convention":
            self._known = request
        answer = self._exchange(request)
        if self._renewals < _RENEWALS and _exhausted(answer) and self._process is not None:
            self._renewals += 1
            self._stop(self._process)
            self._process = None
        return answer

    def close(self) -> None:
        """Hang up; a worker that does not leave is ended."""
        if self._process is not None:
            self._stop(self._process)
            self._process = None
        self._said.close()

    def _restart(self) -> None:
        try:
            self._start()
        except BncheckError as error:
            # it was loaded before, so this is something that it does; loading may take long
            raise Died("hang", f"it could be loaded once, but not again: {error}") from None

    def _start(self) -> Mapping[str, Any]:
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 # open while it lives
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bncheck.engine.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the engine, which then ends the worker
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)},
        )
        options = self._options
        message = self._line(
            {
                "target": self._target,
                "profile": options.profile,
                "device": options.device,
                "timeout": options.timeout,
                "load_timeout": options.load_timeout,
                "lost": self._lost,
                "path": [os.getcwd()],
            },
            loading=True,
        )
        if "loaded" not in message:
            self.close()
            kinds = {"UsageError": UsageError, "NotSupported": NotSupported}
            raise kinds.get(message["kind"], TargetError)(message["refused"])
        loaded: Mapping[str, Any] = message["loaded"]
        self._lost = message["lost"]
        return loaded

    def _exchange(self, request: Mapping[str, Any]) -> dict[str, Any]:
        message = self._line(request)
        answer: dict[str, Any] = message["answer"]
        answer["memory"] = message["memory"]
        return answer

    def _line(self, request: Mapping[str, Any], *, loading: bool = False) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise InternalError("asked a worker that was not started")
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        if line.endswith("\n"):
            message: dict[str, Any] = json.loads(line)
            if "fault" in message:
                raise InternalError(message["fault"])
            return message
        code = self._stop(process)
        self._process = None
        for pipe in (process.stdin, process.stdout):
            # what was not sent cannot be flushed any more
            with contextlib.suppress(OSError):
                pipe.close()
        died = self._obituary(code, loading)
        if loading:
            raise TargetError(f"{self._target} could not be loaded: {died.detail}")
        raise died

    def _obituary(self, code: int, loading: bool) -> Died:
        said = self._last_words()
        if code == -getattr(signal, "SIGALRM", 14):
            return Died("hang", self._too_long(loading))
        if code == OUT_OF_MEMORY:
            return Died("crash", "the process ran out of memory, which its calls had taken")
        how = f"with exit code {code}" if code >= 0 else f"by {_signal_name(-code)}"
        return Died("crash", f"the process ended {how}" + (f"; it said: {said}" if said else ""))

    def _too_long(self, loading: bool) -> str:
        if loading:
            limit = self._options.load_timeout
            return f"loading it took more than {limit:g} s (--load-timeout sets the limit)"
        few_shapes = bool(self.loaded["domain"]["few_shapes"])
        limit = call_limit(self._options.timeout, few_shapes=few_shapes)
        told = f", {COMPILING} times as long for what is compiled" if few_shapes else ""
        return f"one call took more than {limit:g} s (--timeout sets the limit{told})"

    def _last_words(self) -> str:
        self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, self._said.tell() - 2000))
        lines = self._said.read().decode("utf-8", "replace").split("\n")
        self._said.close()
        return next((sentence(line)[:200] for line in reversed(lines) if line.strip()), "")

    def _stop(self, process: subprocess.Popen[str]) -> int:
        """Return the exit code; a worker that does not leave is ended, and its children too."""
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            code = process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):  # as a rule there are none
                os.killpg(process.pid, signal.SIGKILL)
        if process.stdout is not None:
            process.stdout.close()
        return code


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
