"""Finds and loads the theorems: one file each in ``proofs/``.

In an installed package the folder lies inside the package, in a checkout beside it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bncheck.errors import UsageError
from bncheck.symbolic.theorem import Theorem

_PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Proof:
    """A proof file: its stem, its docstring, and its theorem."""

    stem: str
    text: str
    theorem: Theorem


def folder() -> Path:
    """Return the folder of the proofs.

    Raises UsageError where the installation lacks it.
    """
    for candidate in (_PACKAGE / "proofs", _PACKAGE.parent / "proofs"):
        if candidate.is_dir():
            return candidate
    raise UsageError("the folder 'proofs' is missing from this installation; reinstall bncheck")


def stems() -> list[str]:
    """Return the names of all proof files, in order."""
    return sorted(path.stem for path in folder().glob("[a-z]*.py"))


def load(stem: str) -> Proof:
    """Load one proof file."""
    path = folder() / f"{stem}.py"
    spec = importlib.util.spec_from_file_location(f"bncheck_proofs_{stem}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path.name} cannot be loaded as a proof")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    theorem = getattr(module, "theorem", None)
    if not isinstance(theorem, Theorem) or not module.__doc__:
        raise UsageError(f"{path.name} has no docstring, or no `theorem` of type Theorem")
    return Proof(stem, module.__doc__, theorem)


def find(names: Iterable[str] = ()) -> Iterator[Proof]:
    """Yield the proofs that the names mean (a law's id, a file's stem), or all.

    Raises UsageError for a name that means none.
    """
    known = stems()
    wanted = list(names)
    chosen: list[str] = []
    for name in wanted:
        hits = [stem for stem in known if name.lower() in (stem, stem.split("_")[0])]
        if not hits:
            near = get_close_matches(name.lower(), [*known, *(s.split("_")[0] for s in known)], n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "; `bncheck prove` lists all"
            raise UsageError(f"no proof is called {name!r}{hint}")
        chosen += [stem for stem in hits if stem not in chosen]
    for stem in chosen if wanted else known:
        yield load(stem)
