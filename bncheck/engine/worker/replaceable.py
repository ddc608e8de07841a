"""A session with a worker process that may die, and is then replaced."""

from __future__ import annotations

import math
import os
import weakref
from collections.abc import Mapping
from typing import Any

from bncheck.engine.options import Options, call_limit
from bncheck.engine.session import Died
from bncheck.engine.worker import obituary
from bncheck.engine.worker.frames import Damaged
from bncheck.engine.worker.process import Ended, Late, Process
from bncheck.engine.worker.remarks import Remarks
from bncheck.engine.worker.starting import folders
from bncheck.errors import BncheckError, InternalError, NotSupported, TargetError, UsageError

# A target that has used up the memory of its process gets another one, a few times.
_RENEWALS = 3

# Between two calls of the target bncheck is at work, which does not depend on the target: with
# so many seconds it may, on a machine that is busy with other things, begin (some imports of
# SciPy), and with so many for each law and value go through with it: exact arithmetic needs one
# microsecond (see `bncheck.engine.measure`), and gets ten.
_OWN_WORK, _OWN_WORK_PER_VALUE = 10.0, 1e-5
# A process has so long to begin, before it is the target's turn.
_BEGINS = 60.0

# those of this process that were not closed
_WORKERS: weakref.WeakSet[Worker] = weakref.WeakSet()


