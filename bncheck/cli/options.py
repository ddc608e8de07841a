"""Values of command-line options: read, checked, and refused with the nearest one that exists."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from bncheck import arguments
from bncheck.errors import UsageError

if TYPE_CHECKING:
    from bncheck.trial.law import Law


def budget(word: str) -> str | float:
    """Read ``--budget``: a name, or a number of seconds. Raises UsageError for anything else."""
    return arguments.budget(arguments.number(word))


def timeout(word: str) -> float:
    """Read ``--timeout``. Raises UsageError for what is no number of seconds above 0."""
    return arguments.seconds(arguments.number(word), "timeout")


def load_timeout(word: str) -> float:
    """Read ``--load-timeout``. Raises UsageError for what is no number of seconds above 0."""
    return arguments.seconds(arguments.number(word), "load_timeout")


def seed(word: str) -> int:
    """Read ``--seed``: 0 or any positive integer. Raises UsageError for anything else."""
    return arguments.seed(arguments.number(word))


def jobs(word: str) -> int:
    """Read ``--jobs``: a positive integer. Raises UsageError for anything else."""
    return arguments.jobs(arguments.number(word))


def shard(word: str) -> tuple[int, int]:
    """Read ``--shard``: I/N. Raises UsageError for anything else."""
    return arguments.shard(word)


def folder(word: str) -> Path:
    """Read ``--save``. Raises UsageError for what is there and is no folder."""
    path = Path(word)
    if not word.strip() or "\0" in word or (os.path.lexists(path) and not path.is_dir()):
        raise UsageError(f"save={word!r}, but should be a folder, or one that can be made")
    return path


def matching(patterns: Sequence[str], laws: Sequence[Law]) -> list[Law]:
    """Return the laws whose id matches one of the patterns (``B*``), in the laws' order.

    Raises UsageError for a pattern that matches no law.
    """
    ids = [law.id for law in laws]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in ids):
            raise arguments.no_law(pattern, ids)
    return [law for law in laws if any(fnmatchcase(law.id, p) for p in patterns)]
