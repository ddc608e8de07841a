"""Zones around arrays, and what is seen of writes to them."""

import numpy as np
import pytest

from bncheck.errors import TargetRaised
from bncheck.model.formats import FORMATS
from bncheck.targets.native import buffers
from bncheck.targets.native.prototypes import Argument

Y = Argument("y", "float", pointer=True)


def made(given=None, dtype="float32", shape=(3, 2)):
    return buffers.of(Y, shape, FORMATS[dtype].dtype, given)


def told(call):
    with pytest.raises(TargetRaised) as caught:
        call("bn")
    return caught.value.kind, str(caught.value)


@pytest.mark.parametrize("dtype", FORMATS)
def test_it_is_aligned_and_full_of_nan(dtype):
    buffer = made(dtype=dtype)

    assert buffer.address % 64 == 0
    assert buffer.values.dtype.name == dtype
    assert buffer.values.flags.c_contiguous
    assert np.isnan(buffer.values.astype(np.float64)).all()
    buffer.untouched("bn")
    assert told(buffer.written)[0] == "Unwritten"


@pytest.mark.parametrize("dtype", FORMATS)
def test_it_holds_what_is_given(dtype):
    given = np.arange(6).reshape(3, 2)[::-1].astype(FORMATS[dtype].dtype)
    buffer = made(given, dtype)

    assert (buffer.values == given).all()
    assert not np.shares_memory(buffer.values, given)
    for look in (buffer.untouched, buffer.unchanged, buffer.written):
        look("bn")


@pytest.mark.parametrize(
    ("at", "place"), [((-1,), -1), ((-3, -2), -2), ((6,), 6), ((7, 9), 7), ((-1, 8), 8)]
)
def test_a_write_outside(at, place):
    buffer = made(np.zeros((3, 2)))
    for index in at:
        buffer.whole.view(np.float32)[1024 // 4 + index] = 0

    assert told(buffer.untouched) == (
        "OutOfBounds",
        f"bn wrote to y[{place}], but y has 6 values",
    )


def test_a_write_to_what_is_only_read():
    buffer = made(np.ones((3, 2)))
    buffer.values[1, 1] = -2

    assert told(buffer.unchanged) == (
        "InputWritten",
        "bn wrote to y[3], which it should only read (float *y): 1 became -2",
    )


def test_a_changed_sign_of_zero_is_a_write_and_nan_is_itself():
    given = np.array([[0.0, np.nan]])
    buffer = made(given, shape=(1, 2))
    buffer.unchanged("bn")
    buffer.values[0, 0] = -0.0

    assert told(buffer.unchanged)[0] == "InputWritten"


def test_what_is_not_written():
    buffer = made()
    buffer.values[:2] = 0
    assert told(buffer.written) == (
        "Unwritten",
        "bn did not write 2 of the 6 values of y, or added to what was there: "
        "y[4] is NaN as before the call",
    )
    buffer.values[2] = np.nan  # a NaN of the kernel's own
    buffer.written("bn")


def test_no_values_at_all():
    buffer = made(shape=(0, 2))
    for look in (buffer.untouched, buffer.unchanged, buffer.written):
        look("bn")
