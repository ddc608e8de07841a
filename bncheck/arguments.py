"""Values that users give, on the command line or in Python: checked in one place, one sentence.

Each function returns the value in its plain form. Raises UsageError for anything else.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from pathlib import Path

from bncheck.errors import UsageError
from bncheck.terminal import brief, nearest

BUDGETS = ("smoke", "quick", "standard", "thorough")
MOST_JOBS = 256
MOST_SHARDS = 100_000
LARGEST_SEED = 2**63 - 1
# four months: what timers of every system can be set to
LONGEST = 10_000_000.0
# no more digits than a number of shards has
_PART = re.compile(r"([0-9]{1,6})/([0-9]{1,6})", re.ASCII)


def seconds(value: object, name: str) -> float:
    """Return a limit on time: a number above 0."""
    limit = _float(value)
    if not 0 < limit <= LONGEST:
        raise UsageError(f"{name}={brief(value)}, but should be a number of seconds above 0")
    return limit


def integer(value: object, name: str, least: int, most: int) -> int:
    """Return a whole number within limits."""
    whole = int(value) if isinstance(value, Integral) and not _is_switch(value) else None
    if whole is None or not least <= whole <= most:
        limit = f"from {least} on" if whole is None or whole < least else f"of at most {most}"
        raise UsageError(f"{name}={brief(value)}, but should be an integer {limit}")
    return whole


def jobs(value: object) -> int:
    """Return a number of worker processes."""
    return integer(value, "jobs", 1, MOST_JOBS)


def seed(value: object) -> int:
    """Return a seed of the cases that are tried."""
    return integer(value, "seed", 0, LARGEST_SEED)


def budget(value: object) -> str | float:
    """Return the name of a budget, or a limit in seconds."""
    if isinstance(value, str) and value in BUDGETS:
        return value
    limit = _float(value)
    if 0 < limit <= LONGEST:
        return limit
    hint = f"; {nearest(value, BUDGETS)}" if isinstance(value, str) else ""
    raise UsageError(
        f"budget={brief(value)}, but should be smoke, quick, standard, thorough or seconds above 0"
        f"{hint}"
    )


def names(value: object, name: str) -> tuple[str, ...]:
    """Return names as a tuple: of several, of one that is given as a text, or of none."""
    if value is None:
        return ()
    if isinstance(value, str):
        value = (value,)
    if isinstance(value, bytes | Mapping) or not isinstance(value, Iterable):
        raise UsageError(f"{name}={brief(value)}, but should be a name, or a list of names")
    given = tuple(value)
    for each in given:
        if not isinstance(each, str) or not each.strip():
            raise UsageError(f"{name} has the entry {brief(each)}, but should have names")
    return given


def no_law(pattern: str, ids: Iterable[str]) -> UsageError:
    """Return the error of a pattern that no id of a law matches; it may begin with ``!``."""
    bare = pattern.removeprefix("!")
    hint = nearest(bare, ids, "`bncheck laws` lists them")
    if "," in bare:
        hint = f"each is given for itself, {bare.partition(',')[0].strip()!r} first"
    return UsageError(f"no law matches {pattern!r}; {hint}")


def dtypes(value: object, known: Iterable[str]) -> tuple[str, ...]:
    """Return names of dtypes that are checked."""
    given, there = names(value, "dtypes"), tuple(known)
    for each in given:
        if each not in there:
            raise UsageError(f"dtype={each!r} is not checked; {nearest(each, there)}")
    return given


def shard(value: object) -> tuple[int, int]:
    """Return which part of how many: "2/3" is the second of three."""
    found = _PART.fullmatch(value) if isinstance(value, str) else None
    index, of = map(int, found.groups()) if found else (0, 0)
    if not 1 <= index <= of <= MOST_SHARDS:
        raise UsageError(
            f"shard={brief(value)}, but should be I/N as in 1/3, the first of three parts: I from "
            f"1 to N, N at most {MOST_SHARDS:,}"
        )
    return index, of


def text(value: object, name: str) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise UsageError(f"{name}={brief(value)}, but should be a text")
    return value


def switch(value: object, name: str) -> bool:
    """Return True or False."""
    if not isinstance(value, bool):
        raise UsageError(f"{name}={brief(value)}, but should be True or False")
    return value


def path(value: object, name: str) -> Path:
    """Return the path of a file or folder."""
    if not isinstance(value, str | os.PathLike) or not isinstance(os.fspath(value), str):
        raise UsageError(f"{name}={brief(value)}, but should be a path")
    if "\0" in os.fspath(value) or not os.fspath(value):
        raise UsageError(f"{name}={brief(os.fspath(value))}, but should be a path")
    return Path(value)


def target(value: object) -> str:
    """Return a target's name; a path stands for the file."""
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str) or not value or "\0" in value:
        raise UsageError(
            f"target={brief(value)}, but should be a name such as 'file.py' or 'module:NAME', or a "
            "bncheck.Implementation"
        )
    return value


def known(given: Iterable[str], there: Iterable[str]) -> None:
    """Refuse options that do not exist."""
    there = tuple(there)
    for name in given:
        if name not in there:
            raise UsageError(f"option {name!r} does not exist; {nearest(name, there)}")


def number(word: str) -> object:
    """Read a word of the command line as a number where it is one; else it is left as it is."""
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def _float(value: object) -> float:
    """Return a number as a float, and NaN, which is within no limits, for all that is none."""
    if not isinstance(value, Real) or _is_switch(value):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)  # Python takes True for 1
