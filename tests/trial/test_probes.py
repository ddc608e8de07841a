"""What laws derive from a case is exact, or they do not speak; also where nothing is wider."""

import numpy as np
import pytest

from bncheck.trial import probes
from bncheck.trial.trial import Inapplicable


@pytest.fixture(params=[np.longdouble, np.float64], ids=["long", "no wider"])
def wide(request, monkeypatch):
    monkeypatch.setattr(probes, "WIDE", request.param)


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize(
    ("values", "factor", "exact"),
    [
        ([1.5, -3.0], 2.0, True),
        ([5e-324], 4.0, True),
        ([1.5e-323], 0.5, False),
        ([np.nan, np.inf, 1.0], -4.0, True),
        ([0.1], 3.0, False),
    ],
)
def test_a_multiple(values, factor, exact):
    array = np.float64(values)
    if exact:
        assert np.array_equal(probes.scaled(array, factor), array * factor, equal_nan=True)
    else:
        with pytest.raises(Inapplicable):
            probes.scaled(array, factor)


@pytest.mark.usefixtures("wide")
def test_a_shift_is_by_what_it_says():
    array, c = probes.shifted(np.float64([1.0, 3.0, np.nan]))
    assert np.array_equal(array, np.float64([1 + c, 3 + c, np.nan]), equal_nan=True)
    with pytest.raises(Inapplicable):
        probes.shifted(np.float64([0.1, 1e-20]))


@pytest.mark.usefixtures("wide")
def test_a_sum():
    assert probes.added(np.float64([1.5, np.inf]), np.float64([2.0, 1.0]))[0] == 3.5
    with pytest.raises(Inapplicable):
        probes.stored(probes.added(np.float64([1.0]), np.float64([1e-17])), np.float64([1.0]))
