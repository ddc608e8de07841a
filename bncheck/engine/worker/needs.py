"""Which framework a target imports before it does anything else, as far as its text shows.

Nothing is run. A file that first sets a variable of the environment, or imports a module of its
own, may want to find the framework not yet imported, and then does: only what certainly imports
it at once counts.
"""

from __future__ import annotations

import ast
import sys
import warnings
from pathlib import Path

from bncheck.errors import BncheckError
from bncheck.targets import loading

# those that can be forked after they were imported
_FRAMEWORKS = ("torch",)
# what may be imported before without a difference
_PLAIN = frozenset(sys.stdlib_module_names) | {"numpy", "typing_extensions"}
_LARGEST = 1 << 20


def frameworks(target: str) -> str:
    """Return the name of the framework, or nothing."""
    try:
        if loading.of_model(target) is not None:
            return ""
        where, _ = loading.split(target)
        if not where.endswith(".py"):
            top = where.partition(".")[0]
            return top if top in _FRAMEWORKS else ""
        return _first(Path(where))
    except (BncheckError, OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return ""  # whoever loads it says what is wrong


def names_beside(target: str) -> frozenset[str]:
    """Return what modules could be called that are found first while a target is imported."""
    names: set[str] = set()
    for folder in loading.places(target):
        try:
            entries = [*folder.iterdir()]
        except OSError:
            continue
        names |= {e.stem for e in entries if e.suffix == ".py" or (e / "__init__.py").is_file()}
    return frozenset(names - {"bncheck"})


def _first(path: Path) -> str:
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes and the like, in somebody else's text
        body = ast.parse(path.read_bytes()).body
    for statement in body:
        if isinstance(statement, ast.Import):
            modules = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            modules = [statement.module or ""]
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring
        else:
            return ""
        for name in modules:
            top = name.partition(".")[0]
            if top in _FRAMEWORKS:
                return top
            if top not in _PLAIN:
                return ""
    return ""
