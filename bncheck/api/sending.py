"""Jobs that an executor's workers do, and what becomes of those whose worker is lost.

A job answers whatever its target does (`bncheck.api.jobs.outcome_of`). So whatever a future
raises is the executor's: a process that was killed, a cluster that went away, a machine on which
there is no bncheck. Then the job is lost, whatever that executor calls it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from bncheck.api.jobs import INTERRUPTED, Job, Outcome, outcome_of
from bncheck.errors import UsageError, in_words
from bncheck.model import NotChecked
from bncheck.terminal import brief

# A worker that dies takes those with it that wait for it, and who killed it is not told. It was
# among the first that are left, since they begin in their order: these are tried again alone.
_SUSPECTS = 8
_ALONE = 2
# After so many executors in a row of which none gave an answer, it is not the targets.
_FRUITLESS = 20
# a wait without a limit cannot be interrupted everywhere
_STEP = 1.0


def maker(given: object) -> Callable[[], Any]:
    """Return a function that makes an executor, or gives the one that there is.

    Raises UsageError for what is neither.
    """
    if not makes(given):
        return lambda: given
    if not callable(given):
        raise UsageError(
            f"executor={brief(given)}, but should be a concurrent.futures.Executor, or a function "
            "without arguments that makes one"
        )
    return lambda: _executor(given())


def makes(given: object) -> bool:
    """Whether it is a function that makes executors, or a class of them, and not one itself."""
    return isinstance(given, type) or not callable(getattr(given, "submit", None))


def _executor(made: object) -> object:
    if callable(getattr(made, "submit", None)):
        return made
    raise UsageError(f"executor() returned {brief(made)}, but should return an Executor")


@dataclass
class _Lost:
    """A job that nobody answered for, and why."""

    job: Job
    why: str


@dataclass
class Sending:
    """Has jobs done, and takes the outcomes as they come.

    make: makes the first executor, and the next ones; again: whether there are next ones, which
    are then ours to shut down
    """

    make: Callable[[], Any]
    again: bool
    take: Callable[[int, Outcome], object]
    _executor: Any = None
    _fruitless: int = 0  # executors in a row
    _why: str = ""  # the last loss
    _unmade: str = ""
    _interrupted: bool = False
    _threads: bool = False

    def run(self, jobs: Sequence[Job]) -> None:
        """Do all; each is taken once. Raises UsageError where ``make`` makes no executor."""
        self._begin()
        try:
            lost = self._together(self._sendable(jobs))
            while lost and self._goes_on():
                for one in lost[:_SUSPECTS]:
                    self._alone(one)
                lost = self._together([one.job for one in lost[_SUSPECTS:]])
            self._give_up(lost)
        except BaseException:
            self._end(wait=False)
            raise
        self._end(wait=True)

    def _sendable(self, jobs: Sequence[Job]) -> list[Job]:
        """Return what the workers can be sent; the others are taken as not checked."""
        ready: list[Job] = []
        for job in jobs:
            try:
                ready.append(job if self._threads else job.sendable())
            except UsageError as error:
                self.take(job.position, NotChecked(job.label, str(error)))
        return ready

    def _alone(self, one: _Lost) -> None:
        """Try one again by itself, so that what is lost now is lost by it."""
        for _ in range(_ALONE):
            if not self._goes_on():
                break
            still = self._together([one.job])
            if not still:
                return
            one = still[0]
        self._give_up([one])

    def _goes_on(self) -> bool:
        return self.again and not self._interrupted and self._fruitless < _FRUITLESS

    def _give_up(self, lost: Sequence[_Lost]) -> None:
        for one in lost:
            error = INTERRUPTED if self._interrupted else f"worker lost: {one.why}{self._unmade}"
            self.take(one.job.position, NotChecked(one.job.label, error))

    def _begin(self) -> None:
        self._executor = self.make()
        self._threads = isinstance(self._executor, ThreadPoolExecutor)

    def _end(self, *, wait: bool) -> None:
        executor, self._executor = self._executor, None
        shutdown = getattr(executor, "shutdown", None)
        if self.again and shutdown is not None:
            shutdown(wait=wait)

    def _together(self, jobs: Sequence[Job]) -> list[_Lost]:
        """Do jobs at once; returns those that were lost, in their order."""
        if not jobs:
            return []
        if self._executor is None:
            try:
                self._begin()
            except Exception as error:
                self._fruitless = _FRUITLESS
                self._unmade = f"; no other executor could be made: {in_words(error)}"
                return [_Lost(job, self._why) for job in jobs]
        lost: dict[int, _Lost] = {}
        answered = 0
        for job, outcome in self._answers(jobs):
            if isinstance(outcome, BaseException):
                self._why = in_words(outcome)
                lost[job.position] = _Lost(job, self._why)
            else:
                answered += 1
                self.take(job.position, outcome)
        if lost and self.again:
            self._fruitless = 0 if answered else self._fruitless + 1
            self._end(wait=False)
        return [lost[position] for position in sorted(lost)]

    def _answers(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome | BaseException]]:
        """Submit jobs, and yield what came of each as it comes, or what it was lost by.

        Ctrl-C cancels those that have not begun and goes on with the others, the first time.
        """
        done: SimpleQueue[tuple[Job, Any]] = SimpleQueue()
        futures: list[Any] = []
        unanswered = 0
        token = os.urandom(8).hex()
        try:
            for job in jobs:
                try:
                    future = self._executor.submit(outcome_of, replace(job, token=token))
                except Exception as error:
                    yield job, error
                    continue
                futures.append(future)
                unanswered += 1
                future.add_done_callback(partial(_note, done, job))
            while unanswered:
                try:
                    job, future = done.get(timeout=_STEP)
                except Empty:
                    continue
                except KeyboardInterrupt:
                    if self._interrupted:
                        raise
                    self._interrupted = True
                    _cancel(futures)
                    continue
                unanswered -= 1
                yield job, _answer(future)
        finally:
            _cancel(futures)


def _note(done: SimpleQueue[tuple[Job, Any]], job: Job, future: Any) -> None:
    done.put((job, future))


def _answer(future: Any) -> Outcome | BaseException:
    """Return what a future that is done has, or raises."""
    try:
        answer: Outcome = future.result()
    except BaseException as error:
        return error
    return answer


def _cancel(futures: Sequence[Any]) -> None:
    for future in futures:
        future.cancel()
