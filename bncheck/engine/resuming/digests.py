"""Digests of files, remembered by what the system says of each file.

A digest is taken over without reading the file again only where device, inode, size and both times
are as they were, and the file had been left alone for a while when it was read. The second of
these times (ctime) is set by the system at any change and by nobody else, so that a file that was
changed and given its old time back is read again. Windows has no such time: there, files are always
read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from bncheck import files
from bncheck.errors import UsageError

ABSENT = "absent"
FOLDER = "folder"
UNREADABLE = "unreadable"

FILE = "digests.json"
SCHEMA = "bncheck/digests/1"
_MOST_BYTES = 1 << 26
_MOST_FILES = 50_000
# Some file systems count time in steps of two seconds: what is younger may change within the step.
_SETTLED = 4 * 10**9
_TRUSTED = sys.platform != "win32"

_Seen = tuple[int, int, int, int, int]


class Digests:
    """Digests of files, some of them from an earlier run."""

    def __init__(self, folder: Path) -> None:
        """Take over what a folder remembers; what is broken there is left."""
        self._file = folder / FILE
        self._known: dict[str, tuple[_Seen, str]] = _read(self._file) if _TRUSTED else {}
        self._used: dict[str, tuple[_Seen, str]] = {}
        self._new = False

    def of(self, path: str) -> str:
        """Return the SHA-256 of a file's content; a word for what is no file, or cannot be read."""
        try:
            state = os.stat(path)
            if os.path.isdir(path):
                return FOLDER
            seen = _seen(state)
            known = self._used.get(path) or self._known.get(path)
            if known is not None and known[0] == seen:
                self._used[path] = known
                return known[1]
            if not os.path.isfile(path):
                return UNREADABLE  # a pipe or a device
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                again = _seen(os.fstat(file.fileno()))
        except FileNotFoundError:
            return ABSENT
        except (OSError, ValueError):
            return UNREADABLE
        if _TRUSTED and again == seen and time.time_ns() - max(seen[3:]) > _SETTLED:
            self._used[path] = seen, digest
            self._new = True
        return digest

    def save(self) -> None:
        """Remember what was used, beside what was known before. Raises OSError."""
        if not self._new:
            return
        kept = dict([*self._known.items(), *self._used.items()][-_MOST_FILES:])
        told = {path: [*seen, digest] for path, (seen, digest) in kept.items()}
        text = json.dumps({"schema": SCHEMA, "files": told})
        files.write(self._file, text.encode())
        self._new = False


def changed_at(path: str) -> int:
    """Return when a file was changed last, in ns since 1970; 0 where it is not there."""
    try:
        return max(_seen(os.stat(path))[3:])
    except (OSError, ValueError):
        return 0


def _seen(state: os.stat_result) -> _Seen:
    changed = state.st_ctime_ns if _TRUSTED else state.st_mtime_ns
    return (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, changed)


def _read(path: Path) -> dict[str, tuple[_Seen, str]]:
    try:
        data = json.loads(files.read_text(path, _MOST_BYTES))
    except (UsageError, ValueError, RecursionError):
        return {}
    told = data.get("files") if isinstance(data, dict) and data.get("schema") == SCHEMA else None
    found = {}
    for name, entry in told.items() if isinstance(told, dict) else ():
        with contextlib.suppress(TypeError, ValueError):
            found[name] = _entry(entry)
    return found


def _entry(told: Any) -> tuple[_Seen, str]:
    device, inode, size, modified, changed, digest = told
    numbers = (device, inode, size, modified, changed)
    if not all(type(number) is int for number in numbers) or not isinstance(digest, str):
        raise ValueError
    return numbers, digest
