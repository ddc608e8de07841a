"""What a report rests on besides its plan: what the target's process read, and found in folders."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bncheck.engine.resuming import plan
from bncheck.engine.resuming.digests import UNREADABLE, Digests, changed_at
from bncheck.files import OWN_FOLDER

# The clock of files runs behind by up to a tick of the system.
_TICK = 10 * 10**6


@dataclass(frozen=True)
class Basis:
    """Names of what was read; digests of it are taken anew each time.

    files: also those that were looked for and are not there; installed: those of Python and of
    libraries, many and alike for many targets; folders: those that were listed
    modules: dotted names of modules that were looked for, in the folders of `searched`
    variables: of the environment
    """

    files: tuple[str, ...]
    installed: tuple[str, ...]
    folders: tuple[str, ...]
    modules: tuple[str, ...]
    searched: tuple[str, ...]
    variables: tuple[str, ...]

    @property
    def _all(self) -> tuple[str, ...]:
        return (*self.files, *self.installed)

    def state(self, digests: Digests) -> dict[str, str]:
        """Return digests of what there is now, one for each kind of thing."""
        return {
            "files": _digest((path, digests.of(path)) for path in self._all),
            "folders": _digest((folder, *_names(folder)) for folder in self.folders),
            "modules": _digest(_found(self.searched, self.modules)),
            "variables": plan.variables(self.variables),
        }

    def doubts(self, digests: Digests, began: int) -> list[str]:
        """Say why it may be another one than that which the target saw.

        began: when the run began, in ns since 1970
        """
        late = [path for path in self._all if changed_at(path) > began - _TICK]
        blind = [path for path in self._all if digests.of(path) == UNREADABLE]
        told = [f"{late[0]} changed while it ran"] if late else []
        return [*told, *([f"{blind[0]} cannot be read"] if blind else [])]


def merged(target: str, told: Sequence[Mapping[str, Any]], options: Iterable[str]) -> Basis:
    """Make a basis of what the processes of a target told; each may have read other things.

    options: files that options name
    """

    def union(name: str) -> tuple[str, ...]:
        return tuple(sorted({each for one in told for each in one[name]}))

    named = [os.path.abspath(path) for path in (*plan.own_files(target), *options)]
    own = [os.path.dirname(path) for path in union("own") if not _is_installed(path)]
    files = sorted({*union("read"), *named})
    return Basis(
        files=tuple(path for path in files if not _is_installed(path)),
        installed=tuple(path for path in files if _is_installed(path)),
        folders=union("listed"),
        modules=union("imported"),
        searched=tuple(sorted({*plan.searched(target), *own})),
        variables=union("variables"),
    )


_LIBRARIES = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))
_PYTHONS = (sysconfig.get_paths()["stdlib"] + os.sep, str(Path(__file__).parents[2]) + os.sep)


def _is_installed(path: str) -> bool:
    return path.startswith((*_PYTHONS, "/usr/", "/lib")) or any(n in path for n in _LIBRARIES)


def _names(folder: str) -> list[str]:
    """Return what a folder holds, but for what bncheck and Python put there themselves."""
    try:
        names = os.listdir(folder)
    except OSError:
        return ["absent"]
    return sorted(name for name in names if name not in (OWN_FOLDER.name, "__pycache__"))


def _found(folders: Iterable[str], modules: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield what in folders is called as a module is that was looked for, in whatever form."""
    first = {name.partition(".")[0] for name in modules}
    inside = {part for name in modules for part in name.split(".")}
    for folder in folders:
        names = _names(folder)
        wanted = inside if "__init__.py" in names else first
        yield from ((folder, name) for name in names if name.partition(".")[0] in wanted)


def _digest(told: Iterable[Iterable[str]]) -> str:
    whole = sha256()
    for entry in told:
        line = "\0".join(entry)
        whole.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return whole.hexdigest()
