"""Values of command-line options: read, checked, and refused with the nearest one that exists."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bncheck.errors import UsageError
from bncheck.terminal import nearest

if TYPE_CHECKING:
    from bncheck.trial.law import Law

BUDGETS = ("quick", "standard", "thorough")


def budget(text: str) -> str | float:
    """Read ``--budget``: a name, or a number of seconds.

    Raises UsageError for anything else.
    """
    if text in BUDGETS:
        return text
    try:
        return seconds(text)
    except UsageError:
        hint = nearest(text, BUDGETS)
        raise UsageError(
            f"budget={text!r}, but should be quick, standard, thorough or seconds above 0; {hint}"
        ) from None


def seconds(text: str) -> float:
    """Read a positive, finite number of seconds.

    Raises UsageError for anything else.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise UsageError(f"{text!r} given, but should be a number of seconds above 0")
    return value


def seed(text: str) -> int:
    """Read ``--seed``: 0 or any positive integer."""
    return _integer(text, 0, "--seed")


def jobs(text: str) -> int:
    """Read ``--jobs``: a positive integer."""
    return _integer(text, 1, "--jobs")


def _integer(text: str, least: int, option: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise UsageError(f"{option} {text} given, but it should be an integer from {least} on")
    return value


def check_dtypes(names: Sequence[str], known: Iterable[str]) -> None:
    """Raise UsageError for the first dtype that bncheck does not check."""
    known = tuple(known)
    for name in names:
        if name not in known:
            raise UsageError(f"dtype={name!r} is not checked; {nearest(name, known)}")


def matching(patterns: Sequence[str], laws: Sequence[Law]) -> list[Law]:
    """Return the laws whose id matches one of the patterns (``B*``), in the laws' order.

    Raises UsageError for a pattern that matches no law.
    """
    ids = [law.id for law in laws]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in ids):
            hint = nearest(pattern, ids, "`bncheck laws` lists them")
            raise UsageError(f"no law matches {pattern!r}; {hint}")
    return [law for law in laws if any(fnmatchcase(law.id, p) for p in patterns)]
