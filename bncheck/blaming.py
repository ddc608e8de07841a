"""Whose code raised an exception, and where: somebody's, or ours."""

import sysconfig
import traceback
from pathlib import Path

from bncheck.errors import in_words, told


def described(error: BaseException) -> str:
    """Return the kind of an exception, what it says, and where in somebody's code it was raised."""
    text, theirs = in_words(error), _theirs(error)
    return f"{text} ({Path(theirs.filename).name}, line {theirs.lineno})" if theirs else text


def is_foreign(error: BaseException) -> bool:
    """Whether an exception comes from somebody's code, and not from ours or what ours calls."""
    return isinstance(error, SystemExit) or _theirs(error) is not None


def _theirs(error: BaseException) -> traceback.FrameSummary | None:
    """Return the innermost frame of code that was called by ours, libraries of ours aside."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = max(
        (i for i, f in enumerate(frames) if Path(f.filename).is_relative_to(_HOME)), default=-1
    )
    called = [f for f in frames[ours + 1 :] if not _is_library(f.filename)]
    return called[-1] if called else None


_HOME = Path(__file__).parent
# what our own code calls: a fault in there is one of ours
_LIBRARIES = ("numpy", "ml_dtypes", "scipy", "sympy", "hypothesis")


def _is_library(filename: str) -> bool:
    path = Path(filename)
    if filename.startswith("<") or path.is_relative_to(_HOME):
        return True
    if "site-packages" in path.parts:
        return any(name in path.parts for name in _LIBRARIES)
    return path.is_relative_to(sysconfig.get_paths()["stdlib"])


def fault(error: BaseException) -> str:
    """Say on what, and in which line of our own, something went wrong."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {told(error)}{where}"
