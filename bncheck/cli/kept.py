"""What a report must never overwrite: the target, its package, and code of any kind."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bncheck.errors import UsageError

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
# no report is called so
_CODE = frozenset(
    (
        *(".py", ".pyi", ".pyx", ".ipynb", ".onnx", ".so", ".dll", ".dylib", ".c", ".h", ".cpp"),
        *(".cu", ".cuh", ".pt", ".pth", ".npy", ".npz", ".safetensors", ".toml", ".cfg"),
    )
)


def refuse(path: Path, inputs: Iterable[str], what: str) -> None:
    """Raise UsageError where a file that is there already is one of the inputs, or code.

    inputs: targets and files, as they were given; what: is going to be written
    """
    inputs = tuple(inputs)
    if not inputs or not os.path.isfile(path):
        return
    if path.suffix.lower() in _CODE:
        raise UsageError(
            f"{what} would overwrite {str(path)!r}, which looks like no report; name another file"
        )
    for given in inputs:
        for file in _files(given):
            if file.samefile(path) or (_within(path, file) and not _ours(path)):
                raise UsageError(
                    f"{what} would overwrite {str(path)!r}, which is {given!r} or of its package; "
                    "name another file"
                )


def _files(given: str) -> Iterator[Path]:
    """Yield the files that a target, or a file's name, may stand for; nothing is imported."""
    cuts = [given, *(given[: m.start()] for m in re.finditer(":", given))]
    yield from (Path(cut) for cut in cuts if cut and os.path.isfile(cut))
    for dotted in filter(_DOTTED.fullmatch, cuts):
        for home in (Path(), *map(Path, sys.path)):
            start = home.joinpath(*dotted.split("."))
            found = (start.with_name(f"{start.name}.py"), start / "__init__.py")
            yield from (file for file in found if os.path.isfile(file))


def _within(path: Path, file: Path) -> bool:
    """Whether a path is in the outermost package that a file belongs to."""
    package = None
    for folder in file.resolve().parents if file.suffix == ".py" else ():
        if not (folder / "__init__.py").is_file():
            break
        package = folder
    return package is not None and package in path.resolve().parents


def _ours(path: Path) -> bool:
    """Whether a file is empty, or begins as a report does: that may be written anew."""
    try:
        with path.open("rb") as file:
            start = file.read(200)
    except OSError:
        return False
    return not start or b"bncheck" in start
