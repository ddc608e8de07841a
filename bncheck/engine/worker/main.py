"""The worker process: loads the target by its name and answers requests.

It may crash, hang or leak: the engine sees that from outside and goes on with another. What the
target prints goes to a pipe of its own and never into the conversation.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Mapping
from importlib import import_module
from os import _exit  # bound now: the target may replace what the modules hold
from typing import Any, NoReturn

from bncheck.blaming import described, fault, is_foreign
from bncheck.engine.service import BY_ID, CONVERSATION_LOST, OUT_OF_MEMORY, Service, describe
from bncheck.engine.worker import memory, pulse
from bncheck.engine.worker.channel import Channel, Lost, raised
from bncheck.engine.worker.fpu import Unit
from bncheck.engine.worker.judging import Judging
from bncheck.engine.worker.lifeline import ends_with
from bncheck.engine.worker.namespaces import Namespaces
from bncheck.engine.worker.rehearsal import survives
from bncheck.engine.worker.witness import WITNESS
from bncheck.errors import NotSupported, TargetError, UsageError
from bncheck.model import Implementation
from bncheck.targets import adapt, are_functions, by_signature, load
from bncheck.targets.common import devices, shadows
from bncheck.targets.loading import places
from bncheck.trial.trial import Guard

# What bncheck imports only once it needs it, in this process.
LATE = (
    *("bncheck.targets.plain.functions", "bncheck.targets.plain.homework"),
    "scipy.optimize",
)


def main(mark: str, shared: str, life: int) -> NoReturn:
    """Serve until the other end hangs up.

    mark: of the conversation's messages; shared: where the pulse is; life: a descriptor that
    closes when bncheck ends, however it does, or -1
    """
    ends_with(raised(life) if life >= 0 else life)
    if life >= 0:
        os.close(life)
    # whoever ends this process by a signal from outside ends it: that is not the target's answer
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    channel, beats = Channel(mark), pulse.opened(int(shared) if shared.isdigit() else shared)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=beats.part)
    code = 0
    try:
        _serve(channel, beats)
    except MemoryError:
        code = OUT_OF_MEMORY
    except Lost:
        code = CONVERSATION_LOST
    except BaseException as error:
        try:
            channel.send({"fault": fault(error)})
        except Lost:
            code = CONVERSATION_LOST
    # at once: the target's threads and exit handlers are not waited for
    _exit(code)


def _serve(channel: Channel, beats: pulse.Pulse) -> None:
    setup = channel.receive()
    if setup is None or setup["do"] != "load":
        return
    warnings.simplefilter("ignore")
    if setup["watched"]:
        WITNESS.start()
    memory.limit()
    _find_modules(setup["path"], setup["folder"])
    if shadows.beside(places(setup["target"])):
        _bind()
    names, unit = Namespaces({"bncheck.laws": BY_ID}), Unit()
    beats.enter("loading")
    try:
        loaded = load(setup["target"])
        unit.leave()
        if setup["device"]:
            devices.use(setup["device"])
        implementation, lost = _made(loaded, setup, names)
        said = describe(implementation)
    except (UsageError, TargetError, NotSupported) as error:
        beats.leave()
        channel.send({"refused": str(error), "kind": type(error).__name__})
        return
    except KeyboardInterrupt:  # not from the keyboard: this process has none
        beats.leave()
        refused = f"{setup['target']} does not import: it raises KeyboardInterrupt"
        channel.send({"refused": refused, "kind": "TargetError"})
        return
    except BaseException as error:
        beats.leave()
        if isinstance(error, MemoryError) or not is_foreign(error):
            raise
        refused = f"{setup['target']} raised {described(error)} when it was looked at"
        channel.send({"refused": refused, "kind": "TargetError"})
        return
    if names.restore():
        # what was seen of its numbers while it was adapted was computed with what it replaced
        said["warnings"] = []
    beats.leave()
    service = Judging(Service(implementation, _guard(beats), _apart(names, unit)), names)
    told = {"lost": lost, "replaced": service.replaced(), "unit": unit.told}
    channel.send({"loaded": said, **told})
    memory.limit()
    while (request := channel.receive()) is not None and request["do"] != "leave":
        beats.beat()
        try:
            answer = service.answer(request)
        except MemoryError:
            raise
        except Exception as error:
            channel.send({"fault": fault(error)})
        else:
            channel.send({**answer, "memory": memory.resident(), "unit": unit.told})


def _bind() -> None:
    """Import now what is otherwise imported late: the target's folder has files of such names."""
    for name in LATE:
        import_module(name)


def _find_modules(path: list[str], folder: str) -> None:
    """Look for modules where the caller does, and last in the working folder.

    From here on: what bncheck itself imports came before, from where Python finds it.
    """
    own = [entry for entry in sys.path if entry not in path]
    sys.path[:] = [*path, *own, *([] if folder in path else [folder])]


def _made(
    loaded: object, setup: Mapping[str, Any], names: Namespaces
) -> tuple[Implementation, bool]:
    """Adapt a target, which finds its own NumPy as long as bncheck can do with that."""
    names.restore(numpy=False)
    try:
        return _adapted(loaded, setup)
    except (UsageError, TargetError, NotSupported):
        raise
    except Exception:
        if not names.restore():
            raise
        return _adapted(loaded, setup)


def _adapted(loaded: object, setup: Mapping[str, Any]) -> tuple[Implementation, bool]:
    """Make the implementation; also whether calls are lost, which is found out once."""

    def act() -> Implementation:
        return adapt(loaded, name=setup["target"], profile=setup["profile"], norm=setup["norm"])

    # a few dozen small calls, each of which may take as long as any other
    limit = min(setup["load_timeout"] / 2, 10 * setup["timeout"])
    if setup["lost"] or (are_functions(loaded) and not survives(act, limit)):
        return by_signature(loaded, name=setup["target"]), True
    return act(), False


def _apart(names: Namespaces, unit: Unit) -> Guard:
    """Keep what the target changes in the process, and the judge's own, apart."""

    def enter(where: str) -> None:
        names.enter(where)
        unit.enter()

    def leave() -> None:
        unit.leave()
        names.leave()

    return Guard(enter=enter, leave=leave)


def _guard(beats: pulse.Pulse) -> Guard:
    # Ctrl-C does not reach this process: whatever is raised here, the target raised it
    return Guard(enter=beats.enter, leave=beats.leave, catches=(BaseException,))
