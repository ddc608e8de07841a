"""What a project is configured to check, and what of it is meant on a command line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bncheck.errors import UsageError
from bncheck.known.entry import file_of


@dataclass(frozen=True)
class Target:
    """One target and the options that are configured for it.

    target: as it is loaded from the working folder; name: how it may be called, empty for none
    given: fields of `bncheck.engine.Options`, only those that are configured
    formats: of the reports, NAME or NAME=FILE
    own_formats: those that are of this target alone, each with a file
    """

    target: str
    name: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    own_formats: tuple[str, ...] = ()

    def is_meant(self, word: str) -> bool:
        """Whether a word names this target."""
        return word == self.target or _same_file(word, self.target)


@dataclass(frozen=True)
class Configuration:
    """What the table says; nothing where there is none.

    file: where it stands; given, formats: what is configured for every target
    """

    file: Path | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()

    def chosen(self, words: Iterable[str]) -> tuple[Target, ...]:
        """Return what is meant by names and targets, each once; by none of them, all targets.

        Raises UsageError where there is nothing to choose from.
        """
        words = tuple(words)
        if not words and not self.targets:
            place = f"{self.file} has no [[tool.bncheck.targets]]" if self.file else ""
            raise UsageError(
                f"{place or 'a TARGET is missing'}: give a file.py, package.module, module:NAME or "
                "model.onnx, or let `bncheck init` look for some"
            )
        found = [each for word in words for each in self._of(word)] or list(self.targets)
        return tuple(each for n, each in enumerate(found) if each not in found[:n])

    def _of(self, word: str) -> list[Target]:
        named = [each for each in self.targets if each.name == word]
        meant = named or [each for each in self.targets if each.is_meant(word)]
        return meant or [Target(word, given=self.given, formats=self.formats)]


def _same_file(one: str, other: str) -> bool:
    first, second = file_of(one), file_of(other)
    if first is None or second is None or first[1] != second[1]:
        return False
    return os.path.realpath(first[0]) == os.path.realpath(second[0])
