"""What is asked for: by the ids of tests, by options, by pyproject.toml; all of it is checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bncheck import arguments
from bncheck.cli import options as words
from bncheck.configuration import Target as Configured
from bncheck.configuration import read
from bncheck.engine import Options
from bncheck.engine.options import chosen
from bncheck.errors import UsageError
from bncheck.known import existing, wanted
from bncheck.laws import LAWS
from bncheck.model.formats import FORMATS
from bncheck.terminal import nearest, sentence

EXPECTATIONS, REQUIREMENTS = "expectations", "requirements"

_Given = Callable[[str], Any]
# option -> field of `Options`, and how its word is read
_READ: dict[str, tuple[str, Callable[[Any], object]]] = {
    "laws": ("laws", tuple),
    "dtype": ("dtypes", tuple),
    "budget": ("budget", words.budget),
    "seed": ("seed", words.seed),
    "jobs": ("jobs", words.jobs),
    "timeout": ("timeout", words.timeout),
    "profile": ("profile", str),
    "norm": ("norm", str),
    "expected": ("expected", Path),
    "baseline": ("baseline", Path),
}
_NAME = re.compile(r"(?P<law>[^\[\]]+)(?:\[(?P<dtype>[^\[\]]+)\])?")


@dataclass(frozen=True)
class Asked:
    """One target, and which of its tests.

    label: what the ids of its tests call it; expects: whether anything is expected to fail
    only: names of tests that were given by their ids, or laws; None for all tests
    """

    label: str
    target: str
    options: Options
    expects: bool = False
    only: frozenset[str] | None = None

    def is_of(self, word: str) -> bool:
        """Whether a word on the command line names this target."""
        return word == self.label or Configured(self.target).is_meant(word)

    def is_meant(self, name: str) -> bool:
        """Whether a test is one of those that were asked for."""
        return self.only is None or not self.only.isdisjoint({name, name.partition("[")[0]})


def asked(given: _Given, ids: Sequence[str]) -> tuple[Asked, ...]:
    """Return the targets to check.

    given: the options of pytest; ids: of tests, without ``bncheck::``. Where there are ids, they
    say all that is checked, as those of other tests do

    Raises pytest.UsageError for whatever is wrong with an option or a file.
    """
    try:
        configured = read()
        named = _named(ids) if ids else dict.fromkeys(given("--bncheck"))
        entries = [
            (each, names) for word, names in named.items() for each in configured.chosen([word])
        ]
        if given("--bncheck-configured") and not ids:
            entries += [(each, None) for each in configured.chosen(())]
        once = [pair for n, pair in enumerate(entries) if pair not in entries[:n]]
        return tuple(_asked(given, entry, names) for entry, names in once)
    except UsageError as error:
        raise pytest.UsageError(f"--bncheck: {sentence(str(error))}") from None


def _named(ids: Iterable[str]) -> dict[str, frozenset[str] | None]:
    """Return the targets that ids name, each with its tests; None for all of them."""
    named: dict[str, frozenset[str] | None] = {}
    for each in map(arguments.target, ids):
        target, colons, name = each.rpartition("::")
        if not colons:
            named[each] = None
            continue
        _check(each, name)
        before = named.get(target, frozenset())
        named[target] = None if before is None else before | {name}
    return named


def _check(given: str, name: str) -> None:
    """Raise UsageError for a test that no target has."""
    if name in (EXPECTATIONS, REQUIREMENTS):
        return
    parts, ids = _NAME.fullmatch(name), [law.id for law in LAWS]
    law = parts["law"] if parts else name
    if law not in ids or parts is None:
        hint = nearest(law, ids, "`bncheck laws` lists them")
        raise UsageError(f"bncheck::{given} is no test, since {name!r} is no LAW[DTYPE]; {hint}")
    if parts["dtype"]:
        arguments.dtypes(parts["dtype"], FORMATS)


def _asked(given: _Given, entry: Configured, names: frozenset[str] | None) -> Asked:
    told: dict[str, Any] = dict(entry.given)
    for option, (field, read_word) in _READ.items():
        word = given(f"--bncheck-{option}")
        if word not in (None, []):
            told[field] = read_word(word)
    if told.get("baseline") is not None:
        told["baseline"] = existing(told["baseline"], update=False)
    options = Options(**told)
    arguments.dtypes(options.dtypes, FORMATS)
    chosen(options.laws, LAWS)
    entries = wanted(options.expected, options.baseline)
    expects = any(each.is_of(entry.target) for each in entries)
    return Asked(entry.name or entry.target, entry.target, options, expects, names)
