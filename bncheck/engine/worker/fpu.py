"""The state of the floating-point unit, which a target may change for the whole process.

A library that was linked with ``-ffast-math`` makes the processor flush subnormal numbers to zero
when it is loaded; code that computes intervals leaves a rounding mode behind; old code sets the
precision of the x87 unit. The judge works in the same process, so its own state is put back
before it works, and the target's before each of its calls; what was changed is told.

State is read by what it does (IEEE 754-2019, section 4.3) and kept through C99's ``fegetenv``,
section 7.6.4. Where there is no such function, it is only told.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

Kept = ctypes.Array[ctypes.c_char] | None

# larger than any fenv_t: 32 bytes on x86-64 Linux, 16 on 64-bit ARM
_ROOM = 512

_ONE, _HALF_ULP = 1.0, 2.0**-53
_SMALLEST_NORMAL, _SUBNORMAL = 2.0**-1022, 2.0**-1030
_LONG_ONE, _LONG_ULP = np.longdouble(1), np.finfo(np.longdouble).eps


def changes() -> tuple[str, ...]:
    """Say what is not as usual: rounding to nearest, subnormal numbers, x87 in full precision."""
    return () if _as_usual() else tuple(_changes())


def _as_usual() -> bool:
    """Whether nothing is changed; asked after every call, so it is one expression."""
    return bool(
        _ONE + _HALF_ULP == _ONE
        and -_ONE - _HALF_ULP == -_ONE
        and _ONE - _HALF_ULP / 2 == _ONE
        and _SMALLEST_NORMAL * 0.5 != 0.0
        and _SUBNORMAL * 2.0**60 != 0.0
        and _LONG_ONE + _LONG_ULP != _LONG_ONE
    )


def _changes() -> Iterator[str]:
    # 1 + u and -1 - u are ties, which go to the even 1 and -1, as the half of one does below 1
    up, down = _ONE + _HALF_ULP > _ONE, -_ONE - _HALF_ULP < -_ONE
    cut = _ONE - _HALF_ULP / 2 < _ONE
    if up or down or cut:
        way = "up" if up and not down else "down" if down and not up else "towards zero"
        yield f"it rounds {way}, not to nearest"
    if _SMALLEST_NORMAL * 0.5 == 0.0 or _SUBNORMAL * 2.0**60 == 0.0:
        yield "it flushes subnormal numbers to zero, as -ffast-math makes it"
    if _LONG_ONE + _LONG_ULP == _LONG_ONE:
        yield "the x87 unit has less than its full precision"


@dataclass
class Unit:
    """Keeps the judge's state and the target's apart.

    told: what was found changed, each once, in the order in which it was found
    """

    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Keep the state as it is now, which is the judge's."""
        self._usual = _saved()
        self._theirs: Kept = None

    def enter(self) -> None:
        """Give the target the state that it left behind."""
        _restore(self._theirs)

    def leave(self) -> None:
        """Put the judge's state back, if it is another now."""
        # a rounding mode changes even the sums that find it, so this looks and does nothing else
        found = changes()
        if not found:
            self._theirs = None
            return
        self._theirs = _saved()
        _restore(self._usual)
        self.told += [what for what in found if what not in self.told]


def _library() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
        _ = (library.fegetenv, library.fesetenv)
    except (OSError, AttributeError, TypeError):  # TypeError: Windows takes no None
        return None
    return library


_LIBRARY = _library()


def _restore(kept: Kept) -> None:
    if _LIBRARY is not None and kept is not None:
        _LIBRARY.fesetenv(kept)


def _saved() -> Kept:
    if _LIBRARY is None:
        return None
    kept = ctypes.create_string_buffer(_ROOM)
    _LIBRARY.fegetenv(kept)
    return kept
