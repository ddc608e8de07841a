"""A progress line on standard error: only on a terminal, and gone when the work is done."""

from __future__ import annotations

import os
import shutil
import sys
from types import TracebackType
from typing import Self

from bncheck.cli.streams import let_go
from bncheck.terminal import columns, sentence

BAR = 20  # characters
ERASE = "\r\x1b[K"


class Progress:
    """Draws one line over and over; silent where standard error is not a terminal."""

    def __init__(self) -> None:
        """Decide once whether anybody can see a line that is drawn over."""
        self._shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

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

    def show(self, done: int, total: int, label: str) -> None:
        """Draw how far the work is, cut to the width of the terminal."""
        filled = BAR * min(done, total) // max(total, 1)
        line = f"[{'#' * filled}{' ' * (BAR - filled)}] {done}/{total}  {sentence(label)}"
        room = shutil.get_terminal_size().columns - 1
        while columns(line) > room:
            line = line[:-1]
        self._write(ERASE + line)

    def _write(self, text: str) -> None:
        if not self._shown:
            return
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            self._shown = False
            let_go(sys.stderr)
