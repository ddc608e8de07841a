"""What sessions have to tell beside their answers: a process that was lost once, and the like.

A process may be lost to the outside: to a machine short of memory, to somebody who ends it. So
what it was asked is asked again, once, in another one. Where that one is lost as well, it is the
target that does so, and no process that ends in this way is taken for an accident any more.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

# So many accidents in a run are believed: as many deaths as show what a target does that ends its
# process each time (`bncheck.engine.run.MOST_DEATHS`). One that does so now and then is wrong.
MOST_ACCIDENTS = 5

_TIMES = {1: "once", 2: "twice"}


@dataclass
class Remarks:
    """Shared by the sessions about one target, which ask from several threads."""

    _accidents: Counter[str] = field(default_factory=Counter)
    _shown: set[str] = field(default_factory=set)
    _notes: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def doubtful(self, how: str) -> bool:
        """Whether a death may be an accident, so that it is worth asking again."""
        with self._lock:
            return how not in self._shown and self._accidents.total() < MOST_ACCIDENTS

    def repeated(self, how: str) -> None:
        """Note that the target ends its process so."""
        with self._lock:
            self._shown.add(how)

    def accident(self, how: str) -> None:
        """Note that a process was lost, and that what it was asked was then answered."""
        with self._lock:
            self._accidents[how] += 1

    def note(self, sentence: str) -> None:
        """Note something else, the first time."""
        with self._lock:
            if sentence not in self._notes:
                self._notes.append(sentence)

    def told(self) -> tuple[str, ...]:
        """All as sentences."""
        with self._lock:
            lost = [
                f"{how} {_TIMES.get(count, f'{count} times')}; asked again, the target answered"
                for how, count in self._accidents.items()
            ]
            return (*lost, *self._notes)
