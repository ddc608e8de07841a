"""``bncheck.verify_many``: many targets, one after another or by an executor's workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Unpack

from bncheck.api.asking import Settings, checked
from bncheck.api.batches import own_batches
from bncheck.api.jobs import INTERRUPTED, Job, Outcome, outcome_of
from bncheck.api.report import Report
from bncheck.api.sending import Sending, maker, makes
from bncheck.engine import kept
from bncheck.errors import InternalError, UsageError
from bncheck.model import Case, NotChecked
from bncheck.terminal import brief


def verify_many(
    targets: Sequence[object],
    *,
    executor: object = None,
    on_outcome: Callable[[int, Report | NotChecked], object] | None = None,
    cases: Sequence[Case] = (),
    **options: Unpack[Settings],
) -> tuple[Report | NotChecked, ...]:
    """Check many targets and return what became of each, in their order.

    targets: a list of what `bncheck.verify` takes
    executor: whose workers check them, a `concurrent.futures.Executor` or what has its
        ``submit``, as ``dask.distributed.Client.get_executor()`` gives; or a function without
        arguments that makes one. With a function, the targets of a worker that was lost are
        tried again by a new executor, at most three times, twice of them alone; it is shut down
        at the end. None checks one after another in this process
    on_outcome: is called here, in this thread, with the position of a target and its outcome, as
        soon as it is known and in whatever order: five hundred targets take long. What it raises
        ends the whole, and what has not begun is cancelled
    options: those of `bncheck.verify`, for each of the targets; ``cases`` and ``data`` are files
        that the workers must be able to read

    An outcome is a `bncheck.Report`, or a `bncheck.NotChecked` that says in a sentence why there
    is none: a target that does not load, a worker that was lost, an object that has no name by
    which another process imports it (a class of ``__main__``, a lambda). Both have ``target``,
    ``ok`` and ``exit_code``. Reports are the same whatever the executor, but for their times.
    Ctrl-C cancels what has not begun and waits for the rest; a second one is raised.

    Raises UsageError for an option that is wrong, or does not exist, before anything begins.
    """
    if not isinstance(targets, list | tuple):
        raise UsageError(f"targets={brief(targets)}, but should be a list of what verify takes")
    if on_outcome is not None and not callable(on_outcome):
        raise UsageError(f"on_outcome={brief(on_outcome)}, but should take a position, an outcome")
    if cases and options.get("data") is not None:
        raise UsageError("cases and data are both given, but the batches come from one of them")
    given, _ = checked(options, ("executor", "on_outcome", "cases"))
    make = None if executor is None else maker(executor)
    with kept(), own_batches(cases, given.save) as file:
        own = given if file is None else replace(given, data=file)
        jobs = [Job.of(position, target, own) for position, target in enumerate(targets)]
        outcomes = _Outcomes(on_outcome)
        if make is None:
            _in_turn(jobs, outcomes.take)
        else:
            Sending(make, makes(executor), outcomes.take).run(jobs)
    return outcomes.all(jobs)


class _Outcomes:
    """What is known, by position."""

    def __init__(self, on_outcome: Callable[[int, Outcome], object] | None) -> None:
        self._tell = on_outcome
        self._known: dict[int, Outcome] = {}

    def take(self, position: int, outcome: Outcome) -> None:
        self._known[position] = outcome
        if self._tell is not None:
            self._tell(position, outcome)

    def all(self, jobs: Sequence[Job]) -> tuple[Outcome, ...]:
        forgotten = [job.label for job in jobs if job.position not in self._known]
        if forgotten:
            raise InternalError(f"nothing is known of {', '.join(forgotten)}")
        return tuple(self._known[job.position] for job in jobs)


def _in_turn(jobs: Sequence[Job], take: Callable[[int, Outcome], object]) -> None:
    stopped = False
    for job in jobs:
        outcome = NotChecked(job.label, INTERRUPTED) if stopped else outcome_of(job)
        stopped = stopped or _is_interrupted(outcome)
        take(job.position, outcome)


def _is_interrupted(outcome: Outcome) -> bool:
    if isinstance(outcome, NotChecked):
        return outcome.error == INTERRUPTED
    return outcome.interrupted
