"""A progress line on standard error: only on a terminal, and gone when the work is done."""

from __future__ import annotations

import os
import shutil
import sys
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bncheck.cli.streams import let_go
from bncheck.terminal import columns, sentence

if TYPE_CHECKING:
    from bncheck.engine import events

BAR = 20  # characters

# which part of the bar a stage fills: the survey takes most of the time
STAGES = {"survey": (0.0, 0.7), "judging": (0.7, 0.9), "diagnosis": (0.9, 1.0)}
ERASE = "\r\x1b[K"


class Progress:
    """Draws one line over and over; silent where standard error is not a terminal."""

    def __init__(self) -> None:
        """Decide once whether anybody can see a line that is drawn over; the time begins here."""
        self._began = monotonic()
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

    def show(self, event: events.Progress) -> None:
        """Draw how far the work is, cut to the width of the terminal."""
        begin, end = STAGES[event.stage]
        share = begin + (end - begin) * min(event.done, event.total) / max(event.total, 1)
        filled = int(BAR * share)
        laws = "law fails" if event.failing == 1 else "laws fail"
        wrong = f"{event.failing} {laws} so far"
        told = [wrong] if event.failing else []
        told += [f"{monotonic() - self._began:.0f} s", f"{event.stage} {event.label}"]
        line = f"[{'#' * filled}{' ' * (BAR - filled)}] {share:4.0%}  {sentence(', '.join(told))}"
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
