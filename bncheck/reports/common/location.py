"""Where in a repository a report points to: a path from its top folder, and a line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bncheck.known import CONFIGURATION
from bncheck.known.entry import file_of
from bncheck.terminal import clean

# of the number of a line; what has more is none
_MOST_DIGITS = 7
# characters of a name that stands where there is no place
_MOST_NAME = 200


@dataclass(frozen=True)
class Location:
    """A file by its path from the top folder, with slashes, and a line from 1 on."""

    path: str
    line: int = 1

    @property
    def uri(self) -> str:
        """The path as a relative reference of RFC 3986: a colon or a space is escaped."""
        return quote(os.fsencode(self.path))


def top(folder: Path) -> Path:
    """Return the top folder of the checkout that a folder is in, or else the folder itself.

    Hosts of repositories want paths from there, wherever in it the command was run.
    """
    folder = folder.absolute()
    homes = (home for home in (folder, *folder.parents) if (home / ".git").exists())
    return next(homes, folder)


def found(origin: str, target: str) -> Location | None:
    """Return the place of a target in this checkout; None where it is outside of it, or no file.

    origin: ``file:line``, or anything else that a target is from; target: its name
    """
    file, colon, line = origin.rpartition(":")
    if colon and line.isascii() and line.isdigit() and (path := _inside(file)):
        return Location(path, _line(line))
    named = file_of(target)
    if named and (path := _inside(named[0])):
        return Location(path)
    return None


def needed(origin: str, target: str) -> Location:
    """Return a place in any case, as hosts refuse findings that have none.

    Where the target is no file of this checkout it is where targets are configured, if there is
    such a file, and else a file of the target's name, that is, a name and no place.
    """
    if place := found(origin, target):
        return place
    here = Path().absolute()
    for home in (here, *here.parents):
        if (home / CONFIGURATION).is_file() and (path := _inside(str(home / CONFIGURATION))):
            return Location(path)
        if home == top(here):
            break
    named = file_of(target)
    name = os.path.basename(named[0]) + named[1] if named else target
    return Location(clean(name[:_MOST_NAME]).replace("/", ".").strip(".") or "target")


def subject(target: str) -> str:
    """Return a name of a target that is the same in every working folder of a checkout."""
    named = file_of(target)
    path = _inside(named[0]) if named else ""
    return f"{path}{named[1]}" if named and path else target


def _inside(file: str) -> str:
    """Return the path of a file from the top folder; empty where it is not in there."""
    if not file or file.startswith("<") or "\0" in file:  # code that was in no file
        return ""
    try:
        os.fsencode(file)
        home = top(Path())
        for seen in (os.path.abspath, os.path.realpath):  # with links as they are, then without
            way = os.path.relpath(seen(file), seen(home))
            if way != os.curdir and Path(way).parts[0] != os.pardir:
                return Path(way).as_posix()
    except (OSError, ValueError):  # another drive, lone surrogates
        pass
    return ""


def _line(digits: str) -> int:
    return max(1, int(digits)) if len(digits) <= _MOST_DIGITS else 1
