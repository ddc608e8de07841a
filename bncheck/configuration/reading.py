"""Reading ``[tool.bncheck]``: each key is one option of ``bncheck verify``, checked as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bncheck import arguments, files
from bncheck.configuration.chosen import Configuration, Target
from bncheck.engine.options import Options, chosen
from bncheck.engine.untried import required
from bncheck.errors import UsageError
from bncheck.known import CONFIGURATION, of
from bncheck.known.entry import file_of
from bncheck.laws import LAWS
from bncheck.terminal import brief, nearest

# key -> field of `Options`; to configure another option, add its line
OPTIONS = {
    **{
        name: name
        for name in ("laws", "dtypes", "budget", "seed", "jobs", "timeout", "profile", "norm")
    },
    **{
        name: name
        for name in ("require", "known", "device", "expected", "baseline", "save", "data", "resume")
    },
    "load-timeout": "load_timeout",
    "fail-fast": "fail_fast",
}
_PATHS = ("expected", "baseline", "save", "data")
_MOST_BYTES = 2_000_000


def read(folder: Path = Path()) -> Configuration:
    """Return what is configured for a folder.

    It is in the pyproject.toml of the folder, or else of the nearest folder above that has one.
    Paths in it are from where it stands; what is returned holds them as they are from here.

    Raises UsageError naming the file, the table and what is wrong.
    """
    folder = folder.absolute()
    homes = (home for home in (folder, *folder.parents) if os.path.isfile(home / CONFIGURATION))
    home = next(homes, None)
    if home is None:
        return Configuration()
    way = _way(home)
    path = Path(way, CONFIGURATION)
    if b"bncheck" not in files.read_bytes(path, _MOST_BYTES):
        return Configuration()  # whatever else may be wrong with it is no affair of ours
    tool = files.read_toml(path, _MOST_BYTES).get("tool", {})
    table = tool.get("bncheck") if isinstance(tool, dict) else None
    return Configuration() if table is None else _Reader(path, way).configuration(table)


def _way(home: Path) -> str:
    """Return the way from here to a folder; empty where it is this one."""
    try:
        way = os.path.relpath(home)
    except ValueError:  # on another drive
        return str(home)
    return "" if way == os.curdir else way


class _Reader:
    """Reads one file, whose paths are put behind the way to it."""

    def __init__(self, path: Path, way: str) -> None:
        """Remember the file, for errors, and the way to it."""
        self.path = path
        self.way = way

    def configuration(self, table: object) -> Configuration:
        """Read the whole table."""
        where = f"{self.path}, [tool.bncheck]"
        given, formats, others = self.options(where, table, ("targets",))
        listed = others.get("targets", [])
        if not isinstance(listed, list):
            raise UsageError(
                f"{where} has targets={brief(listed)}, but should have [[tool.bncheck.targets]]"
            )
        targets = tuple(
            self.target(f"{self.path}, [[tool.bncheck.targets]] {number}", each, given, formats)
            for number, each in enumerate(listed, 1)
        )
        names = [each.name for each in targets if each.name]
        for name in names:
            if names.count(name) > 1:
                raise UsageError(f"{self.path} has two targets of the name {brief(name)}")
        return Configuration(self.path, given, formats, targets)

    def target(
        self, where: str, table: object, general: Mapping[str, Any], formats: tuple[str, ...]
    ) -> Target:
        """Read one target, whose options win over the general ones."""
        given, own, others = self.options(where, table, ("target", "name"), one=True)
        for key in ("target", "name"):
            text = others.get(key, "" if key == "name" else None)
            if not isinstance(text, str) or (key in others and not text.strip()):
                raise UsageError(
                    f"{where} has {key}={brief(text)}, but should have a text there"
                    if key in others
                    else f"{where} needs a target, as `bncheck verify` is given it"
                )
        for each in own:
            if "=" not in each:
                raise UsageError(
                    f"{where}: format={each!r} names no file, but that of one target should be "
                    f"{each}=FILE"
                )
        target = arguments.target(others["target"])
        if file := file_of(target):
            target = self.place(file[0]) + file[1]
        return Target(target, others.get("name", ""), {**general, **given}, formats, own)

    def options(
        self, where: str, table: object, others: tuple[str, ...], *, one: bool = False
    ) -> tuple[dict[str, Any], tuple[str, ...], dict[str, Any]]:
        """Return the options of a table, its formats, and what else it may hold."""
        if not isinstance(table, dict):
            raise UsageError(f"{where} is {brief(table)}, but should be a table")
        known = (*others, *OPTIONS, "format")
        for key in table:
            if key not in known:
                raise UsageError(f"{where} has the unknown key {brief(key)}; {nearest(key, known)}")
        given = {OPTIONS[key]: value for key, value in table.items() if key in OPTIONS}
        try:
            if isinstance(given.get("expected"), list):
                given["expected"] = self.inline(given["expected"], one=one)
            for name in _PATHS:
                if name in given:
                    given[name] = Path(self.place(str(arguments.path(given[name], name))))
            given = _checked(given)
            formats = arguments.names(table.get("format"), "format")
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None
        rest = {key: value for key, value in table.items() if key in others}
        return given, tuple(map(self.format, formats)), rest

    def inline(self, entries: list[Any], *, one: bool) -> str:
        """Check entries that stand here; they are read from this file once more by a run."""
        if one:
            raise UsageError(
                "entries of expected stand under [[tool.bncheck.expected]], where target says of "
                "which target they are"
            )
        of(entries, "[[tool.bncheck.expected]]", self.path.parent)
        return CONFIGURATION

    def format(self, given: str) -> str:
        """Return NAME or NAME=FILE with the way to the file."""
        name, separator, file = given.partition("=")
        return f"{name}={self.place(file)}" if separator and file not in ("", "-") else given

    def place(self, path: str) -> str:
        """Return a path as it is from the working folder."""
        return os.path.normpath(os.path.join(self.way, path)) if self.way else path


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options in their plain form. Raises UsageError as the command line does."""
    options = Options(**given)
    chosen(options.laws, LAWS)
    required(options.require)
    return {name: getattr(options, name) for name in given}
