"""Where in a user's file the arrays of a case are: a part of a recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bncheck.errors import UsageError
from bncheck.terminal import brief

_DIGEST = re.compile(r"[0-9a-f]{64}")
_BATCH = re.compile(r"[0-9]{0,9}")
_LONGEST_PATH = 4096
_LARGEST_START = 1 << 26  # no case has more values


@dataclass(frozen=True)
class Source:
    """A batch of a file, or a box of it whose size is the recipe's shape.

    file: absolute path; digest: SHA-256 of the file's bytes, so that no other file is taken for it
    batch: what follows ``x`` in the batch's key, as ``"0"`` in ``x0``
    start: where the box begins along each axis of x; empty for the beginning of all of them
    """

    file: str
    digest: str
    batch: str = ""
    start: tuple[int, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return JSON-able data from which `source_of` makes an equal source."""
        return {**vars(self), "start": list(self.start)}


def source_of(data: object, rank: int) -> Source:
    """Check plain data (of a file, of a pipe) and make a Source of it; rank: axes of the case's x.

    Raises UsageError naming the entry, its value and what was expected.
    """
    if not isinstance(data, Mapping) or not set(data) <= {"file", "digest", "batch", "start"}:
        raise UsageError(f"data={brief(data)}, but should have file, digest, batch and start")
    file, digest = data.get("file"), data.get("digest")
    batch, start = data.get("batch", ""), data.get("start", ())
    if not isinstance(file, str) or not file or len(file) > _LONGEST_PATH or "\0" in file:
        raise UsageError(f"data.file={brief(file)}, but should be the path of a file")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise UsageError(f"data.digest={brief(digest)}, but should be a SHA-256 in hexadecimal")
    if not isinstance(batch, str) or not _BATCH.fullmatch(batch):
        raise UsageError(f"data.batch={brief(batch)}, but should be digits, or empty")
    if not isinstance(start, list | tuple) or not all(map(_is_index, start)):
        raise UsageError(f"data.start={brief(start)}, but should be a list of indices")
    if len(start) not in (0, rank):
        raise UsageError(f"data.start={brief(start)}, but should have one index for each axis of x")
    return Source(file, digest, batch, tuple(start))


def _is_index(value: object) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and 0 <= value <= _LARGEST_START  # type: ignore[operator] # it is an integer
