"""Answers of a service whose names the target may have replaced while it was called."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter  # bound now: the target may replace what the module holds
from typing import Any

from bncheck.engine.service import Service
from bncheck.engine.worker.namespaces import Namespaces

# Looking at all names takes about a millisecond: done so that it costs about one in a hundred,
# and after each of the first answers, since what replaces names does so early.
_SHARE, _FIRST = 100, 20


class Judging:
    """Answers requests, and asks again by the judge's own names where these were replaced."""

    def __init__(self, service: Service, names: Namespaces) -> None:
        """Stand ready; the names were looked at just now."""
        self._service = service
        self._names = names
        self._told = 0
        self._looks, self._gap, self._due = 0, False, 0.0

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer: ``answer``; ``replaced``, names not told before; ``doubtful``, earlier answers.

        ``names`` asks for a look, whenever the last one was.
        """
        looking = request["do"] == "names"
        answer = {} if looking else self._service.answer(request)
        doubtful = False
        if looking or self._looks < _FIRST or perf_counter() > self._due:
            if self._look():
                doubtful = self._gap
                answer = {} if looking else self._service.answer(request)
                self._look()
            self._gap = False
        else:
            self._gap = True
        return {"answer": answer, "replaced": self.replaced(), "doubtful": doubtful}

    def replaced(self) -> list[str]:
        """Return the names that were replaced and have not been told."""
        new = self._names.told[self._told :]
        self._told += len(new)
        return new

    def _look(self) -> bool:
        began = perf_counter()
        found = self._names.restore()
        self._looks += 1
        ended = perf_counter()
        self._due = ended + _SHARE * (ended - began)
        return found
