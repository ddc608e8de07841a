"""Reports on several targets: those that come next are made while an earlier one is waited for.

With ``--jobs N`` up to N targets are tried at a time, each in a thread, whose worker processes do
the work; what is told of them is told in their order. Where there are fewer targets than that,
each has several workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bncheck.cli.asked import Asked

if TYPE_CHECKING:
    from bncheck.model import Report

# checks a target; the function says whether it is the one that is waited for, whose progress shows
Verify = Callable[[Asked, Callable[[], bool]], "Report"]


class InTurn:
    """Makes a report when it is asked for."""

    def __init__(self, verify: Verify) -> None:
        """Nothing is made yet."""
        self._verify = verify

    def of(self, each: Asked) -> Report:
        """Make the report. Raises what stands in its way."""
        return self._verify(each, lambda: True)

    def has(self, each: Asked) -> bool:
        """Whether it is made, or being made."""
        return False


class Ahead:
    """Makes reports in threads, in the order in which they are going to be asked for."""

    def __init__(
        self, targets: Sequence[Asked], verify: Verify, pressed: list[int], threads: int
    ) -> None:
        """Begin with the first ones."""
        self._verify, self._pressed = verify, pressed
        self._awaited: Asked | None = None
        self._pool = ThreadPoolExecutor(threads)
        self._futures: dict[int, Future[Report]] = {
            id(each): self._pool.submit(self._made, each) for each in targets
        }

    def of(self, each: Asked) -> Report:
        """Wait for a report; Ctrl-C ends those that are being made, and begins no other."""
        self._awaited, future = each, self._futures[id(each)]
        while True:
            try:
                return future.result()
            except KeyboardInterrupt:
                if future.done():
                    raise
                self.stop()

    def has(self, each: Asked) -> bool:
        """Whether it is made, or being made, and not cancelled."""
        future = self._futures[id(each)]
        return future.running() or (future.done() and not future.cancelled())

    def stop(self) -> None:
        """Begin no other, and end the workers of those that have begun."""
        from bncheck.engine import interrupt_all

        for future in self._futures.values():
            future.cancel()
        interrupt_all()

    def close(self) -> None:
        """Let the threads go: nobody waits for one that hangs."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _made(self, each: Asked) -> Report:
        try:
            return self._verify(each, lambda: self._awaited is each)
        except Exception:
            if self._pressed:  # what was ended for that could not be loaded, or asked
                raise KeyboardInterrupt from None
            raise


@contextmanager
def ahead(targets: Sequence[Asked], verify: Verify, pressed: list[int]) -> Iterator[InTurn | Ahead]:
    """Give what makes the reports; pressed: signals that came."""
    jobs = max((each.options.jobs for each in targets), default=1)
    threads = min(jobs, len(targets))
    if threads <= 1:  # none where a shard is empty
        yield InTurn(verify)
        return
    own = max(1, jobs // threads)

    def shared(each: Asked, awaited: Callable[[], bool]) -> Report:
        return verify(replace(each, options=replace(each.options, jobs=own)), awaited)

    reports = Ahead(targets, shared, pressed, threads)
    try:
        yield reports
    finally:
        reports.close()
