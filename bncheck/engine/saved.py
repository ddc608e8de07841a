"""Counterexamples as files: plain data, validated when read."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bncheck.cases import Recipe, from_plain
from bncheck.errors import UsageError

SCHEMA = "bncheck/case/1"
# No counterexample comes near this size: a larger file is something else.
_LARGEST_FILE = 1 << 22


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
    path.write_text(text + "\n", encoding="utf-8")
    return path.as_posix()


def read(path: Path) -> Saved:
    """Read a counterexample. Raises UsageError that says what is wrong with the file."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise UsageError(f"{path} is larger than any saved counterexample")
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{path} does not exist; bncheck verify names the files it saves"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read as a saved counterexample: {error}") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise UsageError(f"{path} is no saved counterexample: it does not say {SCHEMA!r}")
    texts = {name: data.get(name) for name in ("target", "law", "dtype")}
    for name, value in texts.items():
        if not isinstance(value, str) or not value:
            raise UsageError(f"{path} has {name}={value!r}, but should have a text there")
    profile = data.get("profile")
    if profile is not None and not isinstance(profile, str):
        raise UsageError(f"{path} has profile={profile!r}, but should have a name or null there")
    try:
        recipe = from_plain(data.get("recipe", {}))
    except UsageError as error:
        raise UsageError(f"{path} has a malformed recipe: {error}") from None
    return Saved(str(texts["target"]), str(texts["law"]), str(texts["dtype"]), recipe, profile)
