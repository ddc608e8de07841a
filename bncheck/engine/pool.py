"""Several conversations at once; answers come back in the order of the questions."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, TypeVar

from bncheck.engine.session import InProcess, Session

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Pool:
    """Sessions about one target.

    Questions are asked in threads, so that the next ones are thought of while the target works;
    an implementation in memory is asked in the caller's thread, where its author expects it.
    """

    def __init__(
        self, sessions: list[Session], scratch: contextlib.AbstractContextManager[Any] | None = None
    ) -> None:
        """Take the sessions over, and a folder that they share; `close` ends them."""
        self._sessions = sessions
        self._scratch = scratch
        self._free: SimpleQueue[Session] = SimpleQueue()
        for session in sessions:
            self._free.put(session)

    @property
    def first(self) -> Session:
        """The session for single questions."""
        return self._sessions[0]

    def each(self, tell: Callable[[Session], object]) -> None:
        """Tell every session the same."""
        for session in self._sessions:
            tell(session)

    def map(
        self, ask: Callable[[Session, Question], Answer], questions: Iterable[Question]
    ) -> Iterator[tuple[Question, Answer]]:
        """Ask all questions, a few ahead of the one whose answer is due."""
        if isinstance(self.first, InProcess):
            for question in questions:
                yield question, ask(self.first, question)
            return
        with ThreadPoolExecutor(len(self._sessions)) as threads:
            waiting: deque[tuple[Question, Future[Answer]]] = deque()
            try:
                for question in questions:
                    waiting.append((question, threads.submit(self._with_free, ask, question)))
                    if len(waiting) > 2 * len(self._sessions):
                        asked, answer = waiting.popleft()
                        yield asked, answer.result()
                while waiting:
                    asked, answer = waiting.popleft()
                    yield asked, answer.result()
            finally:
                for _, answer in waiting:
                    answer.cancel()

    def _with_free(self, ask: Callable[[Session, Question], Answer], question: Question) -> Answer:
        session = self._free.get()
        try:
            return ask(session, question)
        finally:
            self._free.put(session)

    def close(self) -> None:
        """End all sessions."""
        for session in self._sessions:
            session.close()
        if self._scratch is not None:
            self._scratch.__exit__(None, None, None)
