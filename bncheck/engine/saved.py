"""Counterexamples as files: plain data, validated when read; the newest are kept."""

from __future__ import annotations

import contextlib
import json
import os
import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bncheck import files
from bncheck.cases import Recipe, from_plain
from bncheck.errors import UsageError, told
from bncheck.terminal import brief

SCHEMA = "bncheck/case/1"
FOLDER = files.OWN_FOLDER  # where nothing else is said
# so many are kept in a folder; the oldest beyond that are removed
KEPT = 200
_NAME = re.compile(r"[A-Z]\w{1,8}-b?float\d{2}-[0-9a-f]{8}\.json")
# No counterexample comes near this size: a larger file is something else.
_LARGEST_FILE = 1 << 22
_LONGEST_TEXT = 4096  # as long as a path may be


@dataclass(frozen=True)
class Saved:
    """What a file holds: which law failed, of which target, on which case."""

    target: str
    law: str
    dtype: str
    recipe: Recipe
    profile: str | None = None
    norm: str | None = None


def save(folder: Path, saved: Saved) -> str:
    """Write a counterexample and return its path; the name tells law and dtype.

    Raises OSError where that cannot be; what was there before is then still there.
    """
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "target": saved.target,
        "law": saved.law,
        "dtype": saved.dtype,
        "profile": saved.profile,
        **({} if saved.norm is None else {"norm": saved.norm}),
        "recipe": saved.recipe.plain(),
    }
    text = json.dumps(data, indent=1)
    files.make_ignored(folder)
    path = folder / f"{saved.law}-{saved.dtype}-{zlib.crc32(text.encode()):08x}.json"
    content = f"{text}\n".encode()
    if _holds(path, content):
        with contextlib.suppress(OSError):
            os.utime(path)  # it is the newest now
    else:
        files.write(path, content)
    return path.as_posix()


def _holds(path: Path, content: bytes) -> bool:
    """Whether it was saved before: then it is not written again, which might fail half-way."""
    try:
        return files.read_bytes(path, _LARGEST_FILE) == content
    except UsageError:
        return False


def prune(folder: Path, spared: Collection[str] = ()) -> None:
    """Remove the oldest counterexamples beyond `KEPT`, and nothing else.

    spared: paths that are not removed, however many they are
    """
    ages: list[tuple[int, str]] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                ages.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
    for _, name in sorted(ages, reverse=True)[KEPT:]:
        path = folder / name
        if path.as_posix() not in spared:
            with contextlib.suppress(OSError):  # a folder may be read, but not written to
                path.unlink()


def is_own(path: Path) -> bool:
    """Whether a file is in the folder where this one saves; links are followed."""
    return FOLDER.resolve() in path.resolve().parents


def read(path: Path) -> Saved:
    """Read a counterexample. Raises UsageError that says what is wrong with the file."""
    try:
        data = json.loads(files.read_text(path, _LARGEST_FILE))
    except (ValueError, RecursionError) as error:
        why = told(error) or "it is nested too deeply"
        raise UsageError(f"{path} cannot be read as a saved counterexample: {why}") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise UsageError(f"{path} is no saved counterexample: it does not say {SCHEMA!r}")
    target, law, dtype = (_text(path, data, name) for name in ("target", "law", "dtype"))
    profile = None if data.get("profile") is None else _text(path, data, "profile")
    norm = None if data.get("norm") is None else _text(path, data, "norm")
    try:
        recipe = from_plain(data.get("recipe", {}))
    except UsageError as error:
        raise UsageError(f"{path} has a malformed recipe: {error}") from None
    if dtype != recipe.dtype:
        raise UsageError(f"{path} has dtype={brief(dtype)}, but its recipe has {recipe.dtype!r}")
    return Saved(target, law, dtype, recipe, profile, norm)


def _text(path: Path, data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value or len(value) > _LONGEST_TEXT or "\0" in value:
        raise UsageError(f"{path} has {name}={brief(value)}, but should have a text there")
    return value
