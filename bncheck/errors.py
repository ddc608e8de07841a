"""Errors, sorted by whose move it is.

Each message says what was found, what was expected, and what to do.
"""

# in a message: what follows are lines of code to be pasted, which are shown as they are
PASTE = "to say it yourself, check a file beside it with these two lines, the dots filled in:"


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


class InternalError(BncheckError):
    """A fault of bncheck itself: please report it with the printed case."""
