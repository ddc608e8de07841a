"""A progress line on standard error: only on a terminal, and gone when the work is done."""

from __future__ import annotations

import os
import shutil
import sys
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bncheck.cli.streams import let_go
from bncheck.progress import line

if TYPE_CHECKING:
    from bncheck.engine import events

ERASE = "\r\x1b[K"


class Progress:
    """Draws one line over and over; silent where standard error is not a terminal."""

    def __init__(self) -> None:
        """Decide once whether anybody can see a line that is drawn over; the time begins here."""
        self._began = monotonic()
        told = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        # a cell of a notebook, whose ``!`` is a terminal, keeps each line that is drawn over
        self._shown = told and "JPY_PARENT_PID" not in os.environ

    def __enter__(self) -> Self:
        """Begin; nothing is drawn before there is something to say."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe the line, whatever happened."""
        self._write(ERASE)

    def show(self, event: events.Progress) -> None:
        """Draw how far the work is, cut to the width of the terminal."""
        room = shutil.get_terminal_size().columns - 1
        self._write(ERASE + line(event, monotonic() - self._began, room))

    def tell(self, text: str) -> None:
        """Draw a line of another work, cut in the same way."""
        self._write(ERASE + text[: shutil.get_terminal_size().columns - 1])

    def _write(self, text: str) -> None:
        if not self._shown:
            return
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            self._shown = False
            let_go(sys.stderr)
