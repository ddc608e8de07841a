"""One target of many: what is sent to whoever checks it, and what comes back."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from threading import Lock

from bncheck.api.checking import report_on
from bncheck.api.objects import called, importable, is_plain, refuse, target_of
from bncheck.api.report import Report
from bncheck.blaming import fault
from bncheck.engine import Options, keep
from bncheck.errors import NotSupported, TargetError, UsageError
from bncheck.model import Implementation, NotChecked
from bncheck.targets import loading
from bncheck.terminal import brief, sentence

Outcome = Report | NotChecked

INTERRUPTED = "interrupted before it was checked"

# objects share this process, its warnings and NumPy's switches, and so take turns
_TURN = Lock()


@dataclass(frozen=True)
class Job:
    """One target, as plain data where another process is to check it.

    folder: in which a relative path was meant; process: who asked; token: of one try of it, since
    a cluster may take a task that is equal to an earlier one for done, or for cancelled
    """

    position: int
    label: str
    target: object
    options: Options
    folder: str = ""
    process: int = 0
    token: str = ""

    @classmethod
    def of(cls, position: int, target: object, options: Options) -> Job:
        """Name a target; nothing of it is called or loaded."""
        return cls(position, _label(target), target, options, os.getcwd(), os.getpid())

    def sendable(self) -> Job:
        """Return what another process can check. Raises UsageError for what has no name."""
        refuse(self.target)
        name = _name(self.target)
        if not name and type(self.target) is not str:
            raise UsageError(
                f"{self.label} cannot be sent to another process: it has no name by which one "
                "imports it; put it into a file or a module, or leave out the executor"
            )
        return replace(self, target=name)


def outcome_of(job: Job) -> Outcome:
    """Check one target, in whatever process this is; raises nothing but what ends a process."""
    if os.getpid() != job.process:  # a process for many jobs, which is told of one at a time
        keep()
    try:
        misplaced = _misplaced(job)
        if misplaced:
            raise UsageError(misplaced)
        target = target_of(job.target, job.options.profile, job.options.norm)
        if isinstance(target, Implementation):
            with _TURN:
                return report_on(target, job.options)
        return report_on(target, job.options)
    except (UsageError, TargetError, NotSupported) as error:
        return NotChecked(job.label, str(error))
    except KeyboardInterrupt:
        return NotChecked(job.label, INTERRUPTED)
    except Exception as error:
        return NotChecked(job.label, f"a fault of bncheck itself: {fault(error)}", exit_code=3)


def _name(target: object) -> str:
    """Return the name by which any process loads a target; empty where there is none."""
    kind = type(target)  # asked of the type: an object may lie about its class, or raise
    if issubclass(kind, str | os.PathLike):
        return os.fspath(target)  # type: ignore[call-overload, no-any-return] # it is one of them
    return "" if issubclass(kind, Implementation) else importable(target)


def _label(target: object) -> str:
    if issubclass(type(target), Implementation):
        return sentence(target.name)  # type: ignore[attr-defined] # it is one
    if is_plain(target):
        return brief(target)
    return _name(target) or called(target)


def _misplaced(job: Job) -> str:
    """Say so where a relative path was meant in another folder than the one of this process."""
    here = os.getcwd()
    if here == job.folder or not isinstance(job.target, str):
        return ""
    of_model = loading.of_model(job.target)
    path = of_model.file if of_model else loading.split(job.target)[0]
    if os.path.isabs(path) or not path.endswith((".py", ".onnx")):
        return ""
    return (
        f"{job.target} is a path in {job.folder}, but the working folder of this worker is "
        f"{here}; give the whole path, or start the workers there"
    )
