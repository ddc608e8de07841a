"""Errors, sorted by whose move it is.

Each message says what was found, what was expected, and what to do.
"""

import sysconfig
import traceback
from pathlib import Path


class BncheckError(Exception):
    """Base of every error that bncheck raises on purpose."""


class UsageError(BncheckError):
    """The call is at fault: an unknown option, a wrong argument, a file that is not there."""


class TargetError(BncheckError):
    """The target cannot be taken at all: it does not load, or is nothing that can be checked."""


class TargetRaised(BncheckError):
    """The target raised, or returned something that is not an answer, on a case it should answer.

    ``kind`` is the exception's class name, or ``"shape"`` or ``"type"`` for a malformed answer.
    """

    def __init__(self, kind: str, message: str, where: str = "", case: object = None) -> None:
        """Keep the parts apart: reports group by ``kind``, name ``where`` and show the case."""
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.where = where
        self.case = case


class NotSupported(BncheckError):
    """Right in principle, but bncheck cannot do it (yet)."""


# what somebody's code may end with: anything but Ctrl-C, which is ours; course code calls sys.exit
RAISED = (Exception, SystemExit)


def told(error: BaseException) -> str:
    """Return what an exception says; somebody's exception may even fail to say it."""
    try:
        return str(error)
    except RAISED:
        return ""


def in_words(error: BaseException, most: int = 500) -> str:
    """Return the kind of an exception and what it says, on one line and not too much of it."""
    return ": ".join(filter(None, (type(error).__name__, " ".join(told(error)[:most].split()))))


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


class InternalError(BncheckError):
    """A fault of bncheck itself: please report it with the printed case."""
