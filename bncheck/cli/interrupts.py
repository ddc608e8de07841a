"""Ctrl-C, and what ends a program in its place: the first one ends the run, with its report.

SIGTERM (a runner whose time is over) and SIGHUP (a terminal that was closed) do as Ctrl-C does.
Those that follow are noted and no more: what is known so far is still written. One that comes
when that should long be done ends the command where it is.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

# Judging what was measured and writing the report takes a second or two; then the user means it.
_PATIENCE = 5.0

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def noted(*, last: bool) -> Iterator[list[int]]:
    """Raise KeyboardInterrupt for the first signal, and note all of them in the list.

    Python ignores what is raised inside a callback of the garbage collector, and Hypothesis has
    one: without a note, Ctrl-C would be lost there.

    last: the program ends after this, so that a signal that comes late has nothing to say
    """
    pressed: list[int] = []
    until = 0.0

    def handle(number: int, frame: object) -> None:
        nonlocal until
        now = monotonic()
        pressed.append(number)
        if now >= until:
            until = now + _PATIENCE
            raise KeyboardInterrupt

    try:
        before = _set(handle)
    except ValueError:
        yield pressed  # handlers can only be set in the main thread
        return
    hook, sys.unraisablehook = sys.unraisablehook, _quietly
    try:
        yield pressed
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if last and pressed else handler)
        sys.unraisablehook = hook


def leave(code: int) -> NoReturn:
    """End the program with this code, after what it has said.

    Python itself would end it by SIGINT, whatever the code, where Ctrl-C came while it ran a
    string, as it does for each dataclass.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # closed, full, or gone: there is nobody to tell
            stream.flush()
    os._exit(code)


def _set(handle: signal._HANDLER) -> dict[int, signal._HANDLER]:
    """Handle the signals, but for those that the caller has turned off, as ``nohup`` does."""
    before: dict[int, signal._HANDLER] = {}
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is None or signal.getsignal(number) in (signal.SIG_IGN, None):
            continue
        before[number] = signal.signal(number, handle)
    return before


def _quietly(unraisable: sys.UnraisableHookArgs) -> None:
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
