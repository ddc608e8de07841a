"""The floating-point unit as XLA has it on CPUs: subnormal numbers are zero, given and made.

XLA sets two bits of the register MXCSR while a program runs: DAZ, by which subnormal operands count
as zero, and FTZ, by which results below the normal range become zero (Intel 64 and IA-32
Architectures Software Developer's Manual, volume 1, sections 10.2.3.3 and 10.2.3.4). With the same
bits set NumPy's operations treat such numbers as XLA's do, and nobody has to look for them.

C99's ``fesetenv`` (section 7.6.4.3) sets them; Linux on x86-64 keeps MXCSR at byte 28 of its
``fenv_t``. Elsewhere, or where what they do is not seen, `IS_KNOWN` is False.
"""

import ctypes
import platform
import sys
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType

_AT, _BITS = 28, 0x8040
_ROOM = 64  # fenv_t has 32 bytes there
_SMALLEST_NORMAL, _SUBNORMAL = 2.0**-1022, 2.0**-1030

_Kept = ctypes.Array[ctypes.c_char]

# None is no name of a library on Windows, where nothing of this is used
_LIBRARY = ctypes.CDLL(None) if sys.platform == "linux" else ctypes.pythonapi


class Flushing:
    """Within it, subnormal numbers are zero; what was set before is set again after it."""

    def __enter__(self) -> None:
        """Keep the state and set the two bits."""
        self._before = _saved()
        inside = ctypes.create_string_buffer(self._before.raw, _ROOM)
        ctypes.c_uint32.from_buffer(inside, _AT).value |= _BITS
        _LIBRARY.fesetenv(inside)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Put the state back."""
        _LIBRARY.fesetenv(self._before)


class Gradual(Flushing):
    """Within it, subnormal numbers are what they are, as where JAX is called by anybody."""

    def __enter__(self) -> None:
        """Keep the state and clear the two bits."""
        self._before = _saved()
        inside = ctypes.create_string_buffer(self._before.raw, _ROOM)
        ctypes.c_uint32.from_buffer(inside, _AT).value &= ~_BITS
        _LIBRARY.fesetenv(inside)


def _saved() -> _Kept:
    kept = ctypes.create_string_buffer(_ROOM)
    _LIBRARY.fegetenv(kept)
    return kept


def _is_known() -> bool:
    """Whether the bits are where they are expected, by what they do."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return False
    with Flushing():
        flushed = _SMALLEST_NORMAL * 0.5 == 0.0 and _SUBNORMAL * 2.0**60 == 0.0
    return flushed and _SMALLEST_NORMAL * 0.5 != 0.0 and _SUBNORMAL * 2.0**60 != 0.0


IS_KNOWN = _is_known()


def scope() -> AbstractContextManager[None]:
    """Return what makes NumPy treat subnormal numbers as XLA does, as far as that is known."""
    return Flushing() if IS_KNOWN else nullcontext()


def as_called() -> AbstractContextManager[None]:
    """Return what makes it usual again, for a call of JAX."""
    return Gradual() if IS_KNOWN else nullcontext()
