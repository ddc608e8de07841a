"""Errors, sorted by whose move it is.

Each message says what was found, what was expected, and what to do.
"""

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


def told(error: BaseException) -> str:
    """Return what an exception says; somebody's exception may even fail to say it."""
    try:
        return str(error)
    except Exception:
        return ""


def fault(error: BaseException) -> str:
    """Say on what, and in which line of our own, something went wrong."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {told(error)}{where}"


class InternalError(BncheckError):
    """A fault of bncheck itself: please report it with the printed case."""
