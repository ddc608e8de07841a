"""What became of a worker process, as a sentence about the target."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from bncheck.engine.options import COMPILING
from bncheck.engine.service import CONVERSATION_LOST as CONVERSATION_LOST
from bncheck.engine.service import OUT_OF_MEMORY
from bncheck.engine.session import Died
from bncheck.engine.worker.process import Late
from bncheck.terminal import sentence

STOPPED = "the process was stopped by a signal, and nobody continued it"
FOREIGN = (
    "the target wrote to descriptors that are not its own, those of bncheck among them; what it "
    "wrote there was passed over"
)
_LOST = "the target closed, or wrote to, the descriptors by which its process answers"
_MEMORY = "the process ran out of memory, which its calls had taken"


def ended(code: int | None, said: bytes) -> Died:
    """Say how a process ended; code: None where it was there and no longer spoke."""
    if code == OUT_OF_MEMORY:
        return Died("crash", _MEMORY)
    if code in (None, CONVERSATION_LOST):
        return Died("crash", _LOST, _LOST)
    how = f"with exit code {code}" if code >= 0 else f"by {_signal_name(-code)}"
    how = f"the process ended {how}"
    last = _last_words(said)
    return Died("crash", f"{how}; it said: {last}" if last else how, how)


def late(late: Late, limit: float, loading: bool, compiled: bool) -> Died:
    """Say what took too long; compiled: the call may have included a compilation."""
    if late.stopped:
        return Died("hang", STOPPED, STOPPED)
    if not late.inside:
        told = f"the process did nothing for {limit:.3g} s between two calls of the target"
        return Died("hang", told, told)
    if loading:
        told = f"loading it took more than {limit:g} s"
        return Died("hang", f"{told} (--load-timeout sets the limit)", told)
    told = f"one call took more than {limit:g} s"
    more = f", {COMPILING} times as long for what is compiled" if compiled else ""
    return Died("hang", f"{told} (--timeout sets the limit{more})", told)


def replaced(names: Sequence[str]) -> str:
    """Say what the target replaced in its process, which changes no verdict."""
    return f"the target replaces {_some(names)}; it is judged with what was there before"


def unit(changed: str) -> str:
    """Say what the target changed in the floating-point unit."""
    return (
        f"the target changes the floating-point unit of its process: {changed}; bncheck itself "
        "computes as usual"
    )


def doubtful(target: str, names: Sequence[str]) -> str:
    """Say what it replaced too late to be undone for all that was judged."""
    return (
        f"{target} replaces {_some(names)} while it is called, so that what was judged since "
        "cannot be trusted; let it do so when it is imported, or not at all"
    )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if names[3:] else ""
    return ", ".join(names[:3]) + more


def _last_words(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").split("\n")
    return next((sentence(line)[:200] for line in reversed(lines) if line.strip()), "")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
