"""Whether there is memory to judge a case: what is asked of a stranger's file, before it is run."""

from __future__ import annotations

import os

from bncheck.cases import Recipe
from bncheck.engine.measure import MOST_AT_ONCE
from bncheck.engine.worker.memory import MOST_MEMORY
from bncheck.errors import UsageError
from bncheck.model.arrays import samples

# Bytes that were measured for each value, and rounded up: of the arrays of the whole case (32), and
# of what is judged at once, where a failure is confirmed in integers (1,720).
WHOLE, JUDGED = 100, 2_000


NO_LIMIT = (
    "the memory of the target's process is not limited on this system (it is on Linux): a target "
    "that takes too much may slow the machine down"
)


def is_limited() -> bool:
    """Whether a worker can limit its own memory: it needs to be told how much it has."""
    return os.path.exists("/proc/self/statm")


def needed(recipe: Recipe) -> int:
    """Return how many bytes it may take to judge a case; a channel is never judged in pieces."""
    at_once = max(samples(recipe.shape), min(recipe.size, MOST_AT_ONCE))
    return WHOLE * recipe.size + JUDGED * at_once


def there_is() -> int:
    """Return how many bytes a worker may have, as its own limit is set."""
    if not hasattr(os, "sysconf"):
        return MOST_MEMORY
    return min(MOST_MEMORY, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)


def check(recipe: Recipe) -> None:
    """Raise UsageError for a case that there is no memory to judge."""
    asked, most = needed(recipe), there_is()
    if asked > most:
        raise UsageError(
            f"shape={recipe.shape} has {recipe.size:,} values; judging them may take "
            f"{asked / 2**30:.1f} GiB, and a worker may have {most / 2**30:.1f} GiB here"
        )
