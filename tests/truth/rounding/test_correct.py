"""The list of correct algorithms is what it says: right, clean, and of many kinds."""

import numpy as np
import pytest
from attack import Formats, adversarial, margins
from correct import CORRECT, PROMISED

from bncheck.model import Case
from bncheck.model.arrays import unflatten
from bncheck.model.formats import FORMATS

LISTED = CORRECT + PROMISED


def names(implementations):
    return [i.name for i in implementations]


def test_there_are_many_and_each_has_its_own_name():
    assert len(CORRECT) >= 20
    assert len(set(names(LISTED))) == len(LISTED)


@pytest.mark.parametrize("implementation", LISTED, ids=names(LISTED))
def test_each_is_within_its_bounds_in_every_dtype(implementation):
    rng = np.random.default_rng(11)
    for dtype in implementation.domain.dtypes:
        formats = Formats(dtype, dtype, "")  # the third is for the algorithm itself to say
        for m in (2, 3, 8, 33, 200):
            kind, case = adversarial(rng, formats, m)
            found = margins(case, implementation)
            assert max(found.values()) <= 1, (dtype, m, kind, found)


@pytest.mark.parametrize("implementation", LISTED, ids=names(LISTED))
def test_each_keeps_dtypes_and_shapes_and_leaves_its_inputs_alone(implementation):
    rng = np.random.default_rng(12)
    for dtype in implementation.domain.dtypes:
        kind = FORMATS[dtype].dtype
        flat = rng.standard_normal((2, 24, 2)).astype(kind)
        x, dy = (unflatten(t, (3, 2, 2, 4)) for t in flat)
        gamma, beta, mean, var = (np.ones(2, kind) for _ in range(4))
        for array in (x, dy, gamma, beta, mean, var):
            array.setflags(write=False)
        layer = implementation.make(Case(x, gamma, beta, dy, mean, var))
        for forward in (layer.train, layer.eval):
            y, gradients = forward(x), layer.backward(dy)
            assert y.shape == gradients.dx.shape == x.shape
            assert y.dtype == gradients.dx.dtype == gradients.dgamma.dtype == kind
            assert gradients.dgamma.shape == gradients.dbeta.shape == (2,)
        if "jvp" in implementation.abilities:
            assert layer.jvp(x, dy).dtype == kind
            assert [t.shape for t in layer.double_backward(x, dy, x)] == [x.shape, x.shape, (2,)]


def test_one_raises_where_there_is_one_value_per_channel():
    one = np.float32([[1.0]])
    case = Case(one, one[0], one[0], one, one[0], one[0])
    raising = [i for i in CORRECT if i.convention.one_value == "raises"]
    assert raising
    for implementation in raising:
        with pytest.raises(ValueError, match="more than 1 value"):
            implementation.make(case).train(one)


def test_a_cumulative_average_forgets_the_start():
    x = np.float32([[1.0], [3.0]])
    zero, one = np.float32([7.0]), np.float32([1.0])
    layer = CORRECT[0].make(Case(x, one, one, x, zero, zero, momentum=None))
    layer.train(x)
    layer.train(x + np.float32(4))
    assert layer.state().mean == 4
    assert layer.state().var == 2
