"""Files beside a target that have the name of a module which others import."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

_PACKAGES = frozenset(("numpy", "scipy", "torch", "jax", "flax", "keras", "onnx", "ml_dtypes"))


def beside(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the files that have such a name, by it."""
    found: dict[str, Path] = {}
    for folder in folders:
        try:
            entries = list(folder.iterdir())
        except OSError:
            continue
        for entry in entries:
            is_module = entry.suffix == ".py" or (entry / "__init__.py").is_file()
            if is_module and entry.stem in sys.stdlib_module_names | _PACKAGES:
                found.setdefault(entry.stem, entry)
    return found


def hint(folders: Iterable[Path], text: str) -> str:
    """Say which such file an error's text speaks of, or nothing."""
    for name, path in beside(folders).items():
        if f"'{name}'" in text or f"'{name}." in text or str(path) in text:
            whose = "a package" if name in _PACKAGES else "a module of Python's own library"
            return (
                f"; {path.name} in {path.parent.name or path.parent}/ has the name of {whose}, and "
                "one is taken for the other: rename it"
            )
    return ""
