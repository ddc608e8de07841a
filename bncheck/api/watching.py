"""How far a run is, drawn over in one line: what ``on_event`` may be given."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TextIO

from bncheck.engine import events
from bncheck.progress import line

# a cell of a notebook tells no width
_WIDTH = 79


class Progress:
    """Draws one line over and over, in a terminal or in a cell of a notebook.

    bncheck.verify(MyLayer, on_event=bncheck.Progress())
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        """Draw on a stream, or else on standard error; the time begins here."""
        self._stream = stream
        self._began = monotonic()
        self._drawn = 0

    def __call__(self, event: events.Event) -> None:
        """Draw the event, if it says how far the run is; wipe the line at its end."""
        if isinstance(event, events.Progress):
            self._draw(line(event, monotonic() - self._began, _WIDTH))
        elif isinstance(event, events.Finished):
            self._draw("")

    def _draw(self, text: str) -> None:
        """Write over what was there: a notebook knows no escapes that wipe a line."""
        stream = self._stream or sys.stderr
        stream.write(f"\r{text.ljust(self._drawn)}")
        if not text:
            stream.write("\r")
        stream.flush()
        self._drawn = len(text)
