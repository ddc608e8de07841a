"""The worker process: loads the target by its name and answers requests, one JSON line each.

It may crash, hang or leak: the engine sees that from outside and goes on with another. What the
target prints goes to a file of its own and never into the conversation.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from typing import Any, TextIO

from bncheck.errors import BncheckError, NotSupported, TargetError, UsageError
from bncheck.trial import Guard

# More than this beyond what it needed to load is a blow-up, not an answer.
MEMORY_BEYOND_LOAD = 8 << 30


class Alarm:
    """Ends the process when a call takes too long, even one that never comes back to Python.

    SIGALRM keeps its default action, which ends a process without its help.
    """

    def __init__(self, seconds: float) -> None:
        """Calls may take that many seconds."""
        self._seconds = seconds
        self._works = hasattr(signal, "setitimer")
        if self._works:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def enter(self, where: str) -> None:
        """Start the time."""
        del where
        if self._works:
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def leave(self) -> None:
        """Stop it."""
        if self._works:
            signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> int:
    """Serve until the other end hangs up."""
    requests, answers = _channel()
    setup = json.loads(requests.readline())
    sys.path[:0] = [p for p in setup["path"] if p not in sys.path]
    warnings.simplefilter("ignore")
    alarm = Alarm(setup["load_timeout"])
    try:
        from bncheck.adapters import adapt, load  # late: it is loading that may hang
        from bncheck.engine.service import Service, describe

        alarm.enter("loading")
        loaded = load(setup["target"])
        implementation = adapt(loaded, name=setup["target"], profile=setup["profile"])
        alarm.leave()
        service = Service(implementation, _guard(Alarm(setup["timeout"])))
        _send(answers, {"loaded": describe(implementation)})
    except (UsageError, TargetError, NotSupported) as error:
        alarm.leave()
        _send(answers, {"refused": str(error), "kind": type(error).__name__})
        return 0
    _limit_memory()
    for line in requests:
        try:
            _send(answers, {"answer": service.answer(json.loads(line)), "memory": _resident()})
        except BncheckError as error:
            _send(answers, {"fault": str(error), "kind": type(error).__name__})
    return 0


def _guard(alarm: Alarm) -> Guard:
    return Guard(enter=alarm.enter, leave=alarm.leave)


def _channel() -> tuple[TextIO, TextIO]:
    """Move the pipes away from file descriptors 0 and 1, so that the target cannot touch them."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, answers


def _send(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _resident() -> int:
    """Peak resident memory in bytes, 0 where that cannot be told."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _limit_memory() -> None:
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as status:
            used = int(status.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BEYOND_LOAD,) * 2)
    except (ImportError, OSError, ValueError):
        return  # no such limit on this system: a blow-up then ends the worker, which is seen


if __name__ == "__main__":
    sys.exit(main())
