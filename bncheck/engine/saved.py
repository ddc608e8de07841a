"""Counterexamples as files: plain data, validated when read."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bncheck import files
from bncheck.cases import Recipe, from_plain
from bncheck.errors import UsageError, told
from bncheck.terminal import brief

SCHEMA = "bncheck/case/1"
FOLDER = Path(".bncheck")  # of the working folder, where nothing else is said
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


def save(folder: Path, saved: Saved) -> str:
    """Write a counterexample and return its path; the name tells law and dtype."""
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "target": saved.target,
        "law": saved.law,
        "dtype": saved.dtype,
        "profile": saved.profile,
        "recipe": saved.recipe.plain(),
    }
    text = json.dumps(data, indent=1)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{saved.law}-{saved.dtype}-{zlib.crc32(text.encode()):08x}.json"
    files.write(path, f"{text}\n".encode())
    return path.as_posix()


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
    try:
        recipe = from_plain(data.get("recipe", {}))
    except UsageError as error:
        raise UsageError(f"{path} has a malformed recipe: {error}") from None
    if dtype != recipe.dtype:
        raise UsageError(f"{path} has dtype={brief(dtype)}, but its recipe has {recipe.dtype!r}")
    return Saved(target, law, dtype, recipe, profile)


def _text(path: Path, data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value or len(value) > _LONGEST_TEXT or "\0" in value:
        raise UsageError(f"{path} has {name}={brief(value)}, but should have a text there")
    return value
