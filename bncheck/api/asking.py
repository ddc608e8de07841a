"""Options as they are given in Python: all that can be wrong with them is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from os import PathLike
from typing import Any, TypedDict

from bncheck import arguments
from bncheck.engine import Options
from bncheck.engine.options import chosen
from bncheck.engine.own_data import read as read_data
from bncheck.engine.untried import required
from bncheck.known import Entry, wanted
from bncheck.laws import LAWS
from bncheck.targets import profiles

Path = str | PathLike[str]


class Settings(TypedDict, total=False):
    """The options of `bncheck.verify` that are data, for type checkers; what they mean is there."""

    laws: str | Sequence[str]
    dtypes: str | Sequence[str]
    budget: str | float
    seed: int
    jobs: int
    fail_fast: bool
    profile: str | None
    expected: Path | None
    baseline: Path | None
    timeout: float
    load_timeout: float
    save: Path | None
    shrink: bool
    diagnose: bool
    require: str | Sequence[str]
    known: bool
    device: str
    data: Path | None
    resume: bool
    keep: bool
    norm: str | None


NAMES = tuple(option.name for option in fields(Options))


def checked(given: Mapping[str, Any], more: Iterable[str] = ()) -> tuple[Options, list[Entry]]:
    """Return options that a run takes, and the entries of what is expected to fail.

    more: further names that the caller has, for who misspells one

    Raises UsageError for one that is wrong, does not exist, or names a file that cannot be read.
    """
    arguments.known(given, (*NAMES, *more))
    options = Options(**given)
    chosen(options.laws, LAWS)
    required(options.require)
    if options.profile is not None:
        profiles.convention(options.profile)
    if options.data is not None:
        read_data(options.data)
    return options, list(wanted(options.expected, options.baseline))
