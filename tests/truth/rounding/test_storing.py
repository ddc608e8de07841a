"""Being stored in a narrower format: the bound holds, and nearly is reached."""

import numpy as np
import pytest

from bncheck.model.formats import FLOAT16, FLOAT32, FLOAT64
from bncheck.truth.rounding import stored_bound

VALUES = np.random.default_rng(3).normal(size=4096).astype(np.longdouble)


@pytest.mark.parametrize("format", [FLOAT16, FLOAT32], ids=lambda f: f.name)
@pytest.mark.parametrize("scale", [1.0, 2.0**-20, 2.0**-24])
def test_it_bounds_one_more_rounding(format, scale):
    values = VALUES * np.longdouble(scale)
    bound = stored_bound(values, np.zeros_like(values), format.dtype, FLOAT64)
    off = np.abs(values.astype(np.float64).astype(format.dtype).astype(np.longdouble) - values)
    own = np.abs(values.astype(np.float64).astype(np.longdouble) - values)

    assert (off <= bound + own).all()
    assert (off / bound).max() > 0.9


def test_a_dtype_as_wide_as_promised_adds_nothing():
    bound = np.array([0.5], np.longdouble)

    assert stored_bound(VALUES[:1], bound, np.dtype(np.float64), FLOAT32) is bound
    assert stored_bound(VALUES[:1], bound, np.dtype(np.float32), FLOAT32) is bound


def test_what_may_overflow_is_no_promise():
    values = np.array([1e5, 1.0], np.longdouble)

    assert np.isinf(stored_bound(values, values * 0, FLOAT16.dtype, FLOAT32)).tolist() == [
        True,
        False,
    ]
