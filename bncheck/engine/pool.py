"""Several conversations at once; answers come back in the order of the questions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

from bncheck.engine.pace import Pace
from bncheck.engine.session import InProcess, Session
from bncheck.engine.worker.remarks import Remarks

# Questions ahead, for each session: enough that none waits for another one's kind.
_AHEAD = 8

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Pool:
    """Sessions about one target.

    Questions are asked in threads, so that the next ones are thought of while the target works;
    an implementation in memory is asked in the caller's thread, where its author expects it.
    """

    def __init__(
        self, sessions: list[Session], pace: Pace | None = None, remarks: Remarks | None = None
    ) -> None:
        """Take the sessions over; `close` ends them.

        pace: what they note about speed; remarks: what else they have to tell
        """
        self._sessions = sessions
        self.pace = pace
        self.remarks = Remarks() if remarks is None else remarks

    @property
    def first(self) -> Session:
        """The session for single questions."""
        return self._sessions[0]

    def each(self, tell: Callable[[Session], object]) -> None:
        """Tell every session the same."""
        for session in self._sessions:
            tell(session)

    def map(
        self,
        ask: Callable[[Session, Question], Answer],
        questions: Iterable[Question],
        alike: Callable[[Question], Hashable],
    ) -> Generator[tuple[Question, Answer], None, None]:
        """Ask all questions, some ahead of the one whose answer is due.

        alike: questions of which this is equal go to the same session, since a target may prepare
        for a kind of question, as one that compiles for each shape
        Who stops reading waits for what is being answered, unless it abandons the pool before.
        """
        if isinstance(self.first, InProcess):
            for question in questions:
                yield question, ask(self.first, question)
            return
        shares = _Shares(len(self._sessions))
        waiting: deque[tuple[Question, Future[Answer]]] = deque()
        with ExitStack() as stack:
            threads = []
            for _ in self._sessions:
                threads.append(stack.enter_context(ThreadPoolExecutor(1)))
                stack.push(self._interrupted)  # before it is waited for what the thread has asked
            try:
                for question in questions:
                    k = shares.of(alike(question))
                    answer = threads[k].submit(ask, self._sessions[k], question)
                    waiting.append((question, answer))
                    if len(waiting) > _AHEAD * len(self._sessions):
                        asked, answer = waiting.popleft()
                        yield asked, answer.result()
                while waiting:
                    asked, answer = waiting.popleft()
                    yield asked, answer.result()
            finally:
                for _, answer in waiting:
                    answer.cancel()

    def _interrupted(self, kind: type[BaseException] | None, *others: object) -> bool:
        """Leave a block: end what is being asked where Ctrl-C is why."""
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self.abandon()
        return False

    def abandon(self) -> None:
        """End all sessions at once, whatever they are doing."""
        for session in self._sessions:
            session.abandon()

    def close(self) -> None:
        """End all sessions."""
        for session in self._sessions:
            session.close()


class _Shares:
    """Deals kinds of questions to sessions: a new one to that which was asked least."""

    def __init__(self, sessions: int) -> None:
        self._asked = [0] * sessions
        self._known: dict[Hashable, int] = {}

    def of(self, kind: Hashable) -> int:
        k = self._known.setdefault(kind, self._asked.index(min(self._asked)))
        self._asked[k] += 1
        return k