class Worker:
    """A worker process and its replacement when it dies."""

    def __init__(self, target: str, options: Options, remarks: Remarks | None = None) -> None:
        """Start it and wait until the target is loaded.

        Raises UsageError, TargetError or NotSupported where the target cannot be taken.
        """
        self._target = target
        self._options = options
        self._remarks = Remarks() if remarks is None else remarks
        self._known: Mapping[str, Any] | None = None
        self._process: Process | None = None
        self._abandoned = False
        self._interrupted = False
        self.restarts = 0
        self._lost = False  # whether a call was seen to end the process
        self._renewals = 0
        _WORKERS.add(self)
        self.loaded: Mapping[str, Any] = self._first()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request and wait for its answer; ask again, once, if the process is lost."""
        try:
            return self._asked(request)
        except Died as died:
            if self._interrupted:
                raise KeyboardInterrupt from None
            if self._abandoned or not died.how or not self._remarks.doubtful(died.how):
                raise
            answer = self._again(request, died)
            self._remarks.accident(died.how)
            return answer

    def abandon(self) -> None:
        """End the process at once, whatever it is doing; it is not replaced."""
        self._abandoned = True
        if (process := self._process) is not None:
            process.kill()

    def interrupt(self) -> None:
        """End it at once, from another thread: who asks it, or waits for it, is interrupted."""
        self._interrupted = True
        self.abandon()

    def close(self) -> None:
        """Hang up; a worker that does not leave is ended."""
        _WORKERS.discard(self)
        self._stop(politely=not self._abandoned)

    def _again(self, request: Mapping[str, Any], first: Died) -> dict[str, Any]:
        try:
            return self._asked(request)
        except Died as died:
            if not died.how:
                raise first from None  # there is no other process to ask
            self._remarks.repeated(died.how)
            raise

    def _asked(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if self._abandoned:
            raise Died("crash", "the run was interrupted")
        if self._process is None:
            if request["do"] == "loaded":  # another process has read other things
                raise Died("crash", "its process was lost")
            self.restarts += 1
            self._restart()
            if self._known is not None:
                self._exchange(self._known)
        if request["do"] == "convention":
            self._known = request
        answer = self._exchange(request)
        if self._renewals < _RENEWALS and _exhausted(answer):
            self._renewals += 1
            self._stop(politely=True)
        return answer

    def _first(self) -> Mapping[str, Any]:
        try:
            return self._loaded()
        except Died as died:
            raise TargetError(f"{self._target} could not be loaded: {died.detail}") from None

    def _restart(self) -> None:
        try:
            self._loaded()
        except (BncheckError, Died) as error:
            # it was loaded before, so this is something that it does; loading may take long
            raise Died("hang", f"it could be loaded once, but not again: {error}") from None

    def _loaded(self) -> Mapping[str, Any]:
        """Load the target; try again, once, if the process is lost, and not just slow."""
        try:
            return self._load()
        except Died as died:
            if self._interrupted:
                raise KeyboardInterrupt from None
            slow = died.kind == "hang" and died.how != obituary.STOPPED
            if slow or not self._remarks.doubtful(died.how):
                raise
            first = died
        loaded = self._load()
        self._remarks.accident(first.how)
        return loaded

    def _load(self) -> Mapping[str, Any]:
        self._process = Process(self._target)
        options = self._options
        message = self._line(
            {
                "do": "load",
                "target": self._target,
                "profile": options.profile,
                "norm": options.norm,
                "device": options.device,
                "timeout": options.timeout,
                "load_timeout": options.load_timeout,
                "lost": self._lost,
                "watched": options.keep or options.resume,
                "path": folders(),
                "folder": os.getcwd(),
            },
            inside=options.load_timeout,
            outside=_BEGINS + options.load_timeout,
        )
        if "refused" in message:
            self._stop(politely=True)
            kinds = {"UsageError": UsageError, "NotSupported": NotSupported}
            raise kinds.get(message["kind"], TargetError)(message["refused"])
        loaded: Mapping[str, Any] = message["loaded"]
        self._lost = message["lost"]
        return loaded

    def _exchange(self, request: Mapping[str, Any]) -> dict[str, Any]:
        limit = self._limit()
        size = math.prod(request["recipe"]["shape"]) if "recipe" in request else 0
        own = size * max(1, len(request.get("laws", ()))) * _OWN_WORK_PER_VALUE
        message = self._line(request, inside=limit, outside=max(limit, _OWN_WORK) + own)
        if message["doubtful"]:
            raise TargetError(obituary.doubtful(self._target, message["replaced"]))
        answer: dict[str, Any] = message["answer"]
        answer["memory"] = message["memory"]
        answer["restarts"] = self.restarts
        return answer

    def _limit(self) -> float:
        few_shapes = bool(self.loaded["domain"]["few_shapes"])
        return call_limit(self._options.timeout, few_shapes=few_shapes)

    def _line(self, request: Mapping[str, Any], *, inside: float, outside: float) -> dict[str, Any]:
        process = self._process
        if process is None:
            raise InternalError("asked a worker that was not started")
        loading = request["do"] == "load"
        try:
            message = process.ask(request, inside, outside)
        except (Ended, Damaged) as error:
            # what it said is complete once it has been ended
            code = error.code if isinstance(error, Ended) else obituary.CONVERSATION_LOST
            raise obituary.ended(code, self._stop(politely=False)) from None
        except Late as late:
            self._stop(politely=False)
            limit = inside if late.inside else outside
            raise obituary.late(late, limit, loading, self._compiled(loading)) from None
        except BaseException:
            self._stop(politely=False)  # Ctrl-C: the next answer would be to this request
            raise
        if process.foreign:
            self._remarks.note(obituary.FOREIGN)
        if message.get("replaced"):
            self._remarks.note(obituary.replaced(message["replaced"]))
        for told in message.get("unit", ()):
            self._remarks.note(obituary.unit(told))
        if "fault" in message:
            raise InternalError(message["fault"])
        return message

    def _compiled(self, loading: bool) -> bool:
        return not loading and bool(self.loaded["domain"]["few_shapes"])

    def _stop(self, *, politely: bool) -> bytes:
        process, self._process = self._process, None
        return b"" if process is None else process.stop(politely=politely)


def interrupt_all() -> None:
    """End the workers of this process at once, as Ctrl-C does where there is but one run."""
    for worker in list(_WORKERS):
        worker.interrupt()


def _exhausted(answer: Mapping[str, Any]) -> bool:
    """Whether the target could not have the memory that it asked for."""
    return any(result.get("kind") == "MemoryError" for result in answer.get("results", ()))
