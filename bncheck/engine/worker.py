"""The worker process: loads the target by its name and answers requests, one JSON line each.

It may crash, hang or leak: the engine sees that from outside and goes on with another. What the
target prints goes to a file of its own and never into the conversation.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import warnings
from collections.abc import Mapping
from json import dumps, loads  # bound now: the target may replace what the modules hold
from typing import Any, NoReturn, TextIO

from bncheck.engine.options import call_limit
from bncheck.engine.rehearsal import survives
from bncheck.engine.service import OUT_OF_MEMORY, Service, describe
from bncheck.errors import (
    RAISED,
    NotSupported,
    TargetError,
    UsageError,
    described,
    fault,
    is_foreign,
)
from bncheck.model import Implementation
from bncheck.trial.trial import Guard

# More than this, to load or beyond what it needed to load, is a blow-up and not an answer; half
# of a small machine's memory is already one.
MOST_MEMORY = 8 << 30


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


def main() -> NoReturn:
    """Serve until the other end hangs up."""
    requests, answers = _channel()
    code = 0
    try:
        _serve(requests, answers)
    except MemoryError:
        code = OUT_OF_MEMORY
    except OSError:
        code = 1  # the target closed the pipe; the other end sees that it is gone
    except BaseException as error:
        _send(answers, {"fault": fault(error)})
    # at once: the target's threads and exit handlers are not waited for
    os._exit(code)


def _serve(requests: TextIO, answers: TextIO) -> None:
    setup = loads(requests.readline())
    sys.path[:0] = [p for p in setup["path"] if p not in sys.path]
    warnings.simplefilter("ignore")
    alarm = Alarm(setup["load_timeout"])
    limit_memory()
    try:
        from bncheck.targets import load  # late: it is loading that may hang
        from bncheck.targets.common import devices

        alarm.enter("loading")
        loaded = load(setup["target"])
        if setup["device"]:
            devices.use(setup["device"])
        implementation, lost = _adapted(loaded, setup)
        alarm.leave()
        limit = call_limit(setup["timeout"], few_shapes=implementation.domain.few_shapes)
        service = Service(implementation, _guard(Alarm(limit)))
        _send(answers, {"loaded": describe(implementation), "lost": lost})
    except (UsageError, TargetError, NotSupported) as error:
        alarm.leave()
        _send(answers, {"refused": str(error), "kind": type(error).__name__})
        return
    except RAISED as error:
        alarm.leave()
        if not is_foreign(error):
            raise
        refused = f"{setup['target']} raised {described(error)} when it was looked at"
        _send(answers, {"refused": refused, "kind": "TargetError"})
        return
    except KeyboardInterrupt:  # not from the keyboard: this process has none
        alarm.leave()
        refused = f"{setup['target']} does not import: it raises KeyboardInterrupt"
        _send(answers, {"refused": refused, "kind": "TargetError"})
        return
    limit_memory()
    for line in requests:
        try:
            answer = service.answer(loads(line))
        except MemoryError:
            raise
        except Exception as error:
            _send(answers, {"fault": fault(error)})
        else:
            _send(answers, {"answer": answer, "memory": _resident()})


def _adapted(loaded: object, setup: Mapping[str, Any]) -> tuple[Implementation, bool]:
    """Make the implementation; also whether calls are lost, which is found out once."""
    from bncheck.targets import adapt, are_functions, by_signature

    def act() -> Implementation:
        return adapt(loaded, name=setup["target"], profile=setup["profile"])

    # a few dozen small calls, each of which may take as long as any other
    limit = min(setup["load_timeout"] / 2, 10 * setup["timeout"])
    if setup["lost"] or (are_functions(loaded) and not survives(act, limit)):
        return by_signature(loaded, name=setup["target"]), True
    return act(), False


def _guard(alarm: Alarm) -> Guard:
    # Ctrl-C does not reach this process: whatever is raised here, the target raised it
    return Guard(enter=alarm.enter, leave=alarm.leave, catches=(BaseException,))


def _channel() -> tuple[TextIO, TextIO]:
    """Move the pipes away from file descriptors 0 and 1, so that the target cannot touch them."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    if hasattr(os, "register_at_fork"):
        # a child that outlives the worker must not keep the conversation open
        low, high = sorted((requests.fileno(), answers.fileno()))
        os.register_at_fork(after_in_child=lambda: os.closerange(low, high + 1))
    return requests, answers


def _send(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(dumps(message) + "\n")
    answers.flush()


def _resident() -> int:
    """Peak resident memory in bytes, 0 where that cannot be told."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def limit_memory() -> None:
    """Let the process have so much more; without such a limit, the system ends it at some time.

    Private memory that can be written to counts, not the address space, of which CUDA reserves
    more than a machine has.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        page = resource.getpagesize()
        with open("/proc/self/statm", encoding="ascii") as status:
            used = int(status.read().split()[5]) * page
        most = min(MOST_MEMORY, os.sysconf("SC_PHYS_PAGES") * page // 2)
        resource.setrlimit(resource.RLIMIT_DATA, (used + most, resource.RLIM_INFINITY))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # if memory runs out all the same, this process goes first


if __name__ == "__main__":
    main()
