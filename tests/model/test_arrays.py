"""The flat form of an array that formulas are evaluated on."""

import numpy as np
import pytest

from bncheck.model.arrays import flatten, magnitude, widened


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (2, 3, 4), (1, 9, 2), (2, 3, 2, 3), (4, 1)])
@pytest.mark.parametrize("layout", ["C", "F"])
def test_it_is_the_flat_array_with_the_longer_side_in_one_piece(shape, layout):
    x = np.asarray(np.random.default_rng(0).standard_normal(shape, np.float32), order=layout)
    for kind in (np.float32, np.float64, np.longdouble):
        flat = widened(x, kind)
        assert flat.dtype == kind
        assert np.array_equal(flat, flatten(x))
        assert not np.shares_memory(flat, x)
        longer = flat.T if len(flat) >= flat.shape[1] else flat
        assert longer.flags.c_contiguous


def test_magnitudes_in_every_format():
    for kind in (np.float16, np.float32, np.float64, np.longdouble):
        values = np.array([-1.5, 0.0, -0.0, np.inf, -np.inf, np.nan], kind)
        assert np.array_equal(magnitude(values), np.abs(values), equal_nan=True)
        assert magnitude(values).dtype == kind
