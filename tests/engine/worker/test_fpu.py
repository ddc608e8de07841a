"""A floating-point unit that a target changes: found, told, and put back for the judge."""

import ctypes
import platform
import sys

import pytest

from bncheck.engine.worker.fpu import Unit, changes

LINUX = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
pytestmark = pytest.mark.skipif(not LINUX, reason="fesetround's constants are those of Linux")

# bits/fenv.h of glibc
WAYS = (
    {"down": 0x400, "up": 0x800, "towards zero": 0xC00}
    if platform.machine() == "x86_64"
    else {"down": 0x800000, "up": 0x400000, "towards zero": 0xC00000}
)


@pytest.fixture
def libm():
    library = ctypes.CDLL("libm.so.6")
    yield library
    library.fesetround(0)


def test_nothing_is_changed_as_a_rule():
    assert changes() == ()


@pytest.mark.parametrize("way", WAYS)
def test_a_rounding_mode_is_found_and_put_back(libm, way):
    unit = Unit()
    libm.fesetround(WAYS[way])
    unit.leave()
    assert changes() == ()
    assert unit.told == [f"it rounds {way}, not to nearest"]
    unit.enter()
    assert changes() == (f"it rounds {way}, not to nearest",)
    unit.leave()
    assert changes() == ()
    assert unit.told == [f"it rounds {way}, not to nearest"]  # once


def test_a_target_that_puts_it_back_itself_is_left_so(libm):
    unit = Unit()
    libm.fesetround(WAYS["up"])
    unit.leave()
    unit.enter()
    libm.fesetround(0)
    unit.leave()
    unit.enter()
    assert changes() == ()
