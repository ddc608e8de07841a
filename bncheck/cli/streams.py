"""Standard output and standard error, which may be closed, full, or nobody's any more.

What cannot be shown changes neither a verdict nor an exit code.
"""

from __future__ import annotations

import contextlib
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from bncheck.terminal import Style

# signs that reports use; a terminal that cannot show them is given plain ASCII
SIGNS = "─·βγεμσ−√≤→x̂²"


def stand_in() -> None:
    """Put something that takes what is written in the place of streams that are closed.

    Otherwise the next file that is opened would get the number of standard error.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # the lowest free number is given, and that is this one
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 # to the end


def style() -> Style:
    """Tell what standard output can show: width, colour, Unicode.

    COLUMNS counts in pipes, too. NO_COLOR wins over FORCE_COLOR, and both over what there is.
    """
    import shutil

    from bncheck.terminal import Style

    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 24)).columns if terminal or _columns() else 100
    return Style(max(width, 60), _coloured(terminal), can_show(SIGNS, sys.stdout))


def _coloured(terminal: bool) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return terminal and os.environ.get("TERM") != "dumb"


def _columns() -> bool:
    return os.environ.get("COLUMNS", "").isdigit()


def can_show(text: str, stream: TextIO) -> bool:
    """Whether the stream's encoding has all the characters."""
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeError:
        return False
    return True


def emit(text: str) -> None:
    """Write to standard output; a reader that has gone away (``| head``) is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError:
        emit(text.encode("ascii", "backslashreplace").decode("ascii"))
    except (OSError, ValueError) as error:  # ValueError: it is closed
        let_go(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            complain(f"standard output cannot be written: {error}")


def complain(message: str) -> None:
    """Write one sentence to standard error; where nobody listens, the exit code still tells.

    Lines of code that a message ends with are written as they are, so that they can be pasted.
    """
    from bncheck.errors import PASTE
    from bncheck.terminal import clean, sentence

    said, marker, code = message.partition(f"{PASTE}\n")
    said = "; ".join(said.splitlines()) if marker else said
    lines = [
        f"bncheck: {sentence(said)}",
        *([PASTE, *map(clean, code.splitlines())] if marker else ()),
    ]
    try:
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        let_go(sys.stderr)


def let_go(stream: TextIO) -> None:
    """Let a stream's writes go nowhere: Python flushes once more at exit, and would fail."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)
