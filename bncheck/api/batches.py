"""Batches that are given as objects, on their way to the worker: arrays cross in a file."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory

from bncheck import files
from bncheck.cases import data
from bncheck.errors import UsageError
from bncheck.model import Case
from bncheck.terminal import brief


@contextmanager
def own_batches(cases: Sequence[Case], save: str | PathLike[str] | None) -> Iterator[Path | None]:
    """Write the cases and give their file; None where there are none.

    save: the folder of counterexamples, in which the file stays, since they point to it; where
    nothing is saved, the file is removed at the end

    Raises UsageError for what are no cases, and where the file cannot be written.
    """
    if not isinstance(cases, list | tuple):
        raise UsageError(f"cases={brief(cases)}, but should be a list of bncheck.Case")
    if not cases:
        yield None
        return
    if save is None:
        with TemporaryDirectory(prefix="bncheck-") as folder:
            yield _written(Path(folder), cases)
        return
    try:
        files.make_ignored(Path(save))
        file = _written(Path(save), cases)
    except OSError as error:
        raise UsageError(f"the cases cannot be written to {str(save)!r}: {error}") from None
    yield file


def _written(folder: Path, cases: Sequence[Case]) -> Path:
    # the same cases are the same file, so that it is there once
    digest = zlib.crc32("".join(map(repr, cases)).encode())
    file = folder / f"cases-{digest:08x}.npz"
    data.write(file, cases)
    return file
